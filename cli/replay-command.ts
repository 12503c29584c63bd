/** @file `steadyarm replay`: plays the episode in which training stopped with an error again, and prints its last steps. */

import { makeEnv } from "../env/registry.ts";
import { readLastSteps } from "../storage/last-steps.ts";
import { readManifest } from "../storage/manifest.ts";
import { type Replay, type ReplayedStep, replayFailure } from "../training/replay-failure.ts";
import { integerFlag } from "./integer-flag.ts";
import { printLines } from "./output.ts";
import { textTable } from "./text-table.ts";

export interface ReplayFlags {
  /** Number of steps to print. */
  readonly steps: string;
  readonly json?: boolean;
}

/** Exit code if the episode is another one this time. */
const OTHER_EPISODE = 1;

/** Numbers of a vector that the table shows. */
const MAX_SHOWN = 8;

/**
 * Plays the episode and prints its last steps.
 *
 * @returns 0 if it is the recorded one, else 1: the environment then depends on more than seed and actions
 * @throws InputError if the run has no such episode
 */
export async function replayCommand(run: string, flags: ReplayFlags): Promise<number> {
  const count = integerFlag("--steps", flags.steps, 1);
  const lastSteps = readLastSteps(run);
  const { config } = readManifest(run);
  const env = await makeEnv(config.env, config.agent.gamma);
  let replay: Replay;
  try {
    replay = replayFailure(env, lastSteps);
  } finally {
    env.dispose();
  }
  const { fault, differsAt, isSame } = replay;
  const steps = replay.steps.slice(-count);
  if (flags.json === true) {
    const { message, episode, updates } = lastSteps;
    const encoded = steps.map(({ observation, achievedGoal, ...rest }) => ({
      ...rest,
      observation: [...(observation ?? [])].map(shown),
      achievedGoal: [...(achievedGoal ?? [])].map(shown),
    }));
    process.stdout.write(
      `${JSON.stringify({ message, environmentStep: lastSteps.steps, episode, updates, isSame, steps: encoded, fault, differsAt })}\n`,
    );
  } else {
    printLines(process.stdout, [
      lastSteps.message,
      ...textTable(["step", "action", "reward", "observation", "achieved goal"], steps.map(cells)),
      isSame ? sameLine(lastSteps.failedStep !== undefined, fault) : otherLine(replay),
    ]);
  }
  return isSame ? 0 : OTHER_EPISODE;
}

function sameLine(hasFailedStep: boolean, fault: string | undefined): string {
  if (fault !== undefined) return "reproduced: the environment fails at the same step";
  if (hasFailedStep) return "reproduced: the environment gives the same steps; the policy's action failed";
  return "reproduced: the environment gives the same steps; learning from them failed";
}

function otherLine({ fault, differsAt }: Replay): string {
  const failure = fault === undefined ? "nothing fails this time" : `it fails otherwise: ${fault}`;
  const what = differsAt === undefined ? failure : `step ${differsAt} differs`;
  return `not reproduced: ${what}. An episode must depend on its seed and actions only (docs/replay.md)`;
}

function cells({ step, action, reward, observation, achievedGoal }: ReplayedStep): string[] {
  return [
    `${step}`,
    vector(action),
    reward === undefined ? "" : shown(reward),
    ...[observation, achievedGoal].map(vector),
  ];
}

function vector(values: ArrayLike<number> = []): string {
  const text = Array.from(values).slice(0, MAX_SHOWN).map(shown).join(" ");
  return values.length > MAX_SHOWN ? `${text} …` : text;
}

/** Four significant digits; numbers that are not finite by name. */
function shown(value: number): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(4))}` : `${value}`;
}
