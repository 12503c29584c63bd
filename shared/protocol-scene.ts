/**
 * @file The appearance of an environment: the arm's links and fingers, the table and the objects. Sent once;
 * their motion is in frames and clips.
 */

import { Box, Quat, Shape, Size, Vec3 } from "./protocol-shape.ts";
import { Visual } from "./protocol-visual.ts";
import { z } from "./zod-without-eval.ts";

export const Name = z.string().max(200);

/** Mass and inertia of a link or finger, in its frame. The rotor of its motor is not included. */
const Inertial = z.strictObject({
  /** kg. */
  mass: Size,
  /** Metres. */
  centerOfMass: Vec3,
  /** Principal moments about the centre of mass, kg m². */
  moments: z.tuple([Size, Size, Size]),
  /** Orientation of the principal axes. */
  axes: Quat,
});

const Link = z.strictObject({
  name: Name,
  /** The joint that moves the link. */
  joint: Name,
  /** The joint in the parent link's frame, m, and the orientation of the link's frame there at angle 0. */
  position: Vec3,
  orientation: Quat,
  /** Unit vector of the joint's axis, in the link's frame. */
  axis: Vec3,
  /** Lowest and highest angle, rad; null for a joint without limits. */
  limits: z.tuple([z.number(), z.number()]).nullable(),
  /** N m. */
  torqueLimit: Size,
  inertial: Inertial,
  shapes: z.array(Shape),
  /** Looks of an imported arm with meshes. */
  visual: Visual.optional(),
});

const Finger = z.strictObject({
  name: Name,
  /** The closed finger in the last link's frame, metres. */
  position: Vec3,
  orientation: Quat,
  /** Unit vector of the opening direction, in the finger's frame. */
  axis: Vec3,
  /** Largest opening, metres. */
  travel: Size,
  inertial: Inertial,
  shapes: z.array(Shape),
});

/** The `scene` message. */
export const Scene = z.strictObject({
  op: z.literal("scene"),
  env: Name,
  arm: Name,
  task: Name,
  links: z.array(Link).min(1).max(64),
  /** Attached to the last link; empty without a gripper. */
  fingers: z.array(Finger).max(2),
  baseShapes: z.array(Shape),
  baseVisual: Visual.optional(),
  /** Movable objects, each with a shape in its own frame. The goal is for the first; without one, for the tool. */
  objects: z.array(z.strictObject({ name: Name, shape: Box })).max(16),
  /** The table in the world, and the height of the floor below it, metres; null without a table. */
  table: z.strictObject({ shape: Box, floor: z.number() }).nullable(),
  /** Joint angles at the start of an episode, before noise, rad. */
  home: z.array(z.number()),
  /** The end effector in the last link's frame, metres. */
  endEffector: Vec3,
  /** World axes along which goals vary. The server sets the other coordinates. */
  goalAxes: z.array(z.union([z.literal(0), z.literal(1), z.literal(2)])),
  /** The box that the goals of training are drawn from, metres. */
  goalRegion: z.strictObject({ low: Vec3, high: Vec3 }),
  /** The sphere of reachable points, metres. */
  reachable: z.strictObject({ center: Vec3, radius: Size }),
  /** Largest distance to the goal that counts as success, metres. */
  successDistance: Size,
  /** Seconds of a control step. */
  controlTimestep: Size,
  maxEpisodeSteps: z.int().nonnegative(),
});

export type SceneMessage = z.infer<typeof Scene>;

export type InertialMessage = z.infer<typeof Inertial>;

/** Returns a scene without the meshes that only its server has. */
export function withoutMeshes({ baseVisual: _, links, ...scene }: SceneMessage): SceneMessage {
  return { ...scene, links: links.map(({ visual: _meshes, ...link }) => link) };
}
