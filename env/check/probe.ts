/** @file Tools of the checks: random play, one recorded walk for all checks, comparison of steps. */

import { sampleBox } from "../../shared/box.ts";
import type { GoalEnv, GoalObservation, Step } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";

/** Creates a new environment; it is disposed of after the check. */
export type Open = () => Promise<GoalEnv>;

/** Recorded random play. The arrays are copies: only the `shared-memory` check should report shared ones. */
export interface Walk {
  /** The environment that was played; disposed of after all checks. */
  readonly env: GoalEnv;
  readonly moments: readonly Moment[];
}

/** A check of one promise of shared/goal-env.ts. */
export interface EnvCheck {
  /** As reported in a finding. */
  readonly name: string;
  /** One sentence. */
  readonly promise: string;
  /**
   * Returns the fault, `where: expected what, got what`, or undefined if the promise is kept.
   *
   * @param walk returns the recording shared by all checks
   */
  find(open: Open, walk: () => Promise<Walk>): Promise<string | undefined>;
}

/** The arrays of a GoalObservation. */
export const PARTS = ["observation", "achievedGoal", "desiredGoal"] as const;

/** Seed and length of the recording: several episodes of usual length, so that it includes resets without a seed. */
export const WALK = { seed: 3, steps: 300 } as const;

/** A reset or step of random play. */
export interface Moment {
  /** `reset`, or `step 3` of its episode. */
  readonly where: string;
  readonly observed: GoalObservation;
  /** Undefined for a reset. */
  readonly step: Step | undefined;
  /** Achieved goal of the moment before; a copy. */
  readonly previousAchievedGoal: Float32Array;
  readonly action: Float32Array;
}

/** Plays a number of steps with uniformly random actions, episode after episode. */
export function* randomPlay(env: GoalEnv, seed: number, steps: number): Generator<Moment> {
  const rng = Rng.fromSeed(seed).fork("actions");
  const empty = new Float32Array(0);
  const resetMoment = (observed: GoalObservation): Moment => ({
    where: "reset",
    observed,
    step: undefined,
    previousAchievedGoal: empty,
    action: empty,
  });
  let observed = env.reset({ seed });
  let achievedGoal = observed.achievedGoal.slice();
  yield resetMoment(observed);
  for (let total = 0, inEpisode = 0; total < steps; total++) {
    const action = sampleBox(env.actionSpace, rng);
    const step = env.step(action);
    inEpisode += 1;
    yield { where: `step ${inEpisode}`, observed: step, step, previousAchievedGoal: achievedGoal, action };
    achievedGoal = step.achievedGoal.slice();
    if (!step.terminated && !step.truncated) continue;
    observed = env.reset();
    achievedGoal = observed.achievedGoal.slice();
    inEpisode = 0;
    yield resetMoment(observed);
  }
}

/** Plays and records; passes on what the environment throws. */
export function record(env: GoalEnv, steps: number): Moment[] {
  return Array.from(randomPlay(env, WALK.seed, steps), (moment) => {
    const step = moment.step === undefined ? undefined : copyOf(moment.step);
    return { ...moment, observed: step ?? copyOf(moment.observed), step };
  });
}

/** Copies the arrays of an observation; a value that is not a Float32Array is left for the `shapes` check. */
function copyOf<Observed extends GoalObservation>(observed: Observed): Observed {
  const copy = (array: Float32Array) => (array instanceof Float32Array ? array.slice() : array);
  return {
    ...observed,
    observation: copy(observed.observation),
    achievedGoal: copy(observed.achievedGoal),
    desiredGoal: copy(observed.desiredGoal),
  };
}

/** Returns an action with the same value in every element. */
export function even(env: GoalEnv, value: number): Float32Array {
  return new Float32Array(env.actionSpace.low.length).fill(value);
}

/** Returns the error that a call throws, or undefined. */
export function thrown(call: () => unknown): Error | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Returns whether two arrays have the same bits. */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [one, other] = [
    new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
    new Uint8Array(b.buffer, b.byteOffset, b.byteLength),
  ];
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/** Returns the first difference of two observations, such as `observation[3]: expected 0.5, got 0.4`, or undefined. */
export function difference(expected: GoalObservation, got: GoalObservation): string | undefined {
  for (const part of PARTS) {
    const [a, b] = [expected[part], got[part]];
    if (sameBits(a, b)) continue;
    const i = a.findIndex((value, at) => !Object.is(value, b[at]));
    return `${part}[${i}]: expected ${a[i]}, got ${b[i]}`;
  }
  return undefined;
}

/** Returns the first difference of two steps, including reward and flags, or undefined. */
export function stepDifference(expected: Step, got: Step): string | undefined {
  for (const part of ["reward", "terminated", "truncated", "isSuccess"] as const) {
    if (!Object.is(expected[part], got[part])) return `${part}: expected ${expected[part]}, got ${got[part]}`;
  }
  return difference(expected, got);
}
