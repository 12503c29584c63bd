/** @file `steadyarm import`: examines an arm's URDF or MJCF file and prints the command that trains it. */

import { existsSync } from "node:fs";
import { armReach } from "../env/arm/arm-model.ts";
import { ArmKinematics } from "../env/arm/kinematics.ts";
import { changedSettings, homeAndGoalLines, importLines } from "../env/import-lines.ts";
import { examineArm } from "../env/registry.ts";
import type { UrdfArm } from "../env/urdf/import-urdf.ts";
import { suggestedSettings } from "../env/urdf/urdf-gaps.ts";
import type { EnvConfig } from "../shared/config.ts";
import { refuse, unquoted } from "../shared/errors.ts";
import { setFlags } from "../shared/shell-quote.ts";
import { cross, length } from "../shared/vec3.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { findMesh } from "../viewer/server/mesh-files.ts";
import { armPicture } from "./arm-picture.ts";
import { resolveConfig } from "./run-config.ts";
import { textTable } from "./text-table.ts";

/** A tip closer to an axis lies on it, metres. */
const MIN_LEVER = 1e-3;

/** Meshes that are not shown, of which one line each is printed. */
const MAX_MESH_LINES = 5;

export interface ImportFlags {
  readonly set?: readonly string[] | undefined;
  readonly json?: boolean;
  readonly picture?: string | undefined;
}

/**
 * Prints an arm's joints, masses and reach, what was assumed and left out, and the command that trains it.
 *
 * @returns 0
 * @throws InputError if the file, a setting or the picture's path is invalid; no picture is written then
 */
