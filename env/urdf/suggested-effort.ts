/** @file Torques that suit an arm, from its weight and inertia: for a file that has none, or has other units. */

import { setFlags } from "../../shared/shell-quote.ts";
import { length } from "../../shared/vec3.ts";
import type { ArmLink } from "../arm/arm-model.ts";
import { SPEED_BOUND } from "../arm/arm-world.ts";
import { GRAVITY } from "../body.ts";
import type { Assumptions } from "./assumptions.ts";

/** Torque as a multiple of the stretched arm's weight; the Panda's shoulder has 1.4, the UR5's 2. */
const WEIGHT_FACTOR = 2;

/** Additional acceleration of the stretched arm, rad/s². */
const ACCELERATION = 10;

/** A joint whose effort is less than this share of its weight suggests wrong units. */
const MIN_WEIGHT_SHARE = 0.1;

/** Share of its effort that the largest action turns a joint with, the default of env.torqueScale. */
const FULL_ACTION = 0.25;

/** Seconds. */
const EPISODE = 2;

interface Load {
  /** Torque of the weight at a joint if all links beyond it are stretched out horizontally, N m. */
  readonly weight: number;
  /** Moment of inertia of the same, kg m². */
  readonly inertia: number;
}

/** Returns each joint's largest load, from the base outwards. */
function stretchedLoads(links: readonly ArmLink[]): Load[] {
  return links.map((_, joint) => {
    let [toJoint, weight, inertia] = [0, 0, links[joint]!.armature];
    for (let i = joint; i < links.length; i++) {
      const { position, centerOfMass, mass } = links[i]!;
      if (i > joint) toJoint += length(position);
      const distance = toJoint + length(centerOfMass);
      weight += mass * length(GRAVITY) * distance;
      inertia += mass * distance ** 2;
    }
    return { weight, inertia };
  });
}

/** Returns a torque for each joint with which the arm lifts and accelerates itself, two digits each, N m. */
export function suggestedEfforts(links: readonly ArmLink[]): number[] {
  return stretchedLoads(links).map(({ weight, inertia }) =>
    Number((WEIGHT_FACTOR * weight + ACCELERATION * inertia).toPrecision(2)),
  );
}

/** Reports joints that are far too weak to hold the arm. */
export function reportWeakJoints(links: readonly ArmLink[], assumed: Assumptions): void {
  for (const [i, { weight }] of stretchedLoads(links).entries()) {
    const { joint, torqueLimit } = links[i]!;
    if (torqueLimit >= MIN_WEIGHT_SHARE * weight) continue;
    assumed.add(
      "kg, m and N m as units, though the stretched arm needs far more torque",
      `${joint} ${Number(weight.toPrecision(3))} N m instead of ${torqueLimit}`,
    );
  }
}

/** Reports joints that a full action turns faster than the simulation allows, even with the arm stretched out. */
export function reportFastJoints(links: readonly ArmLink[], assumed: Assumptions): void {
  const loads = stretchedLoads(links);
  const speeds = links.map(({ torqueLimit, damping }, i) => {
    const torque = FULL_ACTION * torqueLimit;
    const { inertia } = loads[i]!;
    if (damping === 0) return (torque * EPISODE) / inertia;
    return -(torque / damping) * Math.expm1((-damping * EPISODE) / inertia);
  });
  const isFast = (i: number) => speeds[i]! > SPEED_BOUND;
  if (!links.some((_, i) => isFast(i))) return;
  // The speed is proportional to the torque.
  const lower = links.map(({ torqueLimit }, i) =>
    isFast(i) ? Number(((torqueLimit * SPEED_BOUND) / (2 * speeds[i]!)).toPrecision(2)) : torqueLimit,
  );
  for (const [i, { joint, torqueLimit }] of links.entries()) {
    if (!isFast(i)) continue;
    assumed.add(
      `kept, though a quarter of it turns the joint beyond ${SPEED_BOUND} rad/s within an episode, where the simulation ends; lower: ${setFlags({ "env.urdf.effort": lower })}`,
      `effort of ${joint} ${torqueLimit} N m`,
    );
  }
}
