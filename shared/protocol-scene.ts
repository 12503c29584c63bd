/**
 * @file What an environment looks like, as the viewer's server tells it to the page: an arm's links and fingers,
 * the table, the things that can be moved. Where they are is in frames and clips; nothing here changes.
 */

import { z } from "zod";

export const Name = z.string().max(200);
export const Vec3 = z.tuple([z.number(), z.number(), z.number()]);
const Quat = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const Size = z.number().positive();

const Box = z.strictObject({
  kind: z.literal("box"),
  center: Vec3,
  orientation: Quat,
  halfExtents: Vec3,
});

/** Something to draw, in the frame of what it belongs to, metres. */
const Shape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("capsule"), from: Vec3, to: Vec3, radius: Size }),
  Box,
]);

const Link = z.strictObject({
  name: Name,
  /** The joint that moves it. */
  joint: Name,
  /** Where the joint is in the parent link's frame, and the link's frame there at angle 0. */
  position: Vec3,
  orientation: Quat,
  /** Unit vector that the joint turns about, in the link's frame. */
  axis: Vec3,
  /** rad; null turns for ever. */
  limits: z.tuple([z.number(), z.number()]).nullable(),
  /** N m: what a torque's share is a share of. */
  torqueLimit: Size,
  shapes: z.array(Shape),
});

const Finger = z.strictObject({
  name: Name,
  /** Where it is in the last link's frame when shut, metres. */
  position: Vec3,
  orientation: Quat,
  /** Unit vector along which it opens, in the finger's frame. */
  axis: Vec3,
  /** How far it opens, metres. */
  travel: Size,
  shapes: z.array(Shape),
});

/** What an environment looks like. */
export const Scene = z.strictObject({
  op: z.literal("scene"),
  env: Name,
  arm: Name,
  task: Name,
  links: z.array(Link).min(1).max(64),
  /** On the last link; none without a gripper. */
  fingers: z.array(Finger).max(2),
  baseShapes: z.array(Shape),
  /** Things that can be moved, each drawn in its own frame. A goal is about the first; without any, about the tool. */
  objects: z.array(z.strictObject({ name: Name, shape: Box })).max(16),
  /** The table, in the world, and the height of the floor it stands on, metres; null without one. */
  table: z.strictObject({ shape: Box, floor: z.number() }).nullable(),
  /** Joint angles at the start, but for a little noise, rad. */
  home: z.array(z.number()),
  /** The tool's point in the last link's frame, metres. */
  endEffector: Vec3,
  /** The world's axes in which a goal can differ; its other coordinates are the server's. */
  goalAxes: z.array(z.union([z.literal(0), z.literal(1), z.literal(2)])),
  /** Where goals are in reach, metres. */
  reachable: z.strictObject({ center: Vec3, radius: Size }),
  /** How near counts as there, metres. */
  successDistance: Size,
  /** Seconds that an action is held. */
  controlTimestep: Size,
  /** Steps of an episode. */
  maxEpisodeSteps: z.int().nonnegative(),
});

export type SceneMessage = z.infer<typeof Scene>;
