/** @file `steadyarm doctor`: diagnoses why a run's actor does not learn, and tests the remedy. */

import { type CureOutcome, compareCure, planCure } from "../doctor/cure.ts";
import { diagnose } from "../doctor/diagnose.ts";
import type { Diagnosis, Finding } from "../doctor/diagnosis.ts";
import { type RunRecord, readRunRecord } from "../doctor/run-record.ts";
import { refuse, suggest, unquoted } from "../shared/errors.ts";
import { trainAll } from "../training/training-pool.ts";
import { doctorReport } from "./doctor-report.ts";
import { integerFlag } from "./integer-flag.ts";
import { launchSteadyarm } from "./launch.ts";
import { printLines } from "./output.ts";
import { catchStopSignals } from "./stop-signals.ts";
import { SweepProgress } from "./sweep-progress.ts";

export interface DoctorFlags {
  readonly json?: boolean;
  /** Whether to test a remedy: of the first finding, or of a named cause. */
  readonly cure?: boolean | string;
  /** Whether to leave out the long roll-out. */
  readonly quick?: boolean;
  readonly seeds: string;
  readonly jobs: string;
}

const MAX_SEEDS = 100;
const MAX_JOBS = 1024;

/**
 * Diagnoses a run and prints the report.
 *
 * @returns 0, or 128 + signal if --cure was stopped; its runs are saved
 * @throws InputError if it is not a run, has no evaluation yet, or a flag or file is invalid
 */
export async function doctorCommand(run: string, flags: DoctorFlags): Promise<number> {
  const seeds = integerFlag("--seeds", flags.seeds, 1, MAX_SEEDS);
  const jobs = integerFlag("--jobs", flags.jobs, 1, MAX_JOBS);
  const record = readRunRecord(run);
  const diagnosis = await diagnose(record, { rollOut: flags.quick !== true });
  const json = flags.json === true;
  if (!json) printLines(process.stdout, doctorReport(diagnosis, record).split("\n"));
  let cure: CureRun | undefined;
  if (flags.cure !== undefined && flags.cure !== false) {
    const finding = findingToCure(diagnosis, flags.cure);
    cure = await runCure(record, finding, seeds, jobs, json ? process.stderr : process.stdout);
    if (!json && cure.outcome !== undefined) process.stdout.write(`${outcomeLines(cure.outcome)}\n`);
  }
  if (json) {
    const outcome = cure === undefined ? {} : { cure: cure.outcome ?? null };
    process.stdout.write(`${JSON.stringify({ ...diagnosis, ...outcome })}\n`);
  }
  return cure?.exitCode ?? 0;
}

/** The finding whose remedy --cure names. Throws InputError if there is none. */
function findingToCure({ findings, verdict }: Diagnosis, cure: string | true): Finding {
  const finding = cure === true ? findings[0] : findings.find((each) => each.cause === cure);
  if (finding !== undefined) return finding;
  if (findings.length === 0)
    throw refuse("--cure", "a finding with a remedy", unquoted(`the verdict ${verdict}`));
  throw refuse(
    "--cure",
    `a cause that was found: ${findings.map((each) => each.cause).join(", ")}`,
    cure,
    suggest(
      `${cure}`,
      findings.map((each) => each.cause),
    ),
  );
}

interface CureRun {
  readonly outcome: CureOutcome | undefined;
  readonly exitCode: number;
}

async function runCure(
  record: RunRecord,
  finding: Finding,
  seeds: number,
  jobs: number,
  stream: NodeJS.WriteStream,
): Promise<CureRun> {
  const pairs = planCure(record, finding, seeds);
  const all = pairs.flatMap(({ before, after }) => [before, after]);
  stream.write(
    `\nTesting ${finding.set.join(", ")} on ${seeds} seeds: ${all.length} runs of ${record.config.train.steps} steps\n`,
  );
  const signals = catchStopSignals("finishing episodes and saving");
  const progress = new SweepProgress(stream, () => performance.now() / 1000, process.env);
  try {
    const states = await trainAll(all, {
      parallel: jobs,
      launch: launchSteadyarm,
      stop: signals.stop,
      onChange: (states) => progress.show(states),
    });
    progress.close();
    if (states.some(({ status }) => status === "stopped")) {
      stream.write(
        `stopped and saved. Resume with: steadyarm doctor ${record.run} --cure --seeds ${seeds}\n`,
      );
    }
    return { outcome: compareCure(pairs, finding), exitCode: signals.exitCode() };
  } finally {
    signals.release();
  }
}

function outcomeLines({ cause, set, seeds, success, oscillation, held }: CureOutcome): string {
  const line = (name: string, { before, after, difference }: CureOutcome["success"]) =>
    `  ${name.padEnd(20)} ${before.toFixed(2)} → ${after.toFixed(2)}   ${signed(difference.mean)} [${signed(difference.low)}, ${signed(difference.high)}]`;
  return [
    "",
    `With ${set.join(", ")}, ${seeds.length} seeds, mean difference and 95 % confidence interval:`,
    line("final success rate", success),
    line("oscillation", oscillation),
    ...(held === undefined ? [] : [line("goals held", held)]),
    verdict((cause === "no-hold" ? (held ?? success) : success).difference, seeds.length),
  ].join("\n");
}

/** Fewer seeds decide nothing: an interval of their mean depends on the shape of the distribution. */
const MIN_DECIDING_SEEDS = 5;

function verdict({ low, high }: { readonly low: number; readonly high: number }, seeds: number): string {
  if (seeds < MIN_DECIDING_SEEDS)
    return `Fewer than ${MIN_DECIDING_SEEDS} seeds decide nothing: use --seeds ${MIN_DECIDING_SEEDS} or more.`;
  if (low > 0) return "The remedy helps.";
  if (high < 0) return "The remedy harms.";
  return "No significant difference: try more seeds (--seeds), or another remedy.";
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
