/** @file MJCF's default classes: the attributes that an element inherits. */

import { refuse, suggest } from "../../shared/errors.ts";
import { childrenOf, type XmlElement } from "../urdf/xml-tree.ts";

/** The elements of <actuator> that share one set of defaults. */
export const ACTUATORS = [
  ...["general", "motor", "position", "velocity", "intvelocity", "damper", "cylinder", "muscle"],
  ...["adhesion", "dcmotor", "plugin"],
];

/** Ways to give an orientation; one given replaces any that is inherited. */
export const ORIENTATIONS = ["quat", "axisangle", "xyaxes", "zaxis", "euler"];

type Attributes = Readonly<Record<string, string>>;

/** Inherited attributes by kind of element. */
type Class = ReadonlyMap<string, Attributes>;

const MAIN = "main";

export class MjcfDefaults {
  readonly #classes = new Map<string, Class>([[MAIN, new Map()]]);
  readonly #where: string;

  /** Throws InputError if two classes have the same name, or one has none. */
  constructor(root: XmlElement, where: string) {
    this.#where = where;
    for (const element of childrenOf(root, "default")) this.#read(element, undefined);
  }

  /**
   * Returns an element with the attributes that it inherits.
   *
   * @param childclass class of elements that name none; undefined for the main class
   * @throws InputError if its class does not exist
   */
  resolve(element: XmlElement, childclass: string | undefined): XmlElement {
    const name = element.attributes["class"] ?? childclass ?? MAIN;
    return { ...element, attributes: merged(this.#find(name, element).get(kindOf(element)), element) };
  }

  /** Returns the class of the children of a body or frame. Throws InputError if it does not exist. */
  childclassOf(element: XmlElement, inherited: string | undefined): string | undefined {
    const name = element.attributes["childclass"];
    if (name !== undefined) this.#find(name, element);
    return name ?? inherited;
  }

  #find(name: string, { name: element, line }: XmlElement): Class {
    const found = this.#classes.get(name);
    if (found !== undefined) return found;
    const remedy = suggest(name, [...this.#classes.keys()]);
    throw refuse(`${this.#where}: <${element}> in line ${line}`, "a default class of the file", name, remedy);
  }

  #read(element: XmlElement, parent: Class | undefined): void {
    const name = element.attributes["class"] ?? (parent === undefined ? MAIN : "");
    const isTaken = this.#classes.has(name) && !(parent === undefined && name === MAIN);
    if (name === "" || isTaken) {
      throw refuse(`${this.#where}: <default class> in line ${element.line}`, "a unique name", name);
    }
    const own = new Map(parent ?? this.#classes.get(MAIN));
    for (const child of element.children) {
      if (child.name !== "default") own.set(kindOf(child), merged(own.get(kindOf(child)), child));
    }
    this.#classes.set(name, own);
    // The outermost class is the main one, whatever its name.
    if (parent === undefined) this.#classes.set(MAIN, own);
    for (const child of childrenOf(element, "default")) this.#read(child, own);
  }
}

function kindOf({ name }: XmlElement): string {
  return ACTUATORS.includes(name) ? "actuator" : name;
}

function merged(inherited: Attributes = {}, { attributes }: XmlElement): Attributes {
  const isTurned = ORIENTATIONS.some((name) => attributes[name] !== undefined);
  const kept = Object.entries(inherited).filter(([name]) => !(isTurned && ORIENTATIONS.includes(name)));
  return { ...Object.fromEntries(kept), ...attributes };
}
