/** @file Where to look from: named views, and a camera as short text for links. The world's z is up. */

import { add, scale, type Vec3 } from "../../shared/vec3.ts";

/** Where the camera is and what it looks at, metres. */
export interface CameraPose {
  readonly position: Vec3;
  readonly target: Vec3;
}

export interface CameraPreset {
  readonly name: string;
  /** From the target to the camera; its length is in reaches of the arm. */
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

/**
 * The pose of a preset for an arm.
 *
 * @param reach metres
 * @param goal  where the goal is, for the preset that looks at it
 */
export function presetPose(preset: CameraPreset, reach: number, goal?: Vec3): CameraPose {
  const target = preset.name === "Close to the goal" && goal !== undefined ? goal : scale(MIDDLE, reach);
  return { target, position: add(target, scale(preset.direction, reach)) };
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
