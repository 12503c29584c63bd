/** @file Converts the chain to the tip of a URDF or MJCF file into an arm model. */

import { refuse } from "../../shared/errors.ts";
import type { ArmLink, ArmModel } from "../arm/arm-model.ts";
import { ArmKinematics } from "../arm/kinematics.ts";
import { type ArmVisuals, visualsOf } from "./arm-visuals.ts";
import { Assumptions } from "./assumptions.ts";
import { importLink, shapesOfBody } from "./import-link.ts";
import { readRobot } from "./read-robot.ts";
import type { RobotFormat } from "./robot.ts";
import { reportFastJoints, reportWeakJoints, suggestedEfforts } from "./suggested-effort.ts";
import { checkTipMoves } from "./tip-motion.ts";
import { type ChainOptions, chainTo } from "./urdf-chain.ts";
import { gapsError, SUGGESTED_DENSITY, type UrdfGaps } from "./urdf-gaps.ts";

/** Settings that a robot file does not contain or leaves open. */
export interface UrdfOptions extends ChainOptions {
  /** Home angles, rad, one for each joint that moves the tip; empty for 0, or the middle of a range that excludes 0. */
  readonly home: readonly number[];
  /** Rotor inertia of joints without one in the file, kg m²; URDF has no element for it. */
  readonly armature: number;
  /** Viscous damping of joints without damping in the file, N m s/rad; 0 to derive it from their limits. */
  readonly damping: number;
  /** Torque limit of joints without effort in the file, N m, 0 for none; or of each joint, 0 for the file's. */
  readonly effort: number | readonly number[];
  /** Density of moving links without mass in the file, kg/m³; 0 for none. */
  readonly density: number;
  /** Seconds; damping is stable at this timestep. */
  readonly physicsTimestep: number;
}

export interface UrdfArm {
  readonly model: ArmModel;
  /** Name of the tip's link. */
  readonly tip: string;
  readonly visuals: ArmVisuals;
  /** Velocity limit of each joint in the file, rad/s; undefined for a joint without one. */
  readonly velocities: readonly (number | undefined)[];
  /** One line for each part of the file that the model does not have. */
  readonly leftOut: readonly string[];
  /** One line for each value that the file lacks, or that cannot be simulated, and what it became. */
  readonly assumed: readonly string[];
}

/** Each joint costs a body and a joint of the simulation. */
const MAX_JOINTS = 32;

/** Axes count as parallel if the cosine of their angle is at least this: an angle given as 1.57 is π/2. */
export const MIN_PARALLEL_COSINE = 1 - 1e-6;

/**
 * Converts the text of a URDF or MJCF file into an arm. Links joined by fixed joints are merged, with exact masses and inertias. No other
 * file is opened. The caller must call `checkArmModel`.
 *
 * @param where path of the file, for errors
 * @throws InputError naming link or joint, attribute and line; for a missing tip, torques and masses, one line with all
 *   of them and the settings that replace them
 */
export function importUrdf(text: string, where: string, options: UrdfOptions): UrdfArm {
  const { arm, gaps, format } = convert(text, where, options);
  if (Object.keys(gaps.settings).length > 0) throw gapsError(gaps, format, where);
  return arm;
}

/** Converts like `importUrdf`, with suggested values for tip, torques and masses that are missing, and returns these. */
export function examineUrdf(
  text: string,
  where: string,
  options: UrdfOptions,
): { readonly arm: UrdfArm; readonly gaps: UrdfGaps } {
  const { gaps } = convert(text, where, options);
  return { arm: importUrdf(text, where, { ...options, ...gaps.settings }), gaps };
}

