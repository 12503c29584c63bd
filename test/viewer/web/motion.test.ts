/** @file Motions of clips and live sessions, interpolation between moments, joint limits and viewports. */

import { describe, expect, it } from "vitest";
import { arraysOf, STATE_COLUMNS } from "../../../shared/motion-columns.ts";
import { blankClip } from "../../../shared/protocol-clip.ts";
import type { ArmState } from "../../../shared/protocol-frame.ts";
import { quatFromAxisAngle } from "../../../shared/vec3.ts";
import { blankSample, momentAt, sampleMotion } from "../../../viewer/web/playback/interpolation.ts";
import { jointsAtLimit } from "../../../viewer/web/playback/joint-limits.ts";
import { LiveMotion, motionOfClip } from "../../../viewer/web/playback/motion.ts";
import { splitPicture, viewportAt } from "../../../viewer/web/scene/viewports.ts";

const SIZES = { joints: 1, objects: 1, fingers: 2 };

/** Three steps of two moments: a joint that rotates by 0.1 rad a moment about z, and an object that rises and rotates. */
function rotatingClip() {
  const shape = {
    ...SIZES,
    moments: 7,
    steps: 3,
    actionSize: 2,
    momentTimestep: 0.02,
    controlTimestep: 0.04,
  };
  const clip = blankClip(shape, true);
  for (let m = 0; m < 7; m++) {
    clip.positions.set([m, 0, 0], 3 * m);
    clip.rotations.set(quatFromAxisAngle([0, 0, 1], 0.1 * m), 4 * m);
    clip.angles[m] = 0.1 * m;
    clip.torques[m] = m === 0 ? 0 : Math.ceil(m / 2);
    clip.endEffector.set([0, m, 0], 3 * m);
    clip.objectPositions.set([0, 0, 0.1 * m], 3 * m);
    clip.objectRotations.set(quatFromAxisAngle([1, 0, 0], 0.2 * m), 4 * m);
    clip.openings.set([0.01 * m, 0.02 * m], 2 * m);
    clip.distances[m] = 0.6 - 0.1 * m;
  }
  clip.rewards.set([-1, -1, 0]);
  clip.values?.set([-3, -2, -1]);
  clip.actions.set([0.5, -0.5, 1, 0, 0, 0]);
  return clip;
}

describe("motionOfClip", () => {
  it("assigns to each moment the reward of the step that ends there and the value of the step that starts there", () => {
    const motion = motionOfClip(rotatingClip(), 0.05);
    expect([...motion.rewards]).toEqual([-1, -1, -1, -1, -1, 0, 0]);
    expect([...motion.values]).toEqual([-3, -3, -2, -2, -1, -1, -1]);
    expect([...motion.actionAbsMeans]).toEqual([0.5, 0.5, 0.5, 0.5, 0, 0, 0]);
    expect([...motion.successes]).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect([...motion.times]).toEqual([0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12]);
  });
});

describe("sampleMotion", () => {
  it("is exact at every moment and in the middle between two", () => {
    const motion = motionOfClip(rotatingClip(), 0.05);
    const sample = blankSample(SIZES);
    for (let m = 0; m < 7; m++) {
      sampleMotion(motion, 0.02 * m, sample);
      expect(sample.moment).toBe(m);
      expect(sample.angles[0]).toBeCloseTo(0.1 * m, 6);
    }
    sampleMotion(motion, 0.05, sample);
    expect(sample.positions[0]).toBeCloseTo(2.5, 6);
    expect(sample.endEffector[1]).toBeCloseTo(2.5, 6);
    const [, , z, w] = quatFromAxisAngle([0, 0, 1], 0.25);
    expect(sample.rotations[2]).toBeCloseTo(z, 6);
    expect(sample.rotations[3]).toBeCloseTo(w, 6);
    expect(sample.objectPositions[2]).toBeCloseTo(0.25, 6);
    const rotation = quatFromAxisAngle([1, 0, 0], 0.5);
    for (const [i, x] of rotation.entries()) expect(sample.objectRotations[i]).toBeCloseTo(x, 4);
    expect(sample.openings[0]).toBeCloseTo(0.025, 6);
    expect(sample.openings[1]).toBeCloseTo(0.05, 6);
  });

  it("keeps a torque constant during its step, as the simulation does", () => {
    const motion = motionOfClip(rotatingClip(), 0.05);
    const sample = blankSample(SIZES);
    const torqueAt = (time: number) => {
      sampleMotion(motion, time, sample);
      return sample.torques[0];
    };
    expect([0.001, 0.03, 0.04, 0.041, 0.079, 0.081].map(torqueAt)).toEqual([1, 1, 1, 2, 2, 3]);
  });

  it("takes the shorter rotation if a quaternion changes its sign", () => {
    const clip = rotatingClip();
    clip.rotations.set(
      [...quatFromAxisAngle([0, 0, 1], 0.1)].map((x) => -x),
      4,
    );
    const sample = blankSample(SIZES);
    sampleMotion(motionOfClip(clip, 0.05), 0.01, sample);
    const angle = 2 * Math.atan2(sample.rotations[2] ?? 0, sample.rotations[3] ?? 1);
    expect(angle).toBeCloseTo(0.05, 5);
  });

  it("clamps the time to the motion", () => {
    const motion = motionOfClip(rotatingClip(), 0.05);
    const sample = blankSample(SIZES);
    sampleMotion(motion, -1, sample);
    expect(sample.angles[0]).toBe(0);
    sampleMotion(motion, 9, sample);
    expect(sample.angles[0]).toBeCloseTo(0.6, 6);
    expect(sample.isSuccess).toBe(true);
  });
});

