/** @file `steadyarm tune`: searches settings by successive halving; each round is a sweep. */

import { basename, extname, join } from "node:path";
import { codeVersion } from "../experiments/sweep/code-version.ts";
import { readOutcomes } from "../experiments/sweep/outcome.ts";
import { planJobs } from "../experiments/sweep/plan.ts";
import { type Ranked, rankMethods } from "../experiments/sweep/ranking.ts";
import {
  drawTrials,
  parseTune,
  type Round,
  roundSweep,
  roundsOf,
  type Trial,
  type TuneSpec,
} from "../experiments/sweep/tune-spec.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import { Rng } from "../shared/rng.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { formatJson } from "../storage/strict-json.ts";
import { printLines } from "./output.ts";
import { readSettingsFile } from "./settings-file.ts";
import { openSweepSession, type SweepFlags } from "./sweep-session.ts";

export interface TuneFlags extends SweepFlags {
  readonly out?: string | undefined;
  readonly plan?: boolean;
}

/** Parent of search folders without --out. */
const TUNES = "tunes";

/** Settings of the best trial, for `train --config`. */
const BEST_FILE = "best.json";

/** Maximum number of trials listed after a round. */
const MAX_LISTED = 5;

/**
 * Searches round by round; after a stop or a kill, the same command resumes.
 *
 * @returns 0 if the best settings are written, 128 + signal if stopped
 * @throws InputError if the search, a folder or a flag is invalid
 */
export async function tuneCommand(file: string, flags: TuneFlags): Promise<number> {
  const name = file === "-" ? "search" : basename(file, extname(file));
  const tune = parseTune(readSettingsFile(file), file, name);
  const drawn = drawTrials(tune, Rng.fromSeed(tune.drawSeed).fork("trials"));
  const rounds = roundsOf({ ...tune, trials: drawn.length }, fullSteps(tune, drawn, file));
  // Every trial of the first round is validated before any training.
  const first = roundSweep(tune, 0, rounds[0]!.steps, drawn);
  checkSteps(first, rounds[0]!, file);
  if (flags.plan === true) {
    printLines(process.stdout, plan(rounds, drawn));
    return 0;
  }
  const out = flags.out ?? join(TUNES, name);
  const session = await openSweepSession(flags, { sweep: first, where: file });
  try {
    let trials = drawn;
    for (const [i, round] of rounds.entries()) {
      const sweep = roundSweep(tune, i, round.steps, trials);
      const { folder, summary } = await session.train(sweep, file, join(out, `round-${i + 1}`));
      if (session.signals.stop.aborted) {
        session.print(`stopped: ${summary}. The same command resumes`);
        return session.signals.exitCode();
      }
      const ranked = rankMethods(readOutcomes(folder));
      const next = rounds[i + 1];
      for (const line of describeRound(ranked, next)) session.print(line);
      const chosen = ranked.slice(0, next?.trials ?? 1).map(({ method }) => method);
      trials = trials.filter((trial) => chosen.includes(trial.name));
    }
    const best = join(out, BEST_FILE);
    writeFileAtomically(best, `${formatJson(settingsOf(tune, trials[0]!, rounds.at(-1)!, file), best)}\n`);
    session.print(`train with the best settings: steadyarm train --config ${best}`);
    return 0;
  } finally {
    await session.close();
  }
}

/** Returns the steps of a run in the last round: those of the settings, or the default. */
function fullSteps(tune: TuneSpec, [first]: readonly Trial[], file: string): number {
  if (first === undefined) throw refuse(`${file}: search`, "at least one trial", unquoted("none"));
  const methods = { trial: { [first.name]: first.settings } };
  return planJobs({ ...tune.sweep, methods }, file, codeVersion())[0]!.config.train.steps;
}

/** Throws InputError unless all jobs of a round have the same number of steps. */
function checkSteps(sweep: TuneSpec["sweep"], { steps }: Round, file: string): void {
  const other = planJobs(sweep, file, codeVersion()).find(({ config }) => config.train.steps !== steps);
  if (other !== undefined) {
    throw new InputError(
      `${file}: train.steps must be set under settings, since each round of the search sets it for all tasks and trials`,
    );
  }
}

function plan(rounds: readonly Round[], trials: readonly Trial[]): string[] {
  const lines = rounds.map(
    (round, i) => `round ${i + 1}: ${round.trials} trials, ${round.steps.toLocaleString("en")} steps per run`,
  );
  return [...trials.map(({ name }) => name), "", ...lines];
}

function describeRound(ranked: readonly Ranked[], next: Round | undefined): string[] {
  const kept = next?.trials ?? 1;
  const listed = ranked
    .slice(0, Math.max(1, Math.min(MAX_LISTED, kept)))
    .map(({ method, success, duringTraining, failed }) => {
      const failures = failed === 0 ? "" : `, ${failed} failed runs counted as 0`;
      return `  final success ${success.toFixed(2)}, during training ${duringTraining.toFixed(2)}${failures}  ${method}`;
    });
  const head =
    next === undefined
      ? "best:"
      : `${kept} of ${ranked.length} continue with ${next.steps.toLocaleString("en")} steps:`;
  return [head, ...listed, ...(kept > listed.length ? [`  and ${kept - listed.length} more`] : [])];
}

/** Returns the best trial's settings without its seed. */
function settingsOf(tune: TuneSpec, best: Trial, { steps }: Round, file: string): object {
  const [job] = planJobs(roundSweep(tune, 0, steps, [best]), file, codeVersion());
  const { env, agent, train } = job!.config;
  const { seed: _, ...rest } = train;
  return { env, agent, train: rest };
}