export function importCommand(file: string, flags: ImportFlags): number {
  const other = flags.set?.find((each) => !/^env\.urdf\.(?!file\b|sha256\b)/.test(each));
  if (other !== undefined) {
    throw refuse("--set", "a setting of the arm, env.urdf.… other than file and sha256", other);
  }
  checkPicture(flags.picture);
  const urdf = { ...resolveConfig({ set: flags.set }).env.urdf, file };
  const { arm, gaps } = examineArm(urdf);
  const settings = { ...changedSettings(urdf), ...suggestedSettings(gaps) };
  const train = `npx steadyarm train ${setFlags({ "env.urdf.file": file, ...settings })}`;
  if (flags.picture !== undefined) writeFileAtomically(flags.picture, armPicture(arm.model));
  const meshes = meshesOf(arm, urdf);
  if (flags.json === true) {
    const picture = flags.picture ?? null;
    process.stdout.write(
      `${JSON.stringify({ file, ...summary(arm), meshes, missing: gaps, picture, train })}\n`,
    );
    return 0;
  }
  const lines = [
    ...description(arm),
    "",
    ...(gaps.ends === undefined ? [] : [`chosen: tip ${arm.tip}, of the chains' ends ${gaps.ends}`]),
    ...missingLines("effort for joint", gaps.joints),
    ...missingLines("mass for link", gaps.links),
    ...importLines(arm),
    ...meshLines(meshes),
    ...homeAndGoalLines(arm),
    ...turningOnly(arm),
    ...(flags.picture === undefined ? [] : [`picture: ${flags.picture}`]),
    `Train it: ${train}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

/** Throws InputError unless a picture can be created there. */
function checkPicture(path: string | undefined): void {
  if (path === undefined) return;
  if (!path.endsWith(".png")) throw refuse("--picture", "a name that ends in .png", path);
  if (existsSync(path))
    throw refuse(path, "a new file", unquoted("an existing one"), "Choose another --picture");
}

interface Meshes {
  /** Number of meshes that the viewer shows. */
  readonly shown: number;
  /** The others, with the reason. */
  readonly notShown: readonly string[];
}

function meshesOf({ visuals }: UrdfArm, urdf: EnvConfig["urdf"]): Meshes {
  const names = [visuals.base, ...visuals.links].flatMap(({ meshes }) => meshes.map(({ file }) => file));
  const found = names.map((name) => ({ name, mesh: findMesh(name, urdf) }));
  const faults = found.flatMap(({ name, mesh }) => ("fault" in mesh ? [`${name}: ${mesh.fault}`] : []));
  return { shown: names.length - faults.length, notShown: [...new Set(faults)] };
}

function meshLines({ shown, notShown }: Meshes): string[] {
  const lines = notShown.slice(0, MAX_MESH_LINES).map((line) => `not shown in the viewer: ${line}`);
  const more = notShown.length - lines.length;
  const isPackaged = notShown.some((line) => /^(package|model):/.test(line));
  return [
    ...(shown === 0 ? [] : [`shown in the viewer: ${shown} mesh${shown === 1 ? "" : "es"}`]),
    ...lines,
    ...(more > 0 ? [`not shown in the viewer: ${more} more meshes`] : []),
    ...(isPackaged ? ["note: --set env.urdf.packages=<folder> says where the packages are"] : []),
  ];
}

function missingLines(what: string, names: readonly string[]): string[] {
  return names.length === 0
    ? []
    : [`missing: ${what} ${names.join(", ")}; the command below has an estimate, replace it by your robot's`];
}

/** Returns a note if the last joint's axis runs through the tip, as a roll's or a gripper's may. */
function turningOnly({ model, tip }: UrdfArm): string[] {
  const last = model.links.at(-1);
  if (last === undefined || length(cross(last.axis, model.endEffector)) > MIN_LEVER) return [];
  return [`note: joint ${last.joint} turns ${tip} without moving it, as its axis runs through it`];
}

/** The arm as data; SI units. */
function summary({ model, tip, velocities, assumed, leftOut }: UrdfArm) {
  const kinematics = new ArmKinematics(model);
  kinematics.update(model.home);
  return {
    robot: model.name,
    tip,
    reach: armReach(model),
    movingMass: model.links.reduce((sum, { mass }) => sum + mass, 0),
    tipAtHome: [...kinematics.endEffector],
    joints: model.links.map(({ joint, name, limits, torqueLimit, damping, armature, mass }, i) => ({
      joint,
      link: name,
      axisAtHome: [...kinematics.axes.subarray(3 * i, 3 * i + 3)],
      limits,
      home: model.home[i],
      effort: torqueLimit,
      velocity: velocities[i] ?? null,
      damping,
      armature,
      mass,
    })),
    assumed,
    leftOut,
  };
}

function description(arm: UrdfArm): string[] {
  const { robot, tip, reach, movingMass, tipAtHome, joints } = summary(arm);
  const header = [
    ...["joint", "moves link", "axis", "limits rad", "home rad"],
    ...["effort N m", "velocity rad/s", "damping N m s/rad", "rotor kg m²", "mass kg"],
  ];
  const rows = joints.map((each) => [
    each.joint,
    each.link,
    axisName(each.axisAtHome),
    each.limits === null ? "none" : each.limits.map((limit) => limit.toFixed(2)).join(" to "),
    each.home?.toFixed(2) ?? "",
    figure(each.effort),
    each.velocity === null ? "none" : figure(each.velocity),
    figure(each.damping),
    figure(each.armature),
    figure(each.mass),
  ]);
  const count = `${joints.length} joint${joints.length === 1 ? "" : "s"}`;
  return [
    `${robot}: ${count} to the tip ${tip}, reach ${figure(reach)} m, moving mass ${figure(movingMass)} kg, tip at home (${tipAtHome.map((x) => x.toFixed(2)).join(", ")}) m`,
    "",
    ...textTable(header, rows),
  ];
}

/** Returns `z`, `-y` or three numbers: a joint's axis in the world. */
function axisName(axis: readonly number[]): string {
  const along = axis.findIndex((value) => Math.abs(value) > 0.999);
  if (along < 0) return axis.map((value) => value.toFixed(2)).join(" ");
  return `${axis[along]! < 0 ? "-" : ""}${"xyz"[along]}`;
}

/** Three digits, without trailing zeros. */
function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
