/**
 * @file An XML text as a tree of elements, read strictly: no document types, so no entities to expand or
 * fetch, and limits on size and depth.
 */

import { SaxesParser } from "saxes";
import { InputError, refuse, unquoted } from "../../shared/errors.ts";

/** Characters; a robot with hundreds of links has a tenth of that. */
const LONGEST_TEXT = 2 ** 22;
/** URDF nests six deep. */
const DEEPEST = 32;
const MOST_ELEMENTS = 10_000;

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Where its start tag ends, counted from 1. */
  readonly line: number;
}

interface GrowingElement extends XmlElement {
  readonly children: XmlElement[];
}

/**
 * Reads a whole document; text between elements is left out.
 *
 * @param where what it was read from, for errors
 * @returns the root element
 * @throws InputError naming the line if it is not well-formed, has a document type, or is beyond the limits
 */
export function readXml(text: string, where: string): XmlElement {
  if (text.length > LONGEST_TEXT) {
    throw refuse(where, `at most ${LONGEST_TEXT} characters`, text.length);
  }
  const parser = new SaxesParser({ position: true, xmlns: false });
  const open: GrowingElement[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  parser.on("error", ({ message }) => {
    throw new InputError(`${where}:${message.replace(/\.$/, "")}: it is not well-formed XML`);
  });
  parser.on("doctype", () => {
    throw refuse(
      `${where}:${parser.line}`,
      "no document type",
      unquoted("<!DOCTYPE …>"),
      "Take it out: a URDF needs none",
    );
  });
  parser.on("opentag", ({ name, attributes }) => {
    count += 1;
    if (count > MOST_ELEMENTS) throw refuse(where, `at most ${MOST_ELEMENTS} elements`, unquoted("more"));
    if (open.length >= DEEPEST) {
      throw refuse(
        `${where}:${parser.line}`,
        `elements at most ${DEEPEST} deep`,
        unquoted(`<${name}> deeper`),
      );
    }
    const element: GrowingElement = { name, attributes: { ...attributes }, children: [], line: parser.line };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  parser.write(text).close();
  if (root === undefined) throw refuse(where, "an XML document", unquoted("an empty one"));
  return root;
}

/** The first child of a name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** All children of a name. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}
