/** @file Refuses parts of MJCF that MuJoCo's compiler expands: the arm would lack what they expand to. */

import { dirname, join } from "node:path";
import { type InputError, refuse, unquoted } from "../../shared/errors.ts";
import { shellQuoted } from "../../shared/shell-quote.ts";
import { childrenOf, type XmlElement } from "../urdf/xml-tree.ts";

const EXPANDED = ["include", "attach", "replicate", "composite", "flexcomp"];

/**
 * Throws InputError if a file is a part of another one, includes other files, or has elements that MuJoCo expands.
 *
 * @param where path of the file
 */
export function refuseExpanded(root: XmlElement, where: string): void {
  if (root.name === "mujocoinclude") {
    throw refuse(
      `${where}:${root.line}`,
      "a whole model, <mujoco>",
      unquoted("a part of one, <mujocoinclude>"),
      "Import the file that includes it",
    );
  }
  const found = firstWithin(root);
  if (found === undefined) return;
  const included = found.attributes["file"] ?? "";
  const bodies = childrenOf(root, "worldbody").flatMap((world) => childrenOf(world, "body"));
  const isScene = found.name === "include" && included !== "" && bodies.length === 0;
  throw isScene ? onlyIncludes(included, found, where) : expands(found, where);
}

/** A scene that adds a floor and lights to a robot. */
function onlyIncludes(included: string, { line }: XmlElement, where: string): InputError {
  return refuse(
    `${where}:${line}`,
    "a file with the arm itself",
    unquoted(`<include file="${included}">`),
    `Import the included file: npx steadyarm import ${shellQuoted(join(dirname(where), included))}`,
  );
}

function expands({ name, line }: XmlElement, where: string): InputError {
  const flat = where.replace(/(\.xml|\.mjcf)?$/, ".flat.xml");
  const [from, to] = [JSON.stringify(where), JSON.stringify(flat)];
  const program = `import mujoco; mujoco.mj_saveLastXML(${to}, mujoco.MjModel.from_xml_path(${from}))`;
  return refuse(
    `${where}:${line}`,
    "MJCF without elements that MuJoCo expands",
    unquoted(`<${name}>`),
    `Expand them, after pip install mujoco: python3 -c ${shellQuoted(program)}`,
  );
}

function firstWithin(element: XmlElement): XmlElement | undefined {
  for (const child of element.children) {
    const found = EXPANDED.includes(child.name) ? child : firstWithin(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
