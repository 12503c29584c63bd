/**
 * @file A sweep's folder: `sweep.json` with the jobs, `runs/` with a run folder per job, `failures/` with failed attempts.
 *
 * `sweep.json` is written once; several processes on one machine or on a shared disk may work on the same folder.
 */

import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { InputError, refuse, unquoted } from "../../shared/errors.ts";
import { isRecord } from "../../shared/is-record.ts";
import { syncFolder, writeFileAtomically } from "../../storage/atomic-file.ts";
import { refuseOtherSchema } from "../../storage/checked-json.ts";
import { diskError } from "../../storage/disk-error.ts";
import { listFolder } from "../../storage/list-folder.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { statPath } from "../../storage/stat-path.ts";
import { formatJson, parseJson } from "../../storage/strict-json.ts";
import { jobName, planJobs, type SweepJob } from "./plan.ts";
import { parseSweep, type SweepSpec } from "./sweep-spec.ts";

/** The file that marks a folder as a sweep. */
export const SWEEP_FILE = "sweep.json";

const FORMAT = "steadyarm-sweep";
const SCHEMA_VERSION = 1;
const MAX_FILE_BYTES = 2 ** 26;

const Contents = z.object({
  /** The code version that started the sweep. */
  code: z.string(),
  /** Start of the sweep, ISO 8601 in UTC. */
  created: z.iso.datetime(),
  sweep: z.record(z.string(), z.unknown()),
  jobs: z.array(z.object({ id: z.string(), task: z.string(), method: z.string(), seed: z.int() })),
});

const Failures = z.array(z.object({ when: z.iso.datetime(), error: z.string() }));

/** A failed attempt at a job. */
export type Failure = z.infer<typeof Failures>[number];

/** A sweep on disk. */
export interface SweepFolder {
  readonly path: string;
  readonly sweep: SweepSpec;
  readonly code: string;
  readonly created: string;
  readonly jobs: readonly SweepJob[];
}

export interface OpenSweep {
  /** Created if missing. */
  readonly path: string;
  readonly sweep: SweepSpec;
  /** The source of the sweep, for errors. */
  readonly where: string;
  /** The current code version. */
  readonly code: string;
  /** Continue a sweep of another code version; its jobs keep their ids. */
  readonly otherCode: boolean;
  /** The current time, ISO 8601 in UTC. */
  readonly now: string;
}

/**
 * Creates the folder of a sweep, or opens the existing one, to which jobs may be added but not removed.
 *
 * @throws InputError if the folder holds other files, another sweep, or a sweep of another code version
 */
export function openSweepFolder({ path, sweep, where, code, otherCode, now }: OpenSweep): SweepFolder {
  const planned = planJobs(sweep, where, code);
  const existing = existsSync(join(path, SWEEP_FILE)) ? readContents(path) : undefined;
  if (existing === undefined) {
    createEmptyFolder(path);
    writeContents(path, { code, created: now, sweep: { ...sweep }, jobs: planned.map(identify) });
    return { path, sweep, code, created: now, jobs: planned };
  }
  if (existing.code !== code && !otherCode) {
    throw new InputError(
      `${path}: expected a sweep started with code version ${code}, got ${existing.code}. Choose another --out, or add --other-code to mix results of both versions, which the report will mention`,
    );
  }
  const jobs = existing.code === code ? planned : planned.map((job) => keepId(job, existing.jobs));
  const removed = existing.jobs.filter(({ id }) => !jobs.some((job) => job.id === id));
  if (removed.length > 0) {
    const added = jobs.filter(({ id }) => !existing.jobs.some((job) => job.id === id));
    throw new InputError(
      `${path}: expected all jobs of the sweep in this folder, "${String(existing.sweep["name"])}", got a sweep with ${describeChange(removed, added)}. Choose another --out`,
    );
  }
  const { created } = existing;
  if (jobs.length > existing.jobs.length) {
    writeContents(path, { code: existing.code, created, sweep: { ...sweep }, jobs: jobs.map(identify) });
  }
  return { path, sweep, code: existing.code, created, jobs };
}

/**
 * Reads an existing sweep.
 *
 * @throws InputError if there is none, or its file is damaged or from a newer version
 */
