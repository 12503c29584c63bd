/**
 * @file A sweep's folder: what is to be run, a run folder for each job, and what failed.
 *
 * `sweep.json` is written once and says which jobs there are; several processes, on one machine or on a disk
 * that several share, may then work on the same folder.
 */

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { isRecord } from "../../shared/config.ts";
import { InputError, refuse, unquoted } from "../../shared/errors.ts";
import { syncFolder, writeFileAtomically } from "../../storage/atomic-file.ts";
import { diskError } from "../../storage/disk-error.ts";
import { refuseOtherSchema } from "../../storage/manifest.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { statPath } from "../../storage/stat-path.ts";
import { formatJson, parseJson } from "../../storage/strict-json.ts";
import { jobName, planJobs, type SweepJob } from "./plan.ts";
import { parseSweep, type SweepSpec } from "./sweep-spec.ts";

/** The file's name in a sweep's folder; a folder that has it holds a sweep. */
export const SWEEP_FILE = "sweep.json";

const FORMAT = "steadyarm-sweep";
const SCHEMA_VERSION = 1;
const LARGEST_SWEEP = 2 ** 26;

const Facts = z.object({
  /** The code's version that the sweep was begun with. */
  code: z.string(),
  /** When the sweep was begun, ISO 8601 in UTC. */
  created: z.iso.datetime(),
  sweep: z.record(z.string(), z.unknown()),
  jobs: z.array(z.object({ id: z.string(), task: z.string(), method: z.string(), seed: z.int() })),
});

const Failures = z.array(z.object({ when: z.iso.datetime(), error: z.string() }));

/** An attempt at a job that ended with an error. */
export type Failure = z.infer<typeof Failures>[number];

/** A sweep that was begun. */
export interface SweepFolder {
  readonly path: string;
  readonly sweep: SweepSpec;
  readonly code: string;
  readonly created: string;
  readonly jobs: readonly SweepJob[];
}

export interface OpenSweep {
  /** Made if missing. */
  readonly path: string;
  readonly sweep: SweepSpec;
  /** What the sweep was read from, for errors. */
  readonly where: string;
  /** The code's version now. */
  readonly code: string;
  /** Go on with a sweep that was begun with other code, where its jobs keep their ids. */
  readonly otherCode: boolean;
  /** When it is, ISO 8601 in UTC. */
  readonly now: string;
}

/**
 * Begins a sweep in a folder, or goes on with the one there; a sweep may have grown since, but not lost jobs.
 *
 * @throws InputError if the folder holds something else, another sweep, or one begun with other code
 */
export function openSweepFolder({ path, sweep, where, code, otherCode, now }: OpenSweep): SweepFolder {
  const planned = planJobs(sweep, where, code);
  const begun = existsSync(join(path, SWEEP_FILE)) ? readFacts(path) : undefined;
  if (begun === undefined) {
    makeEmptyFolder(path);
    writeFacts(path, { code, created: now, sweep: { ...sweep }, jobs: planned.map(identify) });
    return { path, sweep, code, created: now, jobs: planned };
  }
  if (begun.code !== code && !otherCode) {
    throw new InputError(
      `${path}: this sweep was begun with the code ${begun.code}, this is ${code}: results of both would be mixed. Choose another --out, or go on with --other-code, which the report will say`,
    );
  }
  const jobs = begun.code === code ? planned : planned.map((job) => keepId(job, begun.jobs));
  const lost = begun.jobs.filter(({ id }) => !jobs.some((job) => job.id === id));
  if (lost.length > 0) {
    const added = jobs.filter(({ id }) => !begun.jobs.some((job) => job.id === id));
    throw new InputError(
      `${path}: it holds another sweep, "${String(begun.sweep["name"])}": ${describeChange(lost, added)}. Choose another --out`,
    );
  }
  const { created } = begun;
  if (jobs.length > begun.jobs.length) {
    writeFacts(path, { code: begun.code, created, sweep: { ...sweep }, jobs: jobs.map(identify) });
  }
  return { path, sweep, code: begun.code, created, jobs };
}

/**
 * Reads a sweep that was begun.
 *
 * @throws InputError of one line if there is none, or its file is damaged or of a newer steadyarm
 */
