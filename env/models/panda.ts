/**
 * @file The Franka Emika Panda: seven joints, the hand welded to the last link, its fingers closed.
 *
 * Frames, masses, inertias and limits are the public ones (franka_ros `franka_description`, MuJoCo
 * Menagerie `franka_emika_panda`); home is panda-gym's neutral pose. Damping is chosen here: with a rotor of
 * 0.1 kg m² it is stable at 200 Hz and keeps wrist speeds under random torques moderate.
 */

import { IDENTITY, type Quat, quatFromAxisAngle, type Vec3 } from "../../shared/vec3.ts";
import type { ArmLink, ArmModel } from "../arm/arm-model.ts";
import { type Inertia, type Part, weld } from "../arm/mass-properties.ts";
import type { Shape } from "../body.ts";

/** Rotor inertia at each joint, kg m², as in MuJoCo Menagerie. */
const ARMATURE = 0.1;

const Z: Vec3 = [0, 0, 1];
const QUARTER: Quat = quatFromAxisAngle([1, 0, 0], Math.PI / 2);
const MINUS_QUARTER: Quat = quatFromAxisAngle([1, 0, 0], -Math.PI / 2);

/** Pose of the hand in the last link's frame: on the flange, rotated by −45°. */
export const HAND_POSITION: Vec3 = [0, 0, 0.107];
export const HAND_ORIENTATION: Quat = quatFromAxisAngle(Z, -Math.PI / 4);
/** Between the fingertips, 0.1034 m from the hand's frame. */
const END_EFFECTOR: Vec3 = [0, 0, 0.107 + 0.1034];

export const FINGER_INERTIA: Inertia = [2.375e-6, 2.375e-6, 7.5e-7, 0, 0, 0];

/** The flange alone, in the last link's frame. */
export const FLANGE: Part = {
  mass: 0.735522,
  centerOfMass: [0.010517, -0.004252, 0.061597],
  inertia: [0.012516, 0.010027, 0.004815, -0.000428, -0.001196, -0.000741],
  position: [0, 0, 0],
  orientation: IDENTITY,
};
/** The hand without fingers, in the last link's frame. */
export const HAND: Part = {
  mass: 0.73,
  centerOfMass: [-0.01, 0, 0.03],
  inertia: [0.001, 0.0025, 0.0017, 0, 0, 0],
  position: HAND_POSITION,
  orientation: HAND_ORIENTATION,
};

const LAST_LINK = weld([
  FLANGE,
  HAND,
  // Two closed fingers of 0.015 kg at the same position.
  ...[0, 1].map(() => ({
    mass: 0.015,
    centerOfMass: [0, 0, 0] as const,
    inertia: FINGER_INERTIA,
    position: [0, 0, 0.107 + 0.0584] as const,
    orientation: HAND_ORIENTATION,
  })),
]);

function alongZ(from: number, to: number, radius: number, x = 0, y = 0): Shape {
  return { kind: "capsule", from: [x, y, from], to: [x, y, to], radius };
}

/** Shapes of flange and hand. */
export const HAND_SHAPES: readonly Shape[] = [
  alongZ(-0.04, 0.1, 0.04),
  {
    kind: "box",
    center: [0, 0, 0.107 + 0.033],
    orientation: HAND_ORIENTATION,
    halfExtents: [0.02, 0.1, 0.033],
  },
];

type Link = Omit<ArmLink, "name" | "joint" | "axis" | "armature">;

