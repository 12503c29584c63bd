/**
 * @file The Panda with movable fingers: the arm of panda.ts, two fingers on prismatic joints.
 *
 * Frames and travel of the fingers are the public ones (franka_ros, MuJoCo Menagerie). Each finger includes
 * its share of the motor's inertia, 0.1 kg as in Menagerie's armature; the excess over its own 0.015 kg is
 * subtracted from the hand, so the arm's mass does not change. A finger is one box.
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

/** Finger and its share of the motor's inertia, kg. */
const FINGER_MASS = 0.1;
/** Finger alone, kg. */
const OWN_MASS = 0.015;

/** Of a closed finger in the hand's frame, metres. */
const FINGER_POSITION: Vec3 = [0, 0, 0.0584];

const LAST_LINK: Partial<ArmLink> = {
  ...weld([FLANGE, { ...HAND, mass: HAND.mass - 2 * (FINGER_MASS - OWN_MASS) }]),
  shapes: HAND_SHAPES,
};

/** Returns a finger that opens along the hand's y axis, rotated by an angle about z. */
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