export function readSweepFolder(path: string): SweepFolder {
  const stat = statPath(path);
  if (stat === undefined) throw refuse(path, "the folder of a sweep", unquoted("nothing there"));
  if (!stat.isDirectory()) throw refuse(path, "the folder of a sweep", unquoted("a file"));
  if (!existsSync(join(path, SWEEP_FILE))) {
    throw refuse(
      path,
      "the folder of a sweep",
      unquoted(`one without ${SWEEP_FILE}`),
      'Make one with "steadyarm bench run"',
    );
  }
  const { code, created, sweep: written, jobs: begun } = readFacts(path);
  const where = join(path, SWEEP_FILE);
  const sweep = parseSweep(written, where, "sweep");
  const jobs = planJobs(sweep, where, code).map((job) => keepId(job, begun));
  return { path, sweep, code, created, jobs };
}

/** Where a job's run is: a name that a person can read, made one of its kind by the job's id. */
export function jobFolder(sweepPath: string, job: Pick<SweepJob, "id" | "task" | "method" | "seed">): string {
  const plain = `${job.task} ${job.method}`.replaceAll(/[^a-z0-9+.]+/gi, "-").replaceAll(/^-|-$/g, "");
  return join(sweepPath, "runs", `${plain.slice(0, 60)}-s${job.seed}-${job.id}`);
}

/** The failed attempts at a job, oldest first. */
export function readFailures(sweepPath: string, jobId: string): readonly Failure[] {
  const path = failurePath(sweepPath, jobId);
  if (!existsSync(path)) return [];
  const parsed = Failures.safeParse(parseJson(readRegularFile(path, LARGEST_SWEEP), path));
  if (!parsed.success) throw refuse(path, "a list of failed attempts", unquoted("something else"));
  return parsed.data;
}

/** Adds a failed attempt at a job; returns how many there are now. */
export function noteFailure(sweepPath: string, jobId: string, failure: Failure): number {
  const failures = [...readFailures(sweepPath, jobId), failure];
  const path = failurePath(sweepPath, jobId);
  makeFolder(dirname(path));
  writeFileAtomically(path, `${formatJson(failures, path)}\n`);
  return failures.length;
}

function failurePath(sweepPath: string, jobId: string): string {
  return join(sweepPath, "failures", `${jobId}.json`);
}

function identify({ id, task, method, seed }: SweepJob) {
  return { id, task, method, seed };
}

/** With code that changed, the job of the same name keeps the id it was begun with. */
function keepId(job: SweepJob, begun: z.infer<typeof Facts>["jobs"]): SweepJob {
  const same = begun.find(
    ({ task, method, seed }) => task === job.task && method === job.method && seed === job.seed,
  );
  return same === undefined ? job : { ...job, id: same.id };
}

function describeChange(
  lost: readonly Pick<SweepJob, "task" | "method" | "seed">[],
  added: readonly SweepJob[],
): string {
  const count = (jobs: readonly Pick<SweepJob, "task" | "method" | "seed">[], how: string) =>
    jobs.length === 0
      ? []
      : [`${jobs.length} of its jobs ${how} (${jobName(jobs[0]!)}${jobs.length > 1 ? ", …" : ""})`];
  return [...count(lost, "would be gone"), ...count(added, "would be new")].join(", ");
}

function readFacts(folder: string): z.infer<typeof Facts> {
  const path = join(folder, SWEEP_FILE);
  const value = parseJson(readRegularFile(path, LARGEST_SWEEP), path);
  if (!isRecord(value) || value["format"] !== FORMAT) {
    throw new InputError(`${path}: this is not a steadyarm sweep`);
  }
  refuseOtherSchema(path, value["schemaVersion"], SCHEMA_VERSION);
  const facts = Facts.safeParse(value);
  if (!facts.success) {
    throw refuse(
      `${path}: ${facts.error.issues[0]?.path.join(".")}`,
      "what a sweep has there",
      unquoted("something else"),
    );
  }
  return facts.data;
}

function writeFacts(folder: string, facts: z.infer<typeof Facts>): void {
  const path = join(folder, SWEEP_FILE);
  writeFileAtomically(
    path,
    `${formatJson({ format: FORMAT, schemaVersion: SCHEMA_VERSION, ...facts }, path)}\n`,
  );
}

function makeEmptyFolder(path: string): void {
  makeFolder(path);
  // Of several that begin at once, one may have written the sweep's file already: the same, since code and sweep are.
  const other = readdirSync(path).find((name) => !name.startsWith(".") && name !== SWEEP_FILE);
  if (other !== undefined) {
    throw refuse(
      path,
      "an empty folder, or one of a sweep",
      unquoted(`one with ${other}`),
      "Choose another --out",
    );
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    syncFolder(dirname(path));
  } catch (error) {
    throw diskError(error, path, "write");
  }
}
