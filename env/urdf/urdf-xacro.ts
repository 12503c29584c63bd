/** @file Refuses xacro, the macro language that URDFs are often generated from. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { shellQuoted } from "../../shared/shell-quote.ts";
import type { XmlElement } from "./xml-tree.ts";

/** Macros of the first xacro, which had no namespace. */
const BARE_MACROS = ["include", "macro", "property"];

/** Elements that say how a shape looks. */
const LOOKS = ["mesh", "material", "color", "texture"];

/**
 * Throws InputError if a robot has macros, or expressions in its links or joints: the arm would lack what they expand
 * to. Other elements, such as <gazebo>, are not searched.
 *
 * @param where path of the file
 */
export function refuseXacro(root: XmlElement, where: string): void {
  const prefixes = prefixesOf(root);
  const isMacro = ({ name }: XmlElement) => prefixes.some((prefix) => name.startsWith(`${prefix}:`));
  const macro =
    root.children.find((element) => isMacro(element) || BARE_MACROS.includes(element.name)) ??
    root.children
      .filter(({ name }) => name === "link" || name === "joint")
      .map((element) => firstWithin(element, isMacro))
      .find((found) => found !== undefined);
  if (macro !== undefined) throw unexpanded(`${where}:${macro.line}`, `<${macro.name}>`, where);
  const hasExpression = ({ name, attributes }: XmlElement) =>
    !LOOKS.includes(name) && Object.values(attributes).some((text) => text.includes("${"));
  for (const element of root.children) {
    if (element.name !== "link" && element.name !== "joint") continue;
    const found = firstWithin(element, hasExpression);
    const text = Object.values(found?.attributes ?? {}).find((each) => each.includes("${"));
    if (found !== undefined)
      throw unexpanded(`${where}:${found.line}`, `<${found.name}> with ${text}`, where);
  }
}

/** Returns the prefixes bound to xacro's namespace, and the usual one. */
function prefixesOf({ attributes }: XmlElement): string[] {
  const bound = Object.entries(attributes).flatMap(([name, value]) =>
    name.startsWith("xmlns:") && value.includes("xacro") ? [name.slice("xmlns:".length)] : [],
  );
  return [...new Set(["xacro", ...bound])];
}

function firstWithin(element: XmlElement, matches: (element: XmlElement) => boolean): XmlElement | undefined {
  if (matches(element)) return element;
  for (const child of element.children) {
    const found = firstWithin(child, matches);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unexpanded(at: string, got: string, file: string) {
  const stem = file.replace(/\.xacro$/, "").replace(/\.urdf$/, "");
  const expanded = file.endsWith(".xacro") ? `${stem}.urdf` : `${stem}.expanded.urdf`;
  return refuse(
    at,
    "URDF without xacro macros",
    unquoted(got),
    `Expand them, with pip install xacro or ROS: xacro ${shellQuoted(file)} > ${shellQuoted(expanded)}`,
  );
}
