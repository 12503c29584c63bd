/**
 * @file A small arm with three joints: a turret, a shoulder and an elbow.
 *
 * Three joints are the minimum to move a tool along all three axes. At angles 0 the arm lies along x at
 * shoulder height; positive shoulder and elbow angles lift it.
 */

import { IDENTITY, type Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { rodAlongX } from "../arm/mass-properties.ts";

/** Metres. */
const LENGTH = 0.35;
const RADIUS = 0.03;
const TURRET = { bottom: 0.2, height: 0.1, radius: 0.05 };
/** kg. */
const TURRET_MASS = 1;
const MASS = 0.5;

/** Axis of a rotation from x towards z. */
const LIFTING: Vec3 = [0, -1, 0];

const acrossTurret = (TURRET_MASS * (3 * TURRET.radius ** 2 + TURRET.height ** 2)) / 12;

const ROD = {
  ...rodAlongX(MASS, LENGTH, RADIUS),
  orientation: IDENTITY,
  axis: LIFTING,
  shapes: [{ kind: "capsule", from: [0, 0, 0], to: [LENGTH, 0, 0], radius: RADIUS }],
} as const;

export const arm3: ArmModel = {
  name: "arm3",
  links: [
    {
      name: "turret",
      joint: "yaw",
      position: [0, 0, TURRET.bottom],
      orientation: IDENTITY,
      axis: [0, 0, 1],
      mass: TURRET_MASS,
      centerOfMass: [0, 0, TURRET.height / 2],
      inertia: [acrossTurret, acrossTurret, (TURRET_MASS * TURRET.radius ** 2) / 2, 0, 0, 0],
      limits: [-2.9, 2.9],
      damping: 2,
      armature: 0.05,
      torqueLimit: 12,
      shapes: [
        { kind: "capsule", from: [0, 0, 0], to: [0, 0, TURRET.height], radius: TURRET.radius },
        { kind: "capsule", from: [0, -0.04, TURRET.height], to: [0, 0.04, TURRET.height], radius: 0.04 },
      ],
    },
    {
      ...ROD,
      name: "upper_arm",
      joint: "shoulder",
      position: [0, 0, TURRET.height],
      limits: [-1, 2.2],
      damping: 1.5,
      armature: 0.03,
      torqueLimit: 15,
    },
    {
      ...ROD,
      name: "forearm",
      joint: "elbow",
      position: [LENGTH, 0, 0],
      limits: [-2.6, 0.5],
      damping: 1,
      armature: 0.02,
      torqueLimit: 8,
    },
  ],
  home: [0, 0.9, -1.6],
  endEffector: [LENGTH, 0, 0],
  toolAxes: [0, 1, 2],
  baseShapes: [{ kind: "capsule", from: [0, 0, 0.05], to: [0, 0, TURRET.bottom - 0.05], radius: 0.06 }],
};
