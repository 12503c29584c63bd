/**
 * @file A two-link arm in a vertical plane, for quick experiments: 0.4 m and 0.4 m, 0.5 kg each.
 *
 * It moves in the world's x–z plane, so gravity acts on it when it is not compensated. At angles 0 it lies
 * along x; positive angles lift it. The shoulder has no limits.
 */

import { IDENTITY, type Vec3 } from "../../shared/vec3.ts";
import type { ArmLink, ArmModel } from "../arm/arm-model.ts";
import { rodAlongX } from "../arm/mass-properties.ts";

/** Metres. */
const LENGTH = 0.4;
const RADIUS = 0.03;
/** kg. */
const MASS = 0.5;

/** Axis of a rotation from x towards z. */
const LIFTING: Vec3 = [0, -1, 0];

const ROD = {
  ...rodAlongX(MASS, LENGTH, RADIUS),
  orientation: IDENTITY,
  axis: LIFTING,
  armature: 0.01,
  shapes: [{ kind: "capsule", from: [0, 0, 0], to: [LENGTH, 0, 0], radius: RADIUS }],
} as const satisfies Partial<ArmLink>;

export const planar2: ArmModel = {
  name: "planar2",
  links: [
    {
      ...ROD,
      name: "upper_arm",
      joint: "shoulder",
      position: [0, 0, 0],
      limits: null,
      damping: 2,
      torqueLimit: 20,
    },
    {
      ...ROD,
      name: "forearm",
      joint: "elbow",
      position: [LENGTH, 0, 0],
      limits: [-2.6, 2.6],
      damping: 1,
      torqueLimit: 10,
    },
  ],
  home: [0.9, -1.3],
  endEffector: [LENGTH, 0, 0],
  toolAxes: [0, 2],
  baseShapes: [{ kind: "capsule", from: [0, -0.05, 0], to: [0, 0.05, 0], radius: 0.05 }],
};
