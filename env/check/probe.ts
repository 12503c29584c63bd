/** @file How checks play an environment: an opener that forgets none, random episodes, one walk for many checks, and what was thrown. */

import { sampleBox } from "../../shared/box.ts";
import type { GoalEnv, GoalObservation, Step } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";

/** Makes a fresh environment, which is disposed of after the check that asked. */
export type Open = () => Promise<GoalEnv>;

/** Random play that was recorded: copies, for environments that hand out shared arrays are one check's to find. */
export interface Walk {
  /** It has been played; not disposed of before all checks are done. */
  readonly env: GoalEnv;
  readonly moments: readonly Moment[];
}

/** One promise of shared/goal-env.ts. */
export interface EnvCheck {
  /** What it is called in a finding. */
  readonly name: string;
  /** What is promised, one sentence. */
  readonly promise: string;
  /**
   * What is wrong, `where: expected what, got what`; undefined where the promise is kept.
   *
   * @param walk the one walk that all checks of an environment look at
   */
  find(open: Open, walk: () => Promise<Walk>): Promise<string | undefined>;
}

/** The parts of an observation, by name. */
export const PARTS = ["observation", "achievedGoal", "desiredGoal"] as const;

/** The seed of the walk, and its steps: several episodes of usual length, so that resets without a seed are among them. */
export const WALK = { seed: 3, steps: 300 } as const;

/** A moment of random play: what was seen and, after a step, what it led to. */
export interface Moment {
  /** `reset`, or `step 3` of its episode. */
  readonly where: string;
  readonly seen: GoalObservation;
  /** Undefined for a reset. */
  readonly step: Step | undefined;
  /** What was achieved one moment before; its own copy. */
  readonly previousAchievedGoal: Float32Array;
  readonly action: Float32Array;
}

/** Plays uniformly random actions from a seed on, episode after episode, for so many steps. */
export function* randomPlay(env: GoalEnv, seed: number, steps: number): Generator<Moment> {
  const rng = Rng.fromSeed(seed).fork("actions");
  const none = new Float32Array(0);
  let seen = env.reset({ seed });
  let achieved = seen.achievedGoal.slice();
  yield { where: "reset", seen, step: undefined, previousAchievedGoal: none, action: none };
  for (let taken = 0, inEpisode = 0; taken < steps; taken++) {
    const action = sampleBox(env.actionSpace, rng);
    const step = env.step(action);
    inEpisode += 1;
    yield { where: `step ${inEpisode}`, seen: step, step, previousAchievedGoal: achieved, action };
    achieved = step.achievedGoal.slice();
    if (!step.terminated && !step.truncated) continue;
    seen = env.reset();
    achieved = seen.achievedGoal.slice();
    inEpisode = 0;
    yield { where: "reset", seen, step: undefined, previousAchievedGoal: none, action: none };
  }
}

/** Plays and records; an environment that throws is the caller's to tell of. */
export function record(env: GoalEnv, steps: number): Moment[] {
  return Array.from(randomPlay(env, WALK.seed, steps), (moment) => {
    const step = moment.step === undefined ? undefined : copyOf(moment.step);
    return { ...moment, seen: step ?? copyOf(moment.seen), step };
  });
}

/** With arrays of its own, and whatever else it has as it is: what is no array is another check's to find. */
function copyOf<Seen extends GoalObservation>(seen: Seen): Seen {
  const own = (array: Float32Array) => (array instanceof Float32Array ? array.slice() : array);
  return {
    ...seen,
    observation: own(seen.observation),
    achievedGoal: own(seen.achievedGoal),
    desiredGoal: own(seen.desiredGoal),
  };
}

/** An action that is the same in every part. */
export function even(env: GoalEnv, value: number): Float32Array {
  return new Float32Array(env.actionSpace.low.length).fill(value);
}

/** What a call throws, or undefined if it returns. */
export function thrown(call: () => unknown): Error | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Whether two arrays hold the same bits. */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [one, other] = [
    new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
    new Uint8Array(b.buffer, b.byteOffset, b.byteLength),
  ];
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/** Where two looks at an environment differ, as `observation[3]: expected 0.5, got 0.4`; undefined if nowhere. */
export function difference(expected: GoalObservation, got: GoalObservation): string | undefined {
  for (const part of PARTS) {
    const [a, b] = [expected[part], got[part]];
    if (sameBits(a, b)) continue;
    const i = a.findIndex((value, at) => !Object.is(value, b[at]));
    return `${part}[${i}]: expected ${a[i]}, got ${b[i]}`;
  }
  return undefined;
}

/** The same for two steps, their reward and endings included. */
export function stepDifference(expected: Step, got: Step): string | undefined {
  for (const part of ["reward", "terminated", "truncated", "isSuccess"] as const) {
    if (!Object.is(expected[part], got[part])) return `${part}: expected ${expected[part]}, got ${got[part]}`;
  }
  return difference(expected, got);
}
