/** @file Named camera views, and the text form of a camera for links. The world's z axis points up. */

import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { add, scale, type Vec3 } from "../../../shared/vec3.ts";
import { type BoundedScene, boundsOf } from "./scene-bounds.ts";

/** Position and target of the camera, metres. */
export interface CameraPose {
  readonly position: Vec3;
  readonly target: Vec3;
}

/** The fields of a scene that its camera depends on. */
export type FramedScene = BoundedScene & Pick<SceneMessage, "reachable" | "table">;

export interface CameraPreset {
  readonly name: string;
  /** Vector from the target to the camera, in units of the scene's size. */
  readonly direction: Vec3;
}

const GOAL_CLOSE_UP = "Close-up of the goal";

/** The first preset is the default. */
export const CAMERA_PRESETS: readonly [CameraPreset, ...CameraPreset[]] = [
  { name: "Three-quarter", direction: [1.62, -1.36, 0.66] },
  { name: "Front", direction: [2.05, 0, 0.3] },
  { name: "Side", direction: [0, -2.05, 0.25] },
  { name: "Top", direction: [0.02, 0, 2.3] },
  { name: GOAL_CLOSE_UP, direction: [0.75, -0.55, 0.3] },
];

/** The unit of directions without a table, as a multiple of the scene's extent: leaves a margin around it. */
const UNIT = 1.8;

/** Target with a table: x as a share of the table's far edge, and the height above its top, metres. */
const TABLE_TARGET = 0.44;
const HEIGHT_OVER_TABLE = 0.16;
/** With a table the camera is farther away and higher, since objects and goals lie flat on it. */
const TABLE_DISTANCE = 1.08;
const TABLE_ELEVATION = 1.3;

interface Framing {
  readonly target: Vec3;
  /** Unit of the presets' directions, metres. */
  readonly unit: number;
  /** Factor on the camera's height. */
  readonly elevation: number;
}

function framing(scene: FramedScene): Framing {
  const { reachable, table } = scene;
  if (table === null) {
    const { center, extent } = boundsOf(scene);
    return { target: center, unit: UNIT * extent, elevation: 1 };
  }
  const { center, halfExtents } = table.shape;
  const farEdge = center[0] + halfExtents[0];
  const top = center[2] + halfExtents[2];
  return {
    target: [TABLE_TARGET * farEdge, 0, top + HEIGHT_OVER_TABLE],
    unit: (TABLE_DISTANCE * (reachable.radius + farEdge)) / 2,
    elevation: TABLE_ELEVATION,
  };
}

/**
 * Returns the camera of a preset for a scene.
 *
 * @param goal target of the close-up, m
 */
export function presetPose(preset: CameraPreset, scene: FramedScene, goal?: Vec3): CameraPose {
  const { target: center, unit, elevation } = framing(scene);
  const target = preset.name === GOAL_CLOSE_UP && goal !== undefined ? goal : center;
  const [x, y, z] = preset.direction;
  return { target, position: add(target, scale([x, y, elevation * z], unit)) };
}

/** Returns a camera as six integers, centimetres, separated by `_`. */
export function encodeCamera({ position, target }: CameraPose): string {
  return [...position, ...target].map((x) => Math.round(x * 100)).join("_");
}

/** Parses a camera; undefined if the text is invalid. */
export function decodeCamera(text: string): CameraPose | undefined {
  const numbers = text.split("_").map((part) => (/^-?\d{1,5}$/.test(part) ? Number(part) / 100 : Number.NaN));
  const [px, py, pz, tx, ty, tz] = numbers;
  if (numbers.length !== 6 || px === undefined || py === undefined || pz === undefined) return undefined;
  if (tx === undefined || ty === undefined || tz === undefined) return undefined;
  if (!numbers.every(Number.isFinite)) return undefined;
  // A camera at its target has no direction.
  if (Math.hypot(px - tx, py - ty, pz - tz) < 0.01) return undefined;
  return { position: [px, py, pz], target: [tx, ty, tz] };
}
