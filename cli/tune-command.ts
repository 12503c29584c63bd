/** @file `steadyarm tune`: better settings by successive halving, each round a sweep. */

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
import { InputError } from "../shared/errors.ts";
import { Rng } from "../shared/rng.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { formatJson } from "../storage/strict-json.ts";
import { readSettingsFile } from "./settings-file.ts";
import { openSweepSession, type SweepFlags } from "./sweep-session.ts";

export interface TuneFlags extends SweepFlags {
  readonly out?: string | undefined;
  readonly plan?: boolean;
}

/** Where searches without a place of their own go. */
const TUNES = "tunes";

/** The winner's settings, for `train --config`. */
const BEST_FILE = "best.json";

/** Trials of a round that are named at its end. */
const NAMED = 5;

/**
 * Searches, round by round; the same command goes on after a kill.
 *
 * @returns 0 when the best settings are written, 128 + signal when it was stopped
 * @throws InputError if the search, a folder or a flag is wrong
 */
export async function tuneCommand(file: string, flags: TuneFlags): Promise<number> {
  const name = file === "-" ? "search" : basename(file, extname(file));
  const tune = parseTune(readSettingsFile(file), file, name);
  const drawn = drawTrials(tune, Rng.fromSeed(tune.drawSeed).fork("trials"));
  const rounds = roundsOf({ ...tune, trials: drawn.length }, wholeSteps(tune, drawn, file));
  // The first round is checked whole, so that a wrong setting is found before any training.
  const first = roundSweep(tune, 0, rounds[0]!.steps, drawn);
  checkSteps(first, rounds[0]!, file);
  if (flags.plan === true) {
    process.stdout.write(`${plan(rounds, drawn).join("\n")}\n`);
    return 0;
  }
  const out = flags.out ?? join(TUNES, name);
  const session = await openSweepSession(flags, { sweep: first, where: file });
  try {
    let trials = drawn;
    for (const [i, round] of rounds.entries()) {
      const sweep = roundSweep(tune, i, round.steps, trials);
      const { folder, summary } = await session.train(sweep, file, join(out, `round-${i + 1}`));
      if (session.signals.caught() !== undefined) {
        session.say(`stopped: ${summary}. The same command goes on`);
        return session.signals.exitCode();
      }
      const ranked = rankMethods(readOutcomes(folder));
      const next = rounds[i + 1];
      for (const line of describeRound(ranked, next)) session.say(line);
      const chosen = ranked.slice(0, next?.trials ?? 1).map(({ method }) => method);
      trials = trials.filter((trial) => chosen.includes(trial.name));
    }
    const best = join(out, BEST_FILE);
    writeFileAtomically(best, `${formatJson(settingsOf(tune, trials[0]!, rounds.at(-1)!, file), best)}\n`);
    session.say(`train with it: steadyarm train --config ${best}`);
    return 0;
  } finally {
    await session.close();
  }
}

/** Steps of a run where nothing is cut: what the settings say, or the default. */
function wholeSteps(tune: TuneSpec, [first]: readonly Trial[], file: string): number {
  if (first === undefined) throw new InputError(`${file}: search: there is nothing to draw from`);
  const methods = { trial: { [first.name]: first.settings } };
  return planJobs({ ...tune.sweep, methods }, file, codeVersion())[0]!.config.train.steps;
}

function checkSteps(sweep: TuneSpec["sweep"], { steps }: Round, file: string): void {
  const other = planJobs(sweep, file, codeVersion()).find(({ config }) => config.train.steps !== steps);
  if (other !== undefined) {
    throw new InputError(
      `${file}: train.steps belongs under settings: the rounds of a search cut it for all tasks and trials alike`,
    );
  }
}

function plan(rounds: readonly Round[], trials: readonly Trial[]): string[] {
  const lines = rounds.map(
    (round, i) => `round ${i + 1}: ${round.trials} trials, ${round.steps.toLocaleString("en")} steps a run`,
  );
  return [...trials.map(({ name }) => name), "", ...lines];
}

function describeRound(ranked: readonly Ranked[], next: Round | undefined): string[] {
  const kept = next?.trials ?? 1;
  const shown = ranked
    .slice(0, Math.max(1, Math.min(NAMED, kept)))
    .map(({ method, success, onTheWay, failed }) => {
      const broken = failed === 0 ? "" : `, ${failed} without a result, counted as 0`;
      return `  success ${success.toFixed(2)} at the end, ${onTheWay.toFixed(2)} on the way${broken}  ${method}`;
    });
  const head =
    next === undefined
      ? "best:"
      : `${kept} of ${ranked.length} go on to ${next.steps.toLocaleString("en")} steps:`;
  return [head, ...shown, ...(kept > shown.length ? [`  and ${kept - shown.length} more`] : [])];
}

/** Everything that the winner was trained with, but its seed. */
function settingsOf(tune: TuneSpec, best: Trial, { steps }: Round, file: string): object {
  const [job] = planJobs(roundSweep(tune, 0, steps, [best]), file, codeVersion());
  const { env, agent, train } = job!.config;
  const { seed: _, ...rest } = train;
  return { env, agent, train: rest };
}
