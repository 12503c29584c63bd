/** @file The size of a scene without a table: the arm at its home posture and the goals of training. */

import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import {
  add,
  multiply,
  type Quat,
  quatFromAxisAngle,
  rotate,
  scale,
  subtract,
  type Vec3,
} from "../../../shared/vec3.ts";

/** The fields of a scene that its size depends on. */
export type BoundedScene = Pick<SceneMessage, "links" | "home" | "endEffector" | "baseShapes" | "goalRegion">;

/** Centre of a scene, and how far it extends from there as seen by a camera, metres. */
export interface Bounds {
  readonly center: Vec3;
  readonly extent: number;
}

type Shape = SceneMessage["baseShapes"][number];

/** Smaller scenes count as this large, metres. */
const MIN_EXTENT = 0.05;

/** Returns the bounds of the base, the arm at its home posture and the goals of training. */
export function boundsOf({ links, home, endEffector, baseShapes, goalRegion }: BoundedScene): Bounds {
  const low: [number, number, number] = [0, 0, 0];
  const high: [number, number, number] = [0, 0, 0];
  const include = (point: Vec3, margin = 0) => {
    for (const axis of [0, 1, 2] as const) {
      low[axis] = Math.min(low[axis], point[axis] - margin);
      high[axis] = Math.max(high[axis], point[axis] + margin);
    }
  };
  let position: Vec3 = [0, 0, 0];
  let rotation: Quat = [0, 0, 0, 1];
  const includeShapes = (shapes: readonly Shape[]) => {
    for (const [point, margin] of shapes.flatMap(cornersOf))
      include(add(position, rotate(rotation, point)), margin);
  };
  includeShapes(baseShapes);
  links.forEach((link, i) => {
    position = add(position, rotate(rotation, link.position));
    rotation = multiply(multiply(rotation, link.orientation), quatFromAxisAngle(link.axis, home[i] ?? 0));
    include(position);
    includeShapes(link.shapes);
  });
  include(add(position, rotate(rotation, endEffector)));
  include(goalRegion.low);
  include(goalRegion.high);
  const [width, depth, height] = subtract(high, low);
  // What is tall and near the camera looks taller.
  const extent = Math.max(1.15 * height, Math.hypot(width, depth), 2 * MIN_EXTENT) / 2;
  return { center: scale(add(low, high), 1 / 2), extent };
}

/** Points of a shape with the distance that it reaches around each, metres. */
function cornersOf(shape: Shape): (readonly [point: Vec3, margin: number])[] {
  if (shape.kind === "box") return [[shape.center, Math.max(...shape.halfExtents)]];
  return [
    [shape.from, shape.radius],
    [shape.to, shape.radius],
  ];
}
