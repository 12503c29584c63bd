/** @file The looks of an imported arm in the `scene` message: its visual shapes, and meshes that the server serves. */

import { Quat, Shape, Vec3 } from "./protocol-shape.ts";
import { z } from "./zod-without-eval.ts";

/** Start of the addresses of meshes. */
export const MESH_FOLDER = "/meshes/";

const FORMATS = ["stl", "obj", "dae", "gltf", "glb"] as const;
export type MeshFormat = (typeof FORMATS)[number];

/** Returns the format of a mesh file by its name; undefined for another file. */
export function meshFormatOf(name: string): MeshFormat | undefined {
  return FORMATS.find((format) => name.toLowerCase().endsWith(`.${format}`));
}

const Color = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** A shape with its own colour, red, green, blue and alpha from 0 to 1; null for the arm's. */
const VisualShape = z.strictObject({ shape: Shape, color: Color.nullable() });

const Mesh = z.strictObject({
  url: z.string().regex(/^\/meshes\/[\w-]{22}$/),
  format: z.enum(FORMATS),
  /** Pose of the mesh's frame in the link's, metres, and its scale in its own frame. */
  position: Vec3,
  orientation: Quat,
  scale: Vec3,
  color: Color.nullable(),
});

/** What a link looks like, besides the shapes that stand for it. */
export const Visual = z.strictObject({
  shapes: z.array(VisualShape).max(500),
  meshes: z.array(Mesh).max(500),
});

export type VisualMessage = z.infer<typeof Visual>;
export type MeshMessage = z.infer<typeof Mesh>;
