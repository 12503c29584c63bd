/** @file The motion of one arm over time: the common form of a recorded clip and of a live session's last seconds. */

import {
  type ArmSizes,
  arraysOf,
  STATE_COLUMNS,
  type StateArrays,
  zeroState,
} from "../../../shared/motion-columns.ts";
import type { Clip } from "../../../shared/protocol-clip.ts";
import type { ArmState } from "../../../shared/protocol-frame.ts";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { Vec3 } from "../../../shared/vec3.ts";

/** Columns of one number for each moment, besides the state. */
const SCALAR_COLUMNS = [
  /** Distance to the goal, m. */
  { name: "distances" },
  { name: "rewards" },
  /** 1 if the goal is achieved. */
  { name: "successes" },
  /** Q(s, a); NaN without a critic. */
  { name: "values" },
  /** Mean |a|. */
  { name: "actionAbsMeans" },
  /** 1 if the goal is elsewhere than at the moment before. */
  { name: "goalMoves" },
] as const;

type ScalarName = (typeof SCALAR_COLUMNS)[number]["name"];

/** Moments in order of time. Arrays may have room for more than M moments; see STATE_COLUMNS for their rows. */
export interface Motion extends ArmSizes, StateArrays, Readonly<Record<ScalarName, Float32Array>> {
  /** M; grows in a live session. */
  readonly moments: number;
  /** [M] s, ascending. */
  readonly times: Float64Array;
}

/** The sizes of a scene's arm. */
export function sizesOf({ links, objects, fingers }: SceneMessage): ArmSizes {
  return { joints: links.length, objects: objects.length, fingers: fingers.length };
}

/** Returns a clip as a motion that shares the clip's state arrays. Each moment gets the numbers of its control step. */
export function motionOfClip(clip: Clip, successDistance: number): Motion {
  const { joints, objects, fingers, moments, steps, actionSize } = clip;
  const momentsPerStep = Math.round(clip.controlTimestep / clip.momentTimestep);
  const perMoment = (value: (moment: number) => number) =>
    Float32Array.from({ length: moments }, (_, moment) => value(moment));
  // A reward belongs to the moments that lead to the end of its step, a value to those from its start on.
  const stepEndingAt = (m: number) => Math.min(steps - 1, Math.max(0, Math.ceil(m / momentsPerStep) - 1));
  const stepStartingAt = (m: number) => Math.min(steps - 1, Math.floor(m / momentsPerStep));
  return {
    joints,
    objects,
    fingers,
    moments,
    times: Float64Array.from({ length: moments }, (_, m) => m * clip.momentTimestep),
    ...arraysOf(STATE_COLUMNS, ({ name }) => clip[name]),
    distances: clip.distances,
    rewards: perMoment((m) => clip.rewards[stepEndingAt(m)] ?? 0),
    successes: perMoment((m) => ((clip.distances[m] ?? 1) <= successDistance ? 1 : 0)),
    values: perMoment((m) => clip.values?.[stepStartingAt(m)] ?? Number.NaN),
    actionAbsMeans: perMoment((m) => {
      const start = stepStartingAt(m) * actionSize;
      let sum = 0;
      for (let i = start; i < start + actionSize; i++) sum += Math.abs(clip.actions[i] ?? 0);
      return sum / actionSize;
    }),
    goalMoves: perMoment(() => 0),
  };
}

/** Moments that a live motion keeps: 25 s at 60 Hz. */
const CAPACITY = 1500;

interface GrowingMotion extends Motion {
  moments: number;
}

/** Collects the last moments of one arm of a live session. */
export class LiveMotion {
  readonly #motion: GrowingMotion;
  #goal: Vec3 | undefined;

  constructor(sizes: ArmSizes) {
    this.#motion = {
      ...sizes,
      moments: 0,
      times: new Float64Array(CAPACITY),
      ...zeroState(sizes, CAPACITY),
      ...arraysOf(SCALAR_COLUMNS, () => new Float32Array(CAPACITY)),
    };
  }

  /** The collected moments; changes with `append` and `clear`. */
  get motion(): Motion {
    return this.#motion;
  }

  clear(): void {
    this.#motion.moments = 0;
  }

  /** Appends a copy of a state with its goal. Replaces the last moment if the time is not later. */
  append(time: number, state: ArmState, goal: Vec3): void {
    const motion = this.#motion;
    let goalMoves = this.#goal?.some((x, axis) => x !== goal[axis]) ?? false;
    this.#goal = goal;
    const last = motion.times[motion.moments - 1];
    if (last !== undefined && motion.moments > 0 && time <= last) {
      motion.moments -= 1;
      goalMoves ||= motion.goalMoves[motion.moments] === 1;
    }
    if (motion.moments === CAPACITY) this.#dropOlderHalf();
    const moment = motion.moments;
    motion.times[moment] = time;
    for (const { name, size } of STATE_COLUMNS) motion[name].set(state[name], moment * size(motion));
    motion.distances[moment] = state.distance;
    motion.rewards[moment] = state.reward;
    motion.successes[moment] = state.isSuccess ? 1 : 0;
    motion.values[moment] = state.value;
    motion.actionAbsMeans[moment] = state.actionAbsMean;
    motion.goalMoves[moment] = goalMoves ? 1 : 0;
    motion.moments += 1;
  }

  #dropOlderHalf(): void {
    const motion = this.#motion;
    const half = CAPACITY / 2;
    motion.times.copyWithin(0, half);
    for (const { name, size } of STATE_COLUMNS) motion[name].copyWithin(0, half * size(motion));
    for (const { name } of SCALAR_COLUMNS) motion[name].copyWithin(0, half);
    motion.moments = half;
  }
}
