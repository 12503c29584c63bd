/** @file Reads what a URDF link looks like: its <visual> elements with their colours. */

import { InputError } from "../../shared/errors.ts";
import type { MeshReference, Rgba, RobotVisual } from "./robot.ts";
import { shapeOf } from "./urdf-shapes.ts";
import { looseVectorOf, originOf, parseNumber } from "./urdf-values.ts";
import { childOf, childrenOf, type XmlElement } from "./xml-tree.ts";

/**
 * Returns the visual shapes and meshes of a link, in its frame; those that cannot be read are left out.
 *
 * @param robot has the materials that links name
 */
export function visualOf(link: XmlElement, robot: XmlElement): RobotVisual {
  const shapes: RobotVisual["shapes"][number][] = [];
  const meshes: MeshReference[] = [];
  for (const element of childrenOf(link, "visual")) {
    const color = colorOf(element, robot);
    const geometry = childOf(element, "geometry")?.children[0];
    const file = geometry?.attributes["filename"];
    if (geometry?.name !== "mesh") {
      const shape = shapeOf(element);
      if (typeof shape !== "string") shapes.push({ shape, color });
    } else if (file !== undefined && file !== "") {
      try {
        const scale = looseVectorOf(geometry, "scale") ?? [1, 1, 1];
        meshes.push({ file, pose: originOf(element, ""), scale, color });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }
  }
  return { shapes, meshes };
}

/** Returns a visual's own colour, or that of the robot's material that it names. */
function colorOf(visual: XmlElement, robot: XmlElement): Rgba | undefined {
  const own = childOf(visual, "material");
  if (own === undefined) return undefined;
  const named = childrenOf(robot, "material").find(
    ({ attributes }) => attributes["name"] === own.attributes["name"],
  );
  const color = childOf(own, "color") ?? (named === undefined ? undefined : childOf(named, "color"));
  return parseColor(color?.attributes["rgba"]);
}

/** Returns the colour in `red green blue alpha`; undefined if it is missing or not four numbers. */
export function parseColor(text: string | undefined): Rgba | undefined {
  const numbers = (text ?? "").trim().split(/\s+/).map(parseNumber);
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers.map((value) => Math.min(Math.max(value, 0), 1));
  return numbers.length === 4 && !numbers.some(Number.isNaN) ? [red, green, blue, alpha] : undefined;
}
