/**
 * @file The body of the built-in Panda: rounded shells about its joints, modelled here from the distances between the
 * joints in Franka's documentation (0.333, 0.316, 0.0825, 0.384, 0.088 and 0.107 m) and the widths of its shapes.
 */

import type { BufferGeometry } from "three";
import { rotate, type Vec3 } from "../../../shared/vec3.ts";
import { block, disc, housing } from "./link-geometry.ts";
import { type Station, sweptShell } from "./swept-shell.ts";

/** Materials of the figure. */
export type ShellMaterial = "shell" | "joint" | "accent" | "rubber";

export interface ShellPart {
  /** Index of the link; −1 for the base. */
  readonly link: number;
  readonly geometry: BufferGeometry;
  readonly material: ShellMaterial;
  /** Pose in the link's frame; by default the geometry is in it. */
  readonly position?: Vec3;
  readonly orientation?: readonly [number, number, number, number];
}

/** The hand is turned by −45° about the last joint's axis. */
const HAND = [0, 0, Math.sin(-Math.PI / 8), Math.cos(-Math.PI / 8)] as const;

/** Gap between two shells at a joint, metres. */
const SEAM = 0.004;

/** Returns whether an arm is a built-in Panda, with or without moving fingers. */
export function isPanda(arm: string, links: number): boolean {
  return (arm === "panda" || arm === "panda-gripper") && links === 7;
}

/** @param hasFixedFingers whether the hand has closed fingers that do not move */
export function pandaShells(hasFixedFingers: boolean): ShellPart[] {
  const parts: ShellPart[] = [];
  const shell = (link: number, stations: readonly Station[], roundness = 1) =>
    parts.push({ link, geometry: sweptShell(stations, roundness), material: "shell" });
  const add = (link: number, geometry: BufferGeometry, material: ShellMaterial) =>
    parts.push({ link, geometry, material });
  const at = (x: number, y: number, z: number, radius: number): Station => ({ at: [x, y, z], radius });
  /** A drum about a joint's axis, the link's z or y, with a dark lid on each end. */
  const drum = (link: number, axis: Vec3, half: number, radius: number) => {
    const [x, y, z] = axis;
    const end = (size: number): Vec3 => [x * size, y * size, z * size];
    add(link, housing(end(-half), end(half), radius), "shell");
    for (const side of [-1, 1]) {
      add(link, disc(end(side * (half + 0.001)), axis, 0.72 * radius, 0.006), "joint");
      add(link, disc(end(side * (half + 0.003)), axis, 0.3 * radius, 0.006), "accent");
    }
  };
  const seam = (link: number, center: Vec3, axis: Vec3, radius: number) =>
    add(link, disc(center, axis, radius, 2 * SEAM), "joint");

  // Base: a foot that reaches backwards, and a column to the first joint.
  add(-1, block([0.105, 0.09, 0.012], 0.01), "joint");
  shell(-1, [at(-0.1, 0, 0.055, 0.048), at(-0.05, 0, 0.062, 0.062), at(0, 0, 0.068, 0.07)]);
  shell(-1, [at(0, 0, 0.03, 0.082), at(0, 0, 0.09, 0.071), at(0, 0, 0.136, 0.062)], 0.12);
  seam(-1, [0, 0, 0.139], [0, 0, 1], 0.056);

  // Links 1 and 2: the shoulder. Link 1 holds the drum of the second joint from below.
  shell(0, [at(0, 0, -0.188, 0.061), at(0, 0, -0.12, 0.061), at(0, 0, -0.02, 0.06)], 0.3);
  drum(1, [0, 0, 1], 0.07, 0.062);
  shell(1, [at(0, 0, 0, 0.06), at(0, -0.09, 0, 0.06), at(0, -0.185, 0, 0.058)], 0.2);
  seam(1, [0, -0.196, 0], [0, 1, 0], 0.053);

  // Links 3 and 4: the elbow, offset forwards and back.
  shell(
    2,
    [at(0, 0, -0.112, 0.058), at(0.004, 0, -0.07, 0.058), at(0.045, 0, -0.02, 0.053), at(0.0825, 0, 0, 0.05)],
    0.35,
  );
  drum(3, [0, 0, 1], 0.064, 0.053);
  shell(
    3,
    [at(0, 0, 0, 0.05), at(-0.04, 0.025, 0, 0.053), at(-0.078, 0.07, 0, 0.056), at(-0.0825, 0.118, 0, 0.056)],
    0.25,
  );
  seam(3, [-0.0825, 0.13, 0], [0, 1, 0], 0.05);

  // Link 5: the forearm, wide at the elbow and slim beside the wrist.
  shell(
    4,
    [
      at(0, 0, -0.247, 0.056),
      at(0, 0.002, -0.2, 0.056),
      at(0, 0.03, -0.13, 0.047),
      at(0, 0.06, -0.06, 0.036),
      at(0, 0.058, 0, 0.033),
    ],
    0.4,
  );

  // Link 6: the wrist, offset to the last joint.
  drum(5, [0, 0, 1], 0.055, 0.047);
  shell(5, [at(0, 0, 0, 0.045), at(0.045, 0, -0.004, 0.043), at(0.088, 0.004, 0, 0.046)]);
  add(5, housing([0.088, -0.038, 0], [0.088, 0.052, 0], 0.048), "shell");

  // Link 7: flange and hand.
  add(6, housing([0, 0, 0.05], [0, 0, 0.1], 0.044), "shell");
  seam(6, [0, 0, 0.05], [0, 0, 1], 0.04);
  seam(6, [0, 0, 0.104], [0, 0, 1], 0.034);
  const onHand = (geometry: BufferGeometry, center: Vec3, material: ShellMaterial) => {
    const [x, y, z] = rotate(HAND, center);
    parts.push({ link: 6, geometry, material, position: [x, y, 0.107 + z], orientation: HAND });
  };
  onHand(block([0.026, 0.1, 0.022], 0.02), [0, 0, 0.024], "shell");
  onHand(block([0.019, 0.094, 0.012], 0.008), [0, 0, 0.053], "joint");
  if (hasFixedFingers) {
    for (const side of [-1, 1]) {
      onHand(block([0.009, 0.006, 0.024], 0.004), [0, side * 0.0068, 0.0854], "rubber");
    }
  }
  return parts;
}
