/**
 * @file The Panda with its fingers free: the same arm, its hand's two fingers on straight joints.
 *
 * Frames and travel of the fingers are the public ones (franka_ros, MuJoCo Menagerie). Each finger
 * carries its share of the motor's inertia, 0.1 kg as in Menagerie's armature; what that is more than
 * its own 0.015 kg is taken from the hand, so that the arm weighs what it did. A finger is one box.
 */

import { add, IDENTITY, multiply, quatFromAxisAngle, rotate, type Vec3 } from "../../shared/vec3.ts";
import type { ArmLink, ArmModel, Finger } from "../arm/arm-model.ts";
import { weld } from "../arm/mass-properties.ts";
import {
  FINGER_INERTIA,
  FLANGE,
  HAND,
  HAND_ORIENTATION,
  HAND_POSITION,
  HAND_SHAPES,
  panda,
} from "./panda.ts";

/** kg: what a finger's joint feels of finger and motor. */
const FINGER_MASS = 0.1;
/** Of the finger's own, kg. */
const OWN_MASS = 0.015;

/** In the hand's frame, metres. */
const FINGER_POSITION: Vec3 = [0, 0, 0.0584];

const LAST_LINK: Partial<ArmLink> = {
  ...weld([FLANGE, { ...HAND, mass: HAND.mass - 2 * (FINGER_MASS - OWN_MASS) }]),
  shapes: HAND_SHAPES,
};

/** A finger on the side that the hand, turned by an angle about z, has on its left. */
function finger(name: string, joint: string, angle: number): Finger {
  return {
    name,
    joint,
    position: add(HAND_POSITION, rotate(HAND_ORIENTATION, FINGER_POSITION)),
    orientation: multiply(HAND_ORIENTATION, quatFromAxisAngle([0, 0, 1], angle)),
    axis: [0, 1, 0],
    mass: FINGER_MASS,
    centerOfMass: [0, 0, 0],
    inertia: FINGER_INERTIA,
    friction: 1,
    shapes: [
      { kind: "box", center: [0, 0.006, 0.027], orientation: IDENTITY, halfExtents: [0.01, 0.006, 0.027] },
    ],
  };
}

export const pandaGripper: ArmModel = {
  ...panda,
  name: "panda-gripper",
  links: panda.links.map((link, i) => (i === panda.links.length - 1 ? { ...link, ...LAST_LINK } : link)),
  gripper: {
    fingers: [
      finger("panda_leftfinger", "panda_finger_joint1", 0),
      finger("panda_rightfinger", "panda_finger_joint2", Math.PI),
    ],
    travel: 0.04,
    damping: 5,
    coupling: 2000,
    forceLimit: 30,
  },
};
