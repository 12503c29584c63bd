/** @file Reads what an MJCF body looks like: the geoms that MuJoCo's viewer shows, and the meshes that they name. */

import { posix } from "node:path";
import { InputError } from "../../shared/errors.ts";
import { type Quat, rotate, scale, type Vec3 } from "../../shared/vec3.ts";
import { compose } from "../urdf/compose-poses.ts";
import type { MeshReference, Pose, Rgba, RobotVisual } from "../urdf/robot.ts";
import { placeShape } from "../urdf/urdf-shapes.ts";
import { looseNumberOf } from "../urdf/urdf-values.ts";
import { parseColor } from "../urdf/urdf-visuals.ts";
import { childrenOf, type XmlElement } from "../urdf/xml-tree.ts";
import type { MjcfCompiler } from "./mjcf-compiler.ts";
import type { MjcfDefaults } from "./mjcf-defaults.ts";
import { type MjcfGeom, shapeOf } from "./mjcf-geom.ts";
import { listOf, tripleOf } from "./mjcf-numbers.ts";

/** Groups above this are hidden in MuJoCo's viewer; collision shapes are usually in group 3. */
const MAX_VISIBLE_GROUP = 2;

/** The meshes and materials of a file, by name. */
export class MjcfAssets {
  readonly #meshes = new Map<string, Pick<MeshReference, "file" | "pose" | "scale">>();
  readonly #colors = new Map<string, Rgba>();

  constructor(root: XmlElement, defaults: MjcfDefaults, { meshFolder, stripPath }: MjcfCompiler) {
    for (const given of childrenOf(root, "asset").flatMap(({ children }) => children)) {
      const element = defaults.resolve(given, undefined);
      const { name, file } = element.attributes;
      const color = parseColor(element.attributes["rgba"]);
      if (element.name === "material" && name !== undefined && color !== undefined) {
        this.#colors.set(name, color);
      }
      if (element.name !== "mesh" || file === undefined || file === "") continue;
      const stem = posix.basename(file).replace(/\.[^.]*$/, "");
      const path = posix.join(meshFolder, stripPath ? posix.basename(file) : file);
      const placed = placeOf(element);
      if (placed !== undefined) this.#meshes.set(name ?? stem, { file: path, ...placed });
    }
  }

  /** Returns a geom's mesh in the body's frame; undefined for another geom, or one whose mesh has no file. */
  meshOf({ element, pose }: MjcfGeom): MeshReference | undefined {
    const mesh = this.#meshes.get(element.attributes["mesh"] ?? "");
    if (mesh === undefined) return undefined;
    return { ...mesh, pose: compose(pose, mesh.pose), color: this.colorOf(element) };
  }

  /** Returns the colour of a geom or its material; undefined if it has none. */
  colorOf({ attributes }: XmlElement): Rgba | undefined {
    return parseColor(attributes["rgba"]) ?? this.#colors.get(attributes["material"] ?? "");
  }
}

/**
 * Returns what a body looks like.
 *
 * @param toBody pose of the body's frame in the link's
 */
export function visualOf(geoms: readonly MjcfGeom[], toBody: Pose, assets: MjcfAssets): RobotVisual {
  const visible = geoms.filter(({ element }) => (looseNumberOf(element, "group") ?? 0) <= MAX_VISIBLE_GROUP);
  return {
    shapes: visible.flatMap(({ element, solid, pose }) =>
      solid === undefined
        ? []
        : [{ shape: placeShape(shapeOf(solid, pose), toBody), color: assets.colorOf(element) }],
    ),
    meshes: visible.flatMap((geom) => {
      const mesh = assets.meshOf(geom);
      return mesh === undefined ? [] : [{ ...mesh, pose: compose(toBody, mesh.pose) }];
    }),
  };
}

/** Returns the place of the file's frame, whose reference pose is taken out, and the scale; undefined if unreadable. */
function placeOf(element: XmlElement): { pose: Pose; scale: Vec3 } | undefined {
  try {
    const size = tripleOf(element, "scale", "") ?? [1, 1, 1];
    const [w = 1, x = 0, y = 0, z = 0] = listOf(element, "refquat", [4], "") ?? [];
    const norm = Math.hypot(w, x, y, z);
    const turned: Quat = [-x / norm, -y / norm, -z / norm, w / norm];
    const [dx, dy, dz] = rotate(turned, scale(tripleOf(element, "refpos", "") ?? [0, 0, 0], -1));
    // MuJoCo scales last.
    const position: Vec3 = [size[0] * dx, size[1] * dy, size[2] * dz];
    return { pose: { position, orientation: turned }, scale: size };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
