/**
 * @file Reads XML into a tree of elements: no document types, so no entities to expand or fetch, and limits on size
 * and depth.
 */

import { SaxesParser } from "saxes";
import { refuse, unquoted } from "../../shared/errors.ts";
import { mendXml } from "./xml-text.ts";

/** Characters; a robot with hundreds of links has a tenth of that. */
const MAX_TEXT_LENGTH = 2 ** 22;
/** URDF nests six deep, MJCF as deep as its chain of bodies. */
const MAX_DEPTH = 64;
const MAX_ELEMENTS = 10_000;

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Line on which the start tag ends, counted from 1. */
  readonly line: number;
}

interface GrowingElement extends XmlElement {
  readonly children: XmlElement[];
}

/**
 * Returns the root element of a document; text between elements is ignored.
 *
 * @param where source of the text, for errors
 * @throws InputError naming the line if it is not well-formed, has a document type, or exceeds a limit
 */
export function readXml(text: string, where: string): XmlElement {
  if (text.length > MAX_TEXT_LENGTH) {
    throw refuse(where, `at most ${MAX_TEXT_LENGTH} characters`, text.length);
  }
  const parser = new SaxesParser({ position: true, xmlns: false });
  const open: GrowingElement[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  parser.on("error", ({ message }) => {
    // saxes reports `line:column: message.`
    const [, position = "", fault = message] = /^(\d+:\d+): (.*?)\.?$/s.exec(message) ?? [];
    throw refuse(`${where}:${position}`, "well-formed XML", unquoted(`a syntax error: ${fault}`));
  });
  parser.on("doctype", () => {
    throw refuse(
      `${where}:${parser.line}`,
      "no document type",
      unquoted("<!DOCTYPE …>"),
      "Remove it: a robot file needs none",
    );
  });
  parser.on("opentag", ({ name, attributes }) => {
    count += 1;
    if (count > MAX_ELEMENTS) throw refuse(where, `at most ${MAX_ELEMENTS} elements`, unquoted("more"));
    if (open.length >= MAX_DEPTH) {
      throw refuse(
        `${where}:${parser.line}`,
        `elements nested at most ${MAX_DEPTH} deep`,
        unquoted(`<${name}> at depth ${open.length + 1}`),
      );
    }
    const element: GrowingElement = { name, attributes: { ...attributes }, children: [], line: parser.line };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  parser.write(mendXml(text)).close();
  if (root === undefined) throw refuse(where, "an XML document", unquoted("an empty document"));
  return root;
}

/** Returns the first child with a name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** Returns all children with a name. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}
