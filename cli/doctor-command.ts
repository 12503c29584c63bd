/** @file `steadyarm doctor`: why a run's actor does not learn, and whether the remedy mends it. */

import { type CureOutcome, compareCure, planCure } from "../doctor/cure.ts";
import { diagnose } from "../doctor/diagnose.ts";
import type { Finding } from "../doctor/diagnosis.ts";
import { type RunRecord, readRunRecord } from "../doctor/run-record.ts";
import { refuse, unquoted } from "../shared/errors.ts";
import { trainAll } from "../training/training-pool.ts";
import { doctorReport } from "./doctor-report.ts";
import { integerFlag } from "./integer-flag.ts";
import { launchSteadyarm } from "./launch.ts";
import { catchStopSignals } from "./stop-signals.ts";
import { SweepProgress } from "./sweep-progress.ts";

export interface DoctorFlags {
  readonly json?: boolean;
  readonly cure?: boolean;
  readonly seeds: string;
  readonly jobs: string;
}

const MOST_SEEDS = 100;
const MOST_JOBS_AT_ONCE = 1024;

/**
 * Diagnoses a run and prints what was found.
 *
 * @returns 0, or 128 + signal when a cure was stopped; its runs are saved
 * @throws InputError if it is not a run, has no evaluation yet, or a flag or file is not what it should be
 */
export async function doctorCommand(run: string, flags: DoctorFlags): Promise<number> {
  const seeds = integerFlag("--seeds", flags.seeds, 1, MOST_SEEDS);
  const jobs = integerFlag("--jobs", flags.jobs, 1, MOST_JOBS_AT_ONCE);
  const record = readRunRecord(run);
  const diagnosis = await diagnose(record);
  const json = flags.json === true;
  if (!json) process.stdout.write(`${doctorReport(diagnosis, record)}\n`);
  const finding = diagnosis.findings[0];
  let cure: Cured | undefined;
  if (flags.cure === true) {
    if (finding === undefined) throw refuse("--cure", "a finding to mend", unquoted(diagnosis.verdict));
    cure = await tryCure(record, finding, seeds, jobs, json ? process.stderr : process.stdout);
    if (!json && cure.outcome !== undefined) process.stdout.write(`${outcomeLines(cure.outcome)}\n`);
  }
  if (json) {
    const outcome = cure === undefined ? {} : { cure: cure.outcome ?? null };
    process.stdout.write(`${JSON.stringify({ ...diagnosis, ...outcome })}\n`);
  }
  return cure?.exitCode ?? 0;
}

interface Cured {
  readonly outcome: CureOutcome | undefined;
  readonly exitCode: number;
}

async function tryCure(
  record: RunRecord,
  finding: Finding,
  seeds: number,
  jobs: number,
  stream: NodeJS.WriteStream,
): Promise<Cured> {
  const pairs = planCure(record, finding, seeds);
  const all = pairs.flatMap(({ before, after }) => [before, after]);
  stream.write(
    `\nTrying ${finding.set.join(", ")} on ${seeds} seeds: ${all.length} runs of ${record.config.train.steps} steps\n`,
  );
  const signals = catchStopSignals("finishing episodes and saving");
  const stop = new AbortController();
  const progress = new SweepProgress(stream, () => performance.now() / 1000, process.env);
  try {
    const states = await trainAll(all, {
      parallel: jobs,
      launch: launchSteadyarm,
      stop: stop.signal,
      onChange: (now) => {
        if (signals.caught() !== undefined) stop.abort();
        progress.show(now);
      },
    });
    progress.close();
    if (states.some(({ status }) => status === "stopped")) {
      stream.write(`stopped and saved. Go on with: steadyarm doctor ${record.run} --cure --seeds ${seeds}\n`);
    }
    return { outcome: compareCure(pairs, finding), exitCode: signals.exitCode() };
  } finally {
    signals.release();
  }
}

function outcomeLines({ set, seeds, success, oscillation }: CureOutcome): string {
  const line = (name: string, { before, after, difference }: CureOutcome["success"]) =>
    `  ${name.padEnd(20)} ${before.toFixed(2)} → ${after.toFixed(2)}   ${signed(difference.mean)} [${signed(difference.low)}, ${signed(difference.high)}]`;
  return [
    "",
    `With ${set.join(", ")}, ${seeds.length} seeds, mean difference and its 95 % interval:`,
    line("success at the end", success),
    line("oscillation", oscillation),
    verdict(success.difference),
  ].join("\n");
}

function verdict({ low, high }: { readonly low: number; readonly high: number }): string {
  if (low > 0) return "It helps.";
  if (high < 0) return "It harms.";
  return "No difference can be told: more seeds, or another remedy.";
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
