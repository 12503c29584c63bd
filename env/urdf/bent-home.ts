/** @file Chooses a home posture for an arm: bent, clear of the joint limits, with a tool that moves easily. */

import { Rng } from "../../shared/rng.ts";
import { distance } from "../../shared/vec3.ts";
import { type ArmModel, armReach } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { toolAtHome } from "../tasks/reach-points.ts";
import { reachableOf } from "./imported-goals.ts";

/** Postures that are compared. */
const CANDIDATES = 1000;

/** Joints turn by multiples of TURN, at most MAX_TURNS, rad: the posture is printed. */
const TURN = 0.1;
const MAX_TURNS = 20;

/** Minimum distance from a joint limit: rad, and at most this share of the joint's range. */
const CLEARANCE = 0.3;
const CLEARANCE_SHARE = 0.2;

/** Cost of a turn by 1 rad: of two equally mobile postures, the one that turns joints less is chosen. */
const TURN_COST = 0.1;

/** Height of the tool above the floor at which all goals are above it, metres. */
const CLEAR_HEIGHT = 0.15;

/** Factors on the score of a posture with its tool out of the ball of goals, too low, or behind the base. */
const FAR_FACTOR = 0.3;
const LOW_FACTOR = 0.3;
const BEHIND_FACTOR = 0.6;

/** Speeds of the tool below this share of the arm's reach, per rad/s, are 0. */
const ZERO_SPEED = 1e-3;

/** Share of the best mobility below which an arm counts as straight. */
const STRAIGHT_SHARE = 0.2;

export interface HomeChoice {
  /** The best posture found, [N] rad. */
  readonly bent: readonly number[];
  /** Whether the tool hardly moves in some direction at the model's home, but does at another posture. */
  readonly isStraight: boolean;
  /** Whether there is a tool axis along which the tool moves at no posture, as with two joints in space. */
  readonly isConfined: boolean;
}

/** Compares the model's home with random postures, the same ones in every call. */
export function chooseHome(model: ArmModel): HomeChoice {
  const postures = candidates(model);
  const speeds = postures.map((posture) => toolSpeeds(model, posture));
  const zero = ZERO_SPEED * armReach(model);
  const dimensions = Math.max(...speeds.map((each) => each.filter((speed) => speed > zero).length), 1);
  const mobility = (each: readonly number[]) => each[dimensions - 1] ?? 0;
  const mobilities = speeds.map(mobility);
  const scores = postures.map((posture, i) => mobilities[i]! * suitability(model, posture));
  return {
    bent: postures[scores.indexOf(Math.max(...scores))]!,
    isStraight: mobility(toolSpeeds(model, model.home)) < STRAIGHT_SHARE * Math.max(...mobilities),
    isConfined: dimensions < model.toolAxes.length,
  };
}

/** Returns postures within the limits; each joint stays or turns with equal probability. */
function candidates({ home, links }: ArmModel): number[][] {
  const rng = Rng.fromSeed(0).fork("home");
  return Array.from({ length: CANDIDATES }, () =>
    links.map(({ limits }, i) => {
      const turns = rng.uniform() < 0.5 ? 0 : rng.integer(2 * MAX_TURNS + 1) - MAX_TURNS;
      const angle = home[i]! + TURN * turns;
      if (limits === null) return rounded(angle);
      const [low, high] = limits;
      const clearance = Math.min(CLEARANCE, CLEARANCE_SHARE * (high - low));
      const clear = rounded(Math.min(Math.max(angle, low + clearance), high - clearance));
      return Math.min(Math.max(clear, low), high);
    }),
  );
}

function rounded(angle: number): number {
  return Math.round(1000 * angle) / 1000;
}

/** Returns the semi-axes of the tool's velocity ellipsoid (Yoshikawa 1985), m/s at 1 rad/s, the longest first. */
function toolSpeeds(model: ArmModel, angles: readonly number[]): number[] {
  const kinematics = new ArmKinematics(model);
  kinematics.update(angles);
  const speeds = new Float64Array(angles.length);
  const velocity = new Float64Array(3);
  let [xx, yy, zz, xy, xz, yz] = [0, 0, 0, 0, 0, 0];
  for (const i of angles.keys()) {
    speeds.fill(0);
    speeds[i] = 1;
    kinematics.endEffectorVelocity(speeds, velocity);
    const [x = 0, y = 0, z = 0] = velocity;
    [xx, yy, zz, xy, xz, yz] = [xx + x * x, yy + y * y, zz + z * z, xy + x * y, xz + x * z, yz + y * z];
  }
  // Eigenvalues of J Jᵀ, by the trigonometric solution of their cubic equation.
  const mean = (xx + yy + zz) / 3;
  const [a, b, c] = [xx - mean, yy - mean, zz - mean];
  const spread = Math.sqrt((a * a + b * b + c * c + 2 * (xy * xy + xz * xz + yz * yz)) / 6);
  const determinant = a * b * c + 2 * xy * xz * yz - a * yz * yz - b * xz * xz - c * xy * xy;
  const cosine = spread === 0 ? 0 : determinant / (2 * spread ** 3);
  const third = Math.acos(Math.min(Math.max(cosine, -1), 1)) / 3;
  return [0, -2, 2].map((k) => {
    const square = mean + 2 * spread * Math.cos(third + (k * Math.PI) / 3);
    return Math.sqrt(Math.max(square, 0));
  });
}

/** Returns a factor in (0, 1] for the turns of the joints and the place of the tool. */
function suitability(model: ArmModel, posture: readonly number[]): number {
  const { floor = 0, home } = model;
  const bent = { ...model, home: posture };
  const tool = toolAtHome(bent);
  const { center, radius } = reachableOf(bent);
  const turns = posture.reduce((sum, angle, i) => sum + Math.abs(angle - home[i]!), 0);
  return (
    Math.exp(-TURN_COST * turns) *
    (distance(tool, center) <= radius ? 1 : FAR_FACTOR) *
    (tool[2] >= floor + CLEAR_HEIGHT ? 1 : LOW_FACTOR) *
    (tool[0] >= 0 ? 1 : BEHIND_FACTOR)
  );
}