function convert(
  text: string,
  where: string,
  options: UrdfOptions,
): { arm: UrdfArm; gaps: UrdfGaps; format: RobotFormat } {
  const robot = readRobot(text, where);
  const assumed = new Assumptions();
  const chain = chainTo(robot, options, where, assumed);
  if (chain.joints.length > MAX_JOINTS) {
    const expected = `at most ${MAX_JOINTS} moving joints`;
    throw refuse(`${where}: path to the tip`, expected, chain.joints.length);
  }
  const names = chain.joints.map(({ joint }) => joint.name);
  // Lists are for the joints of another chain if the tip is a guess.
  const { home, effort } = chain.isTipGuessed ? { home: [], effort: 0 } : options;
  for (const [setting, list, what] of [
    ["home", home, "angles"],
    ["effort", typeof effort === "number" ? [] : effort, "torques"],
  ] as const) {
    if (list.length === 0 || list.length === names.length) continue;
    const expected = `${names.length} ${what}, for ${names.join(", ")}`;
    throw refuse(`${where}: env.urdf.${setting}`, expected, list.length);
  }
  const leftOut = [...robot.leftOut, ...chain.leftOut];
  const fallback = typeof effort === "number" ? effort : 0;
  const moreArmature = robot.format.armature;
  const givenEffort = (i: number) => (typeof effort === "number" ? 0 : (effort[i] ?? 0));
  const imported = chain.joints.map((each, i) => {
    const next = chain.joints[i + 1]?.pose.position ?? chain.tip.position;
    const given = givenEffort(i);
    return importLink(each, next, { ...options, given, fallback, moreArmature }, where, { leftOut, assumed });
  });
  const links = imported.map(({ link }) => link);
  const model = {
    name: robot.name,
    links,
    home: links.map(
      ({ limits }, i) => home[i] ?? homeInFile(robot.home?.positions.get(names[i] ?? ""), limits),
    ),
    endEffector: chain.tip.position,
    baseShapes: shapesOfBody(chain.base),
  };
  checkTipMoves({ ...model, toolAxes: [0, 1, 2] }, chain, where);
  if (robot.home !== undefined && home.length === 0) assumed.add("home posture by the file", robot.home.name);
  const torques = suggestedEfforts(links);
  const withoutMass = links.filter((_, i) => imported[i]?.lacksMass).map(({ name }) => name);
  const withoutEffort = links.filter((_, i) => imported[i]?.lacksEffort).map(({ joint }) => joint);
  if (withoutMass.length + withoutEffort.length === 0) {
    reportWeakJoints(links, assumed);
    reportFastJoints(links, assumed);
  }
  const gaps: UrdfGaps = {
    ends: chain.isTipGuessed ? chain.ends.listed : undefined,
    joints: withoutEffort,
    links: withoutMass,
    settings: {
      ...(chain.isTipGuessed ? { tip: chain.tipLink } : {}),
      ...(withoutMass.length > 0 ? { density: SUGGESTED_DENSITY } : {}),
      ...(withoutEffort.length > 0
        ? { effort: torques.map((torque, i) => (imported[i]?.lacksEffort ? torque : givenEffort(i))) }
        : {}),
    },
  };
  const velocities = imported.map(({ velocity }) => velocity);
  const complete = { ...model, toolAxes: toolAxesOf(model) };
  return {
    arm: {
      model: complete,
      tip: chain.tipLink,
      visuals: visualsOf(chain),
      velocities,
      leftOut,
      assumed: assumed.lines(),
    },
    gaps,
    format: robot.format,
  };
}

/** Returns a position of the file's home posture within the limits, else `defaultHome`. */
function homeInFile(position: number | undefined, limits: ArmLink["limits"]): number {
  const isWithin =
    limits === null || (position !== undefined && position >= limits[0] && position <= limits[1]);
  return position !== undefined && isWithin ? position : defaultHome(limits);
}

/** Returns 0, or the middle of a range that excludes 0, rad. */
export function defaultHome(limits: ArmLink["limits"]): number {
  if (limits === null || (limits[0] <= 0 && limits[1] >= 0)) return 0;
  return (limits[0] + limits[1]) / 2;
}

/** Returns all world axes, or the two of its plane for an arm whose joint axes are parallel to the third. */
function toolAxesOf(arm: Omit<ArmModel, "toolAxes">): ArmModel["toolAxes"] {
  const all = [0, 1, 2] as const;
  const kinematics = new ArmKinematics({ ...arm, toolAxes: all });
  kinematics.update(arm.home);
  const normal = all.find((axis) =>
    arm.links.every((_, i) => Math.abs(kinematics.axes[3 * i + axis]!) >= MIN_PARALLEL_COSINE),
  );
  return normal === undefined ? all : all.filter((axis) => axis !== normal);
}
