/** @file `steadyarm case`: measures a cause of failing actors and writes a report with a verdict on each claim. */

import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { loadEngine } from "../agent/engine/select.ts";
import { openCaseFolder } from "../experiments/cases/case-folder.ts";
import { findCase } from "../experiments/cases/case-list.ts";
import { remedyConfig } from "../experiments/cases/remedies.ts";
import { type CaseOutcome, runCase } from "../experiments/cases/run-case.ts";
import type { Term } from "../experiments/report/page.ts";
import { describeMachine, describeVersions, readCommit } from "../storage/machine.ts";
import { openBrowser } from "./browser.ts";
import { integerFlag } from "./integer-flag.ts";
import { launchSteadyarm } from "./launch.ts";
import { keepNotesIn } from "./output.ts";
import { catchStopSignals } from "./stop-signals.ts";
import { SweepProgress } from "./sweep-progress.ts";

export interface CaseFlags {
  readonly out?: string | undefined;
  readonly seeds?: string | undefined;
  readonly steps?: string | undefined;
  readonly jobs?: string | undefined;
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly open?: boolean;
}

/** Parent of case folders without --out. */
const CASES = "cases";

const MAX_SEEDS = 1000;
const MAX_STEPS = 1_000_000_000;
const MAX_JOBS = 256;

/** Defaults of --seeds and --steps, and those with --quick. */
const FULL = { seeds: "5", steps: "20000" };
const QUICK = { seeds: "2", steps: "6000" };

/**
 * Measures a case and writes its report.
 *
 * @returns 0, 1 if runs failed, 128 + signal if stopped; stopped runs are saved
 * @throws InputError if the case is unknown, or a flag or folder is invalid
 */
export async function caseCommand(name: string, flags: CaseFlags): Promise<number> {
  const study = findCase(name);
  const defaults = flags.quick === true ? QUICK : FULL;
  const count = integerFlag("--seeds", flags.seeds ?? defaults.seeds, 1, MAX_SEEDS);
  const steps = integerFlag("--steps", flags.steps ?? defaults.steps, 1, MAX_STEPS);
  const parallel = integerFlag("--jobs", flags.jobs ?? `${availableParallelism()}`, 1, MAX_JOBS);
  const out = flags.out ?? join(CASES, flags.quick === true ? `${name}-quick` : name);
  const seeds = Array.from({ length: count }, (_, i) => i + 1);
  const folder = openCaseFolder(out, name);
  keepNotesIn(out);
  const engine = await loadEngine(remedyConfig(study.remedies[0]!, 1, steps).agent.engine);

  const stream = flags.json === true ? process.stderr : process.stdout;
  const progress = new SweepProgress(stream, () => performance.now() / 1000, process.env);
  const command = ["steadyarm case", name, `--seeds ${count}`, `--steps ${steps}`, `--out ${out}`].join(" ");
  const headline = `case ${name} · ${study.remedies.length} remedies × ${count} seeds × ${steps.toLocaleString("en")} steps · ${out}`;
  const signals = catchStopSignals("saving the running jobs");
  try {
    let headlinePrinted = false;
    const outcome = await runCase(study, {
      folder,
      seeds,
      steps,
      engine,
      parallel,
      launch: launchSteadyarm,
      stop: signals.stop,
      onChange: (states) => {
        // The first call comes after the folder has been validated.
        if (!headlinePrinted) progress.print(headline);
        headlinePrinted = true;
        progress.show(states);
      },
      onTrained: () => {
        progress.close();
        progress.print("measuring the miniature");
      },
      facts: facts(command, engine.name),
    });
    progress.close();
    if (outcome === undefined) {
      progress.print(`stopped and saved. Resume with: ${command}`);
      return signals.exitCode();
    }
    for (const line of lastLines(outcome)) progress.print(line);
    if (flags.json === true) process.stdout.write(`${JSON.stringify(outcome.numbers)}\n`);
    if (flags.open === true) openBrowser(pathToFileURL(resolve(outcome.page)).href);
    return outcome.failed.length === 0 ? 0 : 1;
  } finally {
    signals.release();
  }
}

/** Returns how to reproduce the report: command, versions, machine, commit. */
function facts(command: string, engine: string): Term[] {
  const versions = Object.entries(describeVersions()).map(([name, version]) => `${name} ${version}`);
  const { cpu, cores } = describeMachine();
  const commit = readCommit(import.meta.dirname);
  const state = commit === null ? [] : [`${commit.hash.slice(0, 12)}${commit.dirty ? ", changed" : ""}`];
  return [
    { term: "command", text: `\`${command}\`` },
    { term: "date", text: new Date().toISOString().slice(0, 10) },
    { term: "versions", text: [...versions, `engine ${engine}`].join(" · ") },
    { term: "machine", text: `${cores} cores, ${cpu}` },
    ...state.map((text) => ({ term: "commit", text })),
  ];
}

/** Returns a line for each verdict, then the path of the report. */
function lastLines({ verdicts, failed, page }: CaseOutcome): string[] {
  const width = Math.max(...verdicts.map(({ verdict }) => verdict.length));
  return [
    ...verdicts.map(({ verdict, claim }) => `${verdict.padEnd(width)}  ${claim}`),
    ...(failed.length === 0 ? [] : [`${failed.length} runs failed; their errors are in the report`]),
    page,
  ];
}
