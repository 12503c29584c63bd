/** @file Vectors and solids in messages, metres. */

import { z } from "./zod-without-eval.ts";

export const Vec3 = z.tuple([z.number(), z.number(), z.number()]);
export const Quat = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export const Size = z.number().positive();

export const Box = z.strictObject({
  kind: z.literal("box"),
  center: Vec3,
  orientation: Quat,
  halfExtents: Vec3,
});

/** A solid in the frame of the link, finger or object that it belongs to, metres. */
export const Shape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("capsule"), from: Vec3, to: Vec3, radius: Size }),
  z.strictObject({ kind: z.literal("cylinder"), from: Vec3, to: Vec3, radius: Size }),
  Box,
]);
