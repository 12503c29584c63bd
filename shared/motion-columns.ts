/**
 * @file The arrays that describe how an arm moves, as one table. Clips, frames, the recorder and the page's
 * motions derive their arrays from it.
 */

import { internal } from "./errors.ts";

/** The number of joints N, movable objects K and gripper fingers F of an arm and its scene. */
export interface ArmSizes {
  readonly joints: number;
  readonly objects: number;
  readonly fingers: number;
}

/** One array, with a row for each moment or for each control step. */
export interface Column<Name extends string, Sizes = ArmSizes> {
  readonly name: Name;
  readonly per: "moment" | "step";
  /** Numbers in a row. */
  readonly size: (sizes: Sizes) => number;
}

/** The value between two moments: mixed linearly, as a rotation, or that of the later moment. */
export type Interpolation = "linear" | "rotation" | "held";

/** A column of the state at a moment. */
export interface StateColumn<Name extends string = string> extends Column<Name> {
  readonly per: "moment";
  readonly interpolation: Interpolation;
}

function state<Name extends string>(
  name: Name,
  interpolation: Interpolation,
  size: (sizes: ArmSizes) => number,
): StateColumn<Name> {
  return { name, per: "moment", size, interpolation };
}

/** The state of the arm, the gripper and the objects at a moment. Clips and frames store it in this order. */
export const STATE_COLUMNS = [
  /** Origins of the link frames, [N × 3] m. The base is at the world's origin. */
  state("positions", "linear", ({ joints }) => 3 * joints),
  /** Orientations of the link frames, [N × 4] unit quaternions. */
  state("rotations", "rotation", ({ joints }) => 4 * joints),
  /** Joint angles, [N] rad. */
  state("angles", "linear", ({ joints }) => joints),
  /** Joint speeds, [N] rad/s. */
  state("speeds", "linear", ({ joints }) => joints),
  /** Motor torques during the substep that led to the moment, [N] N m; 0 at the start. */
  state("torques", "held", ({ joints }) => joints),
  /** Position of the end effector, [3] m. */
  state("endEffector", "linear", () => 3),
  /** Centres of the objects, [K × 3] m, in the scene's order. */
  state("objectPositions", "linear", ({ objects }) => 3 * objects),
  /** Orientations of the objects, [K × 4] unit quaternions. */
  state("objectRotations", "rotation", ({ objects }) => 4 * objects),
  /** Distance of each finger from its closed position, [F] m. */
  state("openings", "linear", ({ fingers }) => fingers),
] as const;

export type StateName = (typeof STATE_COLUMNS)[number]["name"];

/** An array for each column of the state: one row, or a row for each moment. */
export type StateArrays = Readonly<Record<StateName, Float32Array>>;

/** Numbers in one row of all state columns together. */
export function stateSize(sizes: ArmSizes): number {
  return STATE_COLUMNS.reduce((sum, { size }) => sum + size(sizes), 0);
}

/** State arrays of zeros with a number of rows. */
export function zeroState(sizes: ArmSizes, rows: number): StateArrays {
  return arraysOf(STATE_COLUMNS, ({ size }) => new Float32Array(rows * size(sizes)));
}

/** Returns what `make` returns for each column, by the column's name. */
export function arraysOf<Each extends { readonly name: string }>(
  columns: readonly Each[],
  make: (column: Each) => Float32Array,
): Record<Each["name"], Float32Array> {
  const arrays: { [Name in Each["name"]]?: Float32Array } = {};
  for (const column of columns) {
    const name: Each["name"] = column.name;
    arrays[name] = make(column);
  }
  if (!hasAll(arrays, columns)) throw internal("a column has no array");
  return arrays;
}

function hasAll<Name extends string>(
  arrays: { readonly [Key in Name]?: Float32Array },
  columns: readonly { readonly name: Name }[],
): arrays is Record<Name, Float32Array> {
  return columns.every(({ name }) => arrays[name] !== undefined);
}
