/** @file Reads a robot file; its root element tells the format. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { readMjcf } from "../mjcf/read-mjcf.ts";
import type { Robot } from "./robot.ts";
import { readUrdf } from "./urdf-robot.ts";
import { readXml } from "./xml-tree.ts";

/**
 * Reads a URDF or an MJCF file. No other file is opened: meshes are left out and reported.
 *
 * @param where path of the file, for errors
 * @throws InputError naming the element, the attribute and the line
 */
export function readRobot(text: string, where: string): Robot {
  const root = readXml(text, where);
  if (root.name === "robot") return readUrdf(root, where);
  if (root.name === "mujoco" || root.name === "mujocoinclude") return readMjcf(root, where);
  const got = unquoted(`<${root.name}>`);
  throw refuse(where, "a <robot> as the root of a URDF", got, "Or use MJCF, whose root is <mujoco>");
}
