/** @file `steadyarm case`: why an actor fails to learn, claim by claim, measured and written as a page. */

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

/** Where cases without a folder of their own go. */
const CASES = "cases";

const MOST_SEEDS = 1000;
const MOST_STEPS = 1_000_000_000;
const MOST_JOBS = 256;

/** What is run if nothing else is said, and with --quick. */
const USUAL = { seeds: "5", steps: "20000" };
const QUICK = { seeds: "2", steps: "6000" };

/** Milliseconds between looks for a signal. */
const POLL = 200;

/**
 * Measures a case and writes its page.
 *
 * @returns 0, 1 where runs failed, 128 + signal where it was stopped and saved
 * @throws InputError if there is no such case, or a flag or folder is wrong
 */
export async function caseCommand(name: string, flags: CaseFlags): Promise<number> {
  const study = findCase(name);
  const usual = flags.quick === true ? QUICK : USUAL;
  const count = integerFlag("--seeds", flags.seeds ?? usual.seeds, 1, MOST_SEEDS);
  const steps = integerFlag("--steps", flags.steps ?? usual.steps, 1, MOST_STEPS);
  const parallel = integerFlag("--jobs", flags.jobs ?? `${availableParallelism()}`, 1, MOST_JOBS);
  const out = flags.out ?? join(CASES, flags.quick === true ? `${name}-quick` : name);
  const seeds = Array.from({ length: count }, (_, i) => i + 1);
  const folder = openCaseFolder(out, name);
  const engine = await loadEngine(remedyConfig(study.remedies[0]!, 1, steps).agent.engine);

  const stream = flags.json === true ? process.stderr : process.stdout;
  const progress = new SweepProgress(stream, () => performance.now() / 1000, process.env);
  const command = ["steadyarm case", name, `--seeds ${count}`, `--steps ${steps}`, `--out ${out}`].join(" ");
  const headline = `case ${name} · ${study.remedies.length} remedies × ${count} seeds × ${steps.toLocaleString("en")} steps · ${out}`;
  const signals = catchStopSignals("letting the running jobs save");
  const stop = new AbortController();
  const poll = setInterval(() => {
    if (signals.caught() !== undefined) stop.abort();
  }, POLL);
  try {
    let told = false;
    const outcome = await runCase(study, {
      folder,
      seeds,
      steps,
      engine,
      parallel,
      launch: launchSteadyarm,
      stop: stop.signal,
      onChange: (states) => {
        // Not before the folder's runs have been found to be this case's.
        if (!told) progress.say(headline);
        told = true;
        progress.show(states);
      },
      onTrained: () => {
        progress.close();
        progress.say("measuring the miniature");
      },
      facts: facts(command, engine.name),
    });
    progress.close();
    if (outcome === undefined) {
      progress.say(`stopped and saved. Go on with: ${command}`);
      return signals.exitCode();
    }
    for (const line of lastLines(outcome)) progress.say(line);
    if (flags.json === true) process.stdout.write(`${JSON.stringify(outcome.numbers)}\n`);
    if (flags.open === true) openBrowser(pathToFileURL(resolve(outcome.page)).href);
    return outcome.failed.length === 0 ? 0 : 1;
  } finally {
    clearInterval(poll);
    signals.release();
  }
}

function facts(command: string, engine: string): Term[] {
  const versions = Object.entries(describeVersions()).map(([name, version]) => `${name} ${version}`);
  const { cpu, cores } = describeMachine();
  const commit = readCommit(import.meta.dirname);
  const state = commit === null ? [] : [`${commit.hash.slice(0, 12)}${commit.dirty ? ", changed" : ""}`];
  return [
    { term: "command", text: `\`${command}\`` },
    { term: "made", text: new Date().toISOString().slice(0, 10) },
    { term: "versions", text: [...versions, `engine ${engine}`].join(" · ") },
    { term: "machine", text: `${cores} cores, ${cpu}` },
    ...state.map((text) => ({ term: "commit", text })),
  ];
}

/** The verdicts, a line each, and where the page is. */
function lastLines({ verdicts, failed, page }: CaseOutcome): string[] {
  const width = Math.max(...verdicts.map(({ verdict }) => verdict.length));
  return [
    ...verdicts.map(({ verdict, claim }) => `${verdict.padEnd(width)}  ${claim}`),
    ...(failed.length === 0 ? [] : [`${failed.length} runs failed; the page says how`]),
    page,
  ];
}
