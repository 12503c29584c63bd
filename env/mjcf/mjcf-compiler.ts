/** @file The settings of MJCF's <compiler> that an arm depends on. */

import { refuse } from "../../shared/errors.ts";
import { numberOf } from "../urdf/urdf-values.ts";
import type { XmlElement } from "../urdf/xml-tree.ts";
import { rangeOf } from "./mjcf-numbers.ts";

export interface MjcfCompiler {
  /** Radians for each unit of an angle in the file. */
  readonly angle: number;
  /** Whether a range limits without `limited="true"`. */
  readonly autolimits: boolean;
  /** Axes of the three Euler angles: small letters turn with the body, capital ones do not. */
  readonly eulerseq: string;
  readonly inertiaFromGeom: "false" | "true" | "auto";
  /** Groups of the geoms that have mass. */
  readonly inertiaGroups: readonly [low: number, high: number];
  /** Minimum mass of a body, kg. */
  readonly boundMass: number;
  /** Minimum principal moment of inertia, kg m²; not applied. */
  readonly boundInertia: number;
  /** Folder of mesh files, relative to the robot file's. */
  readonly meshFolder: string;
  /** Whether folders in the names of mesh files are dropped. */
  readonly stripPath: boolean;
}

/**
 * Reads the compiler's settings; a later <compiler> overrides an earlier one.
 *
 * @throws InputError naming the attribute and the line
 */
export function readCompiler(root: XmlElement, where: string): MjcfCompiler {
  const elements = root.children.filter(({ name }) => name === "compiler");
  const attributes = Object.assign({}, ...elements.map((each) => each.attributes));
  const line = elements.at(-1)?.line ?? root.line;
  const element: XmlElement = { name: "compiler", attributes, children: [], line };
  const choice = <T extends string>(name: string, choices: readonly T[], fallback: T): T => {
    const text = element.attributes[name];
    const chosen = choices.find((each) => each === text);
    if (text === undefined || chosen !== undefined) return chosen ?? fallback;
    throw refuse(`${where}: <compiler ${name}> in line ${line}`, choices.join(" or "), text);
  };
  choice("coordinate", ["local"], "local");
  if (numberOf(element, "settotalmass", where, -1) > 0) {
    throw refuse(
      `${where}: <compiler settotalmass> in line ${line}`,
      "none, because it scales the masses of the file",
      element.attributes["settotalmass"],
      "Write the masses that MuJoCo computes into the <inertial> of each body, and delete it",
    );
  }
  const eulerseq = element.attributes["eulerseq"] ?? "xyz";
  if (!/^[xyzXYZ]{3}$/.test(eulerseq)) {
    throw refuse(`${where}: <compiler eulerseq> in line ${line}`, "three of x y z X Y Z", eulerseq);
  }
  return {
    angle: choice("angle", ["degree", "radian"], "degree") === "degree" ? Math.PI / 180 : 1,
    autolimits: choice("autolimits", ["true", "false"], "true") === "true",
    eulerseq,
    inertiaFromGeom: choice("inertiafromgeom", ["false", "true", "auto"], "auto"),
    inertiaGroups: rangeOf(element, "inertiagrouprange", where) ?? [0, 5],
    boundMass: numberOf(element, "boundmass", where, 0),
    boundInertia: numberOf(element, "boundinertia", where, 0),
    meshFolder: element.attributes["meshdir"] ?? element.attributes["assetdir"] ?? "",
    stripPath: choice("strippath", ["true", "false"], "false") === "true",
  };
}
