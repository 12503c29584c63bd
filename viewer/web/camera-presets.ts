/** @file Where to look from: named views, and a camera as short text for links. The world's z is up. */

import type { SceneMessage } from "../../shared/protocol-scene.ts";
import { add, scale, type Vec3 } from "../../shared/vec3.ts";

/** Where the camera is and what it looks at, metres. */
export interface CameraPose {
  readonly position: Vec3;
  readonly target: Vec3;
}

/** What of a scene there is to see. */
type FramedScene = Pick<SceneMessage, "reachable" | "table">;

export interface CameraPreset {
  readonly name: string;
  /** From the target to the camera; its length is in reaches. */
  readonly direction: Vec3;
}

export const CAMERA_PRESETS: readonly CameraPreset[] = [
  { name: "Three-quarter", direction: [1.62, -1.36, 0.66] },
  { name: "Front", direction: [2.05, 0, 0.3] },
  { name: "Side", direction: [0, -2.05, 0.25] },
  { name: "Top", direction: [0.02, 0, 2.3] },
  { name: "Close to the goal", direction: [0.75, -0.55, 0.3] },
];

/** How much of the arm's reach lies between the base and the middle of the picture. */
const MIDDLE: Vec3 = [0.36, 0, 0.38];

/** The same where there is a table, of its part before the base; and how high over it, metres. */
const TABLE_MIDDLE = 0.44;
const OVER_TABLE = 0.16;
/** How much further away and further up the camera is there: there is more to see, and what counts lies flat. */
const TABLE_ROOM = 1.08;
const LIFT = 1.3;

/** The middle of what there is to see, its size as a reach, metres, and how steeply to look at it. */
function framing({ reachable, table }: FramedScene): Framing {
  const { radius } = reachable;
  if (table === null) return { middle: scale(MIDDLE, radius), reach: radius, lift: 1 };
  const { center, halfExtents } = table.shape;
  const end = center[0] + halfExtents[0];
  const top = center[2] + halfExtents[2];
  const reach = (TABLE_ROOM * (radius + end)) / 2;
  return { middle: [TABLE_MIDDLE * end, 0, top + OVER_TABLE], reach, lift: LIFT };
}

interface Framing {
  readonly middle: Vec3;
  readonly reach: number;
  readonly lift: number;
}

/**
 * The pose of a preset for an environment.
 *
 * @param goal where the goal is, for the preset that looks at it
 */
export function presetPose(preset: CameraPreset, scene: FramedScene, goal?: Vec3): CameraPose {
  const { middle, reach, lift } = framing(scene);
  const target = preset.name === "Close to the goal" && goal !== undefined ? goal : middle;
  const [x, y, z] = preset.direction;
  return { target, position: add(target, scale([x, y, lift * z], reach)) };
}

/** A camera as text: six numbers in centimetres. */
export function encodeCamera({ position, target }: CameraPose): string {
  return [...position, ...target].map((x) => Math.round(x * 100)).join("_");
}

/** A camera from text; undefined if it is not one. */
export function decodeCamera(text: string): CameraPose | undefined {
  const numbers = text.split("_").map((part) => (/^-?\d{1,5}$/.test(part) ? Number(part) / 100 : Number.NaN));
  const [px, py, pz, tx, ty, tz] = numbers;
  if (numbers.length !== 6 || px === undefined || py === undefined || pz === undefined) return undefined;
  if (tx === undefined || ty === undefined || tz === undefined) return undefined;
  if (!numbers.every(Number.isFinite)) return undefined;
  // A camera at its own target looks nowhere.
  if (Math.hypot(px - tx, py - ty, pz - tz) < 0.01) return undefined;
  return { position: [px, py, pz], target: [tx, ty, tz] };
}