const PARTS: readonly Link[] = [
  {
    position: [0, 0, 0.333],
    orientation: IDENTITY,
    mass: 4.970684,
    centerOfMass: [0.003875, 0.002081, -0.04762],
    inertia: [0.70337, 0.70661, 0.009117, -0.000139, 0.006772, 0.019169],
    limits: [-2.8973, 2.8973],
    damping: 8,
    torqueLimit: 87,
    shapes: [alongZ(-0.19, 0, 0.06)],
  },
  {
    position: [0, 0, 0],
    orientation: MINUS_QUARTER,
    mass: 0.646926,
    centerOfMass: [-0.003141, -0.02872, 0.003495],
    inertia: [0.007962, 0.02811, 0.025995, -0.003925, 0.010254, 0.000704],
    limits: [-1.7628, 1.7628],
    damping: 8,
    torqueLimit: 87,
    shapes: [
      alongZ(-0.06, 0.06, 0.06),
      { kind: "capsule", from: [0, 0, 0], to: [0, -0.14, 0], radius: 0.06 },
    ],
  },
  {
    position: [0, -0.316, 0],
    orientation: QUARTER,
    mass: 3.228604,
    centerOfMass: [0.027518, 0.039252, -0.066502],
    inertia: [0.037242, 0.036155, 0.01083, -0.004761, -0.011396, -0.012805],
    limits: [-2.8973, 2.8973],
    damping: 6,
    torqueLimit: 87,
    shapes: [
      alongZ(-0.18, -0.05, 0.06),
      { kind: "capsule", from: [0, 0, -0.05], to: [0.0825, 0, 0], radius: 0.055 },
    ],
  },
  {
    position: [0.0825, 0, 0],
    orientation: QUARTER,
    mass: 3.587895,
    centerOfMass: [-0.05317, 0.104419, 0.027454],
    inertia: [0.025853, 0.019552, 0.028323, 0.007796, -0.001332, 0.008641],
    limits: [-3.0718, -0.0698],
    damping: 6,
    torqueLimit: 87,
    shapes: [
      alongZ(-0.06, 0.06, 0.055),
      { kind: "capsule", from: [0, 0, 0], to: [-0.0825, 0.09, 0], radius: 0.055 },
    ],
  },
  {
    position: [-0.0825, 0.384, 0],
    orientation: MINUS_QUARTER,
    mass: 1.225946,
    centerOfMass: [-0.011953, 0.041065, -0.038437],
    inertia: [0.035549, 0.029474, 0.008627, -0.002117, -0.004037, 0.000229],
    limits: [-2.8973, 2.8973],
    damping: 2,
    torqueLimit: 12,
    shapes: [
      alongZ(-0.28, -0.2, 0.055),
      { kind: "capsule", from: [0, 0.06, -0.2], to: [0, 0.04, 0], radius: 0.04 },
    ],
  },
  {
    position: [0, 0, 0],
    orientation: QUARTER,
    mass: 1.666555,
    centerOfMass: [0.060149, -0.014117, -0.010517],
    inertia: [0.001964, 0.004354, 0.005433, 0.000109, -0.001158, 0.000341],
    limits: [-0.0175, 3.7525],
    damping: 2,
    torqueLimit: 12,
    shapes: [
      alongZ(-0.07, 0.05, 0.05),
      { kind: "capsule", from: [0, 0, 0], to: [0.088, 0, 0], radius: 0.045 },
    ],
  },
  {
    position: [0.088, 0, 0],
    orientation: QUARTER,
    ...LAST_LINK,
    limits: [-2.8973, 2.8973],
    damping: 1,
    torqueLimit: 12,
    shapes: [
      ...HAND_SHAPES,
      // Both closed fingers as one box.
      {
        kind: "box",
        center: [0, 0, 0.107 + 0.0854],
        orientation: HAND_ORIENTATION,
        halfExtents: [0.01, 0.018, 0.027],
      },
    ],
  },
];

export const panda: ArmModel = {
  name: "panda",
  links: PARTS.map((part, i) => ({
    name: `panda_link${i + 1}`,
    joint: `panda_joint${i + 1}`,
    axis: Z,
    armature: ARMATURE,
    ...part,
  })),
  home: [0, 0.41, 0, -1.85, 0, 2.26, 0.79],
  endEffector: END_EFFECTOR,
  toolAxes: [0, 1, 2],
  baseShapes: [
    alongZ(0.05, 0.14, 0.07),
    { kind: "capsule", from: [-0.1, 0, 0.06], to: [0, 0, 0.06], radius: 0.06 },
  ],
};
