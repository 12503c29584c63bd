/**
 * @file A three-link redundant arm in a vertical plane: 0.3, 0.3 and 0.2 m.
 *
 * Like planar2 it moves in the world's x–z plane, lies along x at angles 0, and is lifted by positive angles.
 * With one joint more than necessary it reaches a point in many postures.
 */

import { IDENTITY, type Vec3 } from "../../shared/vec3.ts";
import type { ArmLink, ArmModel } from "../arm/arm-model.ts";
import { rodAlongX } from "../arm/mass-properties.ts";

/** Metres. */
const RADIUS = 0.025;
const LENGTHS = { upperArm: 0.3, forearm: 0.3, hand: 0.2 };

/** Axis of a rotation from x towards z. */
const LIFTING: Vec3 = [0, -1, 0];

type Drive = Pick<ArmLink, "name" | "joint" | "limits" | "damping" | "armature" | "torqueLimit">;

function rod(mass: number, length: number, offset: number, drive: Drive): ArmLink {
  return {
    ...rodAlongX(mass, length, RADIUS),
    ...drive,
    position: [offset, 0, 0],
    orientation: IDENTITY,
    axis: LIFTING,
    shapes: [{ kind: "capsule", from: [0, 0, 0], to: [length, 0, 0], radius: RADIUS }],
  };
}

export const planar3: ArmModel = {
  name: "planar3",
  links: [
    rod(0.5, LENGTHS.upperArm, 0, {
      name: "upper_arm",
      joint: "shoulder",
      limits: null,
      damping: 2,
      armature: 0.02,
      torqueLimit: 20,
    }),
    rod(0.4, LENGTHS.forearm, LENGTHS.upperArm, {
      name: "forearm",
      joint: "elbow",
      limits: [-2.6, 2.6],
      damping: 1,
      armature: 0.02,
      torqueLimit: 10,
    }),
    rod(0.2, LENGTHS.hand, LENGTHS.forearm, {
      name: "hand",
      joint: "wrist",
      limits: [-2, 2],
      damping: 0.5,
      armature: 0.01,
      torqueLimit: 5,
    }),
  ],
  home: [1.2, -1, -0.8],
  endEffector: [LENGTHS.hand, 0, 0],
  toolAxes: [0, 2],
  baseShapes: [{ kind: "capsule", from: [0, -0.05, 0], to: [0, 0.05, 0], radius: 0.05 }],
};