export function readSweepFolder(path: string): SweepFolder {
  const stat = statPath(path);
  if (stat === undefined) throw refuse(path, "the folder of a sweep", unquoted("no such folder"));
  if (!stat.isDirectory()) throw refuse(path, "the folder of a sweep", unquoted("a file"));
  if (!existsSync(join(path, SWEEP_FILE))) {
    throw refuse(
      path,
      "the folder of a sweep",
      unquoted(`a folder without ${SWEEP_FILE}`),
      "Create one with: steadyarm bench run quick",
    );
  }
  const { code, created, sweep: input, jobs: existing } = readContents(path);
  const where = join(path, SWEEP_FILE);
  const sweep = parseSweep(input, where, "sweep");
  const jobs = planJobs(sweep, where, code).map((job) => keepId(job, existing));
  return { path, sweep, code, created, jobs };
}

/** The run folder of a job: readable, and unique by the job id. */
export function jobFolder(sweepPath: string, job: Pick<SweepJob, "id" | "task" | "method" | "seed">): string {
  const label = `${job.task} ${job.method}`.replaceAll(/[^a-z0-9+.]+/gi, "-").replaceAll(/^-|-$/g, "");
  return join(sweepPath, "runs", `${label.slice(0, 60)}-s${job.seed}-${job.id}`);
}

/** The failed attempts at a job, oldest first. */
export function readFailures(sweepPath: string, jobId: string): readonly Failure[] {
  const path = failurePath(sweepPath, jobId);
  if (!existsSync(path)) return [];
  const parsed = Failures.safeParse(parseJson(readRegularFile(path, MAX_FILE_BYTES), path));
  if (!parsed.success) throw refuse(path, "a list of failed attempts", unquoted("another format"));
  return parsed.data;
}

/** Adds a failed attempt at a job and returns the number of attempts that have failed. */
export function recordFailure(sweepPath: string, jobId: string, failure: Failure): number {
  const failures = [...readFailures(sweepPath, jobId), failure];
  const path = failurePath(sweepPath, jobId);
  createFolder(dirname(path));
  writeFileAtomically(path, `${formatJson(failures, path)}\n`);
  return failures.length;
}

function failurePath(sweepPath: string, jobId: string): string {
  return join(sweepPath, "failures", `${jobId}.json`);
}

function identify({ id, task, method, seed }: SweepJob) {
  return { id, task, method, seed };
}

/** The job with the id it has in the folder, since ids depend on the code version. */
function keepId(job: SweepJob, existing: z.infer<typeof Contents>["jobs"]): SweepJob {
  const same = existing.find(
    ({ task, method, seed }) => task === job.task && method === job.method && seed === job.seed,
  );
  return same === undefined ? job : { ...job, id: same.id };
}

function describeChange(
  removed: readonly Pick<SweepJob, "task" | "method" | "seed">[],
  added: readonly SweepJob[],
): string {
  const count = (jobs: readonly Pick<SweepJob, "task" | "method" | "seed">[], change: string) =>
    jobs.length === 0
      ? []
      : [
          `${jobs.length} ${jobs.length === 1 ? "job" : "jobs"} ${change} (${jobName(jobs[0]!)}${jobs.length > 1 ? ", …" : ""})`,
        ];
  return [...count(removed, "removed"), ...count(added, "added")].join(", ");
}

function readContents(folder: string): z.infer<typeof Contents> {
  const path = join(folder, SWEEP_FILE);
  const value = parseJson(readRegularFile(path, MAX_FILE_BYTES), path);
  if (!isRecord(value) || value["format"] !== FORMAT) {
    throw refuse(path, `format "${FORMAT}"`, isRecord(value) ? value["format"] : value);
  }
  refuseOtherSchema(path, value["schemaVersion"], SCHEMA_VERSION);
  const contents = Contents.safeParse(value);
  if (!contents.success) {
    throw refuse(
      `${path}: ${contents.error.issues[0]?.path.join(".")}`,
      "a value in the sweep format",
      unquoted("an invalid value"),
    );
  }
  return contents.data;
}

function writeContents(folder: string, contents: z.infer<typeof Contents>): void {
  const path = join(folder, SWEEP_FILE);
  writeFileAtomically(
    path,
    `${formatJson({ format: FORMAT, schemaVersion: SCHEMA_VERSION, ...contents }, path)}\n`,
  );
}

function createEmptyFolder(path: string): void {
  createFolder(path);
  // A process started at the same time may have written sweep.json already, with the same contents.
  const other = listFolder(path).find((name) => !name.startsWith(".") && name !== SWEEP_FILE);
  if (other !== undefined) {
    throw refuse(
      path,
      "an empty folder or the folder of a sweep",
      unquoted(`a folder with ${other}`),
      "Choose another --out",
    );
  }
}

function createFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    syncFolder(dirname(path));
  } catch (error) {
    throw diskError(error, path, "write");
  }
}
