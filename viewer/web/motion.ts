/**
 * @file How an arm moved, moment by moment: one form for a recorded clip and for what a live session has
 * shown so far, so that scene and plots need not know which it is.
 */

import type { Clip } from "../../shared/protocol-clip.ts";
import type { ArmState, SlotSizes } from "../../shared/protocol-frame.ts";
import type { SceneMessage } from "../../shared/protocol-scene.ts";

/** Moments in order of time. Arrays have room for at least `moments` rows; a live one goes on growing. */
export interface Motion extends SlotSizes {
  readonly moments: number;
  /** Seconds, [M], ascending. */
  readonly times: Float64Array;
  /** Origins of the links' frames, [M × N × 3] m. */
  readonly positions: Float32Array;
  /** Orientations of the links' frames, [M × N × 4], x y z w. */
  readonly rotations: Float32Array;
  /** [M × N] rad. */
  readonly angles: Float32Array;
  /** [M × N] rad/s. */
  readonly speeds: Float32Array;
  /** [M × N] N m. */
  readonly torques: Float32Array;
  /** [M × 3] m. */
  readonly endEffectors: Float32Array;
  /** Middles of the objects, [M × K × 3] m. */
  readonly objectPositions: Float32Array;
  /** [M × K × 4] */
  readonly objectRotations: Float32Array;
  /** How far each finger is from shut, [M × F] m. */
  readonly openings: Float32Array;
  /** From what is to get there to the goal, [M] m. */
  readonly distances: Float32Array;
  /** [M] */
  readonly rewards: Float32Array;
  /** 1 at the goal, [M]. */
  readonly successes: Float32Array;
  /** Q(s, a), [M]; NaN without a critic. */
  readonly values: Float32Array;
  /** Mean |a|, [M]. */
  readonly actionSizes: Float32Array;
}

/** How many of everything a scene has. */
export function sizesOf({ links, objects, fingers }: SceneMessage): SlotSizes {
  return { joints: links.length, objects: objects.length, fingers: fingers.length };
}

/** A clip as a motion; shares the clip's arrays. What belongs to a step is given to each of its moments. */
export function motionOfClip(clip: Clip, successDistance: number): Motion {
  const { moments, steps, actionSize } = clip;
  const perStep = Math.round(clip.controlTimestep / clip.momentTimestep);
  const perMoment = (value: (moment: number) => number) =>
    Float32Array.from({ length: moments }, (_, m) => value(m));
  // A reward is paid on arrival, so to the moments that lead to it; a value is judged at the start.
  const arriving = (m: number) => Math.min(steps - 1, Math.max(0, Math.ceil(m / perStep) - 1));
  const starting = (m: number) => Math.min(steps - 1, Math.floor(m / perStep));
  return {
    joints: clip.joints,
    objects: clip.objects,
    fingers: clip.fingers,
    moments,
    times: Float64Array.from({ length: moments }, (_, m) => m * clip.momentTimestep),
    positions: clip.positions,
    rotations: clip.rotations,
    angles: clip.angles,
    speeds: clip.speeds,
    torques: clip.torques,
    endEffectors: clip.endEffectors,
    objectPositions: clip.objectPositions,
    objectRotations: clip.objectRotations,
    openings: clip.openings,
    distances: clip.distances,
    rewards: perMoment((m) => clip.rewards[arriving(m)] ?? 0),
    successes: perMoment((m) => ((clip.distances[m] ?? 1) <= successDistance ? 1 : 0)),
    values: perMoment((m) => clip.values?.[starting(m)] ?? Number.NaN),
    actionSizes: perMoment((m) => {
      let sum = 0;
      for (let i = 0; i < actionSize; i++) sum += Math.abs(clip.actions[starting(m) * actionSize + i] ?? 0);
      return sum / actionSize;
    }),
  };
}

/** Moments that a live motion remembers: 25 s at 60 a second. */
const REMEMBERED = 1500;

/** The last moments of one arm of a live session. */
export class LiveMotion implements Motion {
  readonly joints: number;
  readonly objects: number;
  readonly fingers: number;
  moments = 0;
  readonly times = new Float64Array(REMEMBERED);
  readonly positions: Float32Array;
  readonly rotations: Float32Array;
  readonly angles: Float32Array;
  readonly speeds: Float32Array;
  readonly torques: Float32Array;
  readonly endEffectors = new Float32Array(3 * REMEMBERED);
  readonly objectPositions: Float32Array;
  readonly objectRotations: Float32Array;
  readonly openings: Float32Array;
  readonly distances = new Float32Array(REMEMBERED);
  readonly rewards = new Float32Array(REMEMBERED);
  readonly successes = new Float32Array(REMEMBERED);
  readonly values = new Float32Array(REMEMBERED);
  readonly actionSizes = new Float32Array(REMEMBERED);

  constructor({ joints, objects, fingers }: SlotSizes) {
    this.joints = joints;
    this.objects = objects;
    this.fingers = fingers;
    this.objectPositions = new Float32Array(3 * objects * REMEMBERED);
    this.objectRotations = new Float32Array(4 * objects * REMEMBERED);
    this.openings = new Float32Array(fingers * REMEMBERED);
    this.positions = new Float32Array(3 * joints * REMEMBERED);
    this.rotations = new Float32Array(4 * joints * REMEMBERED);
    this.angles = new Float32Array(joints * REMEMBERED);
    this.speeds = new Float32Array(joints * REMEMBERED);
    this.torques = new Float32Array(joints * REMEMBERED);
  }

  /** Forgets everything: a new episode. */
  clear(): void {
    this.moments = 0;
  }

  /** Adds a moment, copying it; a moment that is not later than the last replaces it. */
  append(time: number, state: ArmState): void {
    const last = this.times[this.moments - 1];
    if (last !== undefined && this.moments > 0 && time <= last) this.moments -= 1;
    if (this.moments === REMEMBERED) this.#forgetHalf();
    const m = this.moments;
    this.times[m] = time;
    this.positions.set(state.positions, 3 * this.joints * m);
    this.rotations.set(state.rotations, 4 * this.joints * m);
    this.angles.set(state.angles, this.joints * m);
    this.speeds.set(state.speeds, this.joints * m);
    this.torques.set(state.torques, this.joints * m);
    this.endEffectors.set(state.endEffector, 3 * m);
    this.objectPositions.set(state.objectPositions, 3 * this.objects * m);
    this.objectRotations.set(state.objectRotations, 4 * this.objects * m);
    this.openings.set(state.openings, this.fingers * m);
    this.distances[m] = state.distance;
    this.rewards[m] = state.reward;
    this.successes[m] = state.isSuccess ? 1 : 0;
    this.values[m] = state.value;
    this.actionSizes[m] = state.actionAbsMean;
    this.moments += 1;
  }

  #forgetHalf(): void {
    const half = REMEMBERED / 2;
    for (const [array, size] of this.#columns()) array.copyWithin(0, half * size, REMEMBERED * size);
    this.moments = half;
  }

  #columns(): readonly (readonly [Float32Array | Float64Array, number])[] {
    return [
      [this.times, 1],
      [this.positions, 3 * this.joints],
      [this.rotations, 4 * this.joints],
      [this.angles, this.joints],
      [this.speeds, this.joints],
      [this.torques, this.joints],
      [this.endEffectors, 3],
      [this.objectPositions, 3 * this.objects],
      [this.objectRotations, 4 * this.objects],
      [this.openings, this.fingers],
      [this.distances, 1],
      [this.rewards, 1],
      [this.successes, 1],
      [this.values, 1],
      [this.actionSizes, 1],
    ];
  }
}