/** A state with a number in some of its columns and zeros in the others. */
function stateOf(x: number): ArmState {
  return {
    ...arraysOf(STATE_COLUMNS, ({ size }) => new Float32Array(size(SIZES))),
    positions: Float32Array.of(x, 0, 0),
    angles: Float32Array.of(x),
    objectPositions: Float32Array.of(0, x, 0),
    openings: Float32Array.of(x, 2 * x),
    pushPoint: new Float32Array(3),
    pushForce: new Float32Array(3),
    pushLink: -1,
    distance: x,
    reward: -1,
    isSuccess: false,
    value: Number.NaN,
    actionAbsMean: 0,
  };
}

describe("LiveMotion", () => {
  it("keeps the newest moments in order", () => {
    const live = new LiveMotion(SIZES);
    for (let i = 0; i < 4000; i++) live.append(i / 60, stateOf(i), [0, 0, 1]);
    const { moments, times, angles, objectPositions, openings } = live.motion;
    expect(moments).toBeGreaterThan(700);
    expect(times[moments - 1]).toBeCloseTo(3999 / 60, 9);
    for (let m = 1; m < moments; m++) {
      expect(times[m]! - times[m - 1]!).toBeCloseTo(1 / 60, 9);
      expect(angles[m]! - angles[m - 1]!).toBe(1);
      expect(objectPositions[3 * m + 1]).toBe(angles[m]);
      expect([...openings.subarray(2 * m, 2 * m + 2)]).toEqual([angles[m], 2 * angles[m]!]);
    }
    expect(momentAt(live.motion, 3999 / 60)).toBe(moments - 1);
  });

  it("replaces a moment with the same time, and is empty after a reset", () => {
    const live = new LiveMotion(SIZES);
    live.append(0.1, stateOf(1), [0, 0, 1]);
    live.append(0.1, stateOf(2), [0, 0, 1]);
    expect(live.motion.moments).toBe(1);
    expect(live.motion.angles[0]).toBe(2);
    live.clear();
    live.append(0, stateOf(3), [0, 0, 1]);
    expect([live.motion.moments, live.motion.angles[0]]).toEqual([1, 3]);
  });

  it("notes at which moments the goal has moved, also if such a moment is replaced", () => {
    const live = new LiveMotion(SIZES);
    live.append(0, stateOf(0), [0, 0, 1]);
    live.append(0.1, stateOf(1), [0, 0, 1]);
    live.append(0.2, stateOf(2), [0, 0.1, 1]);
    live.append(0.2, stateOf(2), [0, 0.1, 1]);
    live.append(0.3, stateOf(3), [0, 0.1, 1]);
    expect([...live.motion.goalMoves.subarray(0, 4)]).toEqual([0, 0, 1, 0]);
  });
});

describe("jointsAtLimit", () => {
  it("is true within 2 % of the range from either limit, and false for a joint without limits", () => {
    const limits = [[-1, 1], [-1, 1], [-1, 1], null] as const;
    expect(jointsAtLimit([0.97, -0.95, -1.2, 99], limits)).toEqual([true, false, true, false]);
  });
});

describe("splitPicture", () => {
  it("divides the picture into viewports that do not overlap", () => {
    for (const count of [1, 2, 3, 4]) {
      for (const aspect of [0.5, 1.6]) {
        const parts = splitPicture(count, aspect);
        expect(parts).toHaveLength(count);
        expect(parts.reduce((sum, { width, height }) => sum + width * height, 0)).toBeCloseTo(1, 12);
        for (const [i, part] of parts.entries()) {
          expect(viewportAt(parts, part.left + part.width / 2, part.top + part.height / 2)).toBe(i);
        }
      }
    }
    expect(viewportAt(splitPicture(2, 1.6), 1.2, 0.5)).toBe(-1);
  });
});
