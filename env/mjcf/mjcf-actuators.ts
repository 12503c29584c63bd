/** @file The torque limits that MJCF's actuators give to joints. */

import { InputError } from "../../shared/errors.ts";
import type { Assumptions } from "../urdf/assumptions.ts";
import type { XmlElement } from "../urdf/xml-tree.ts";
import type { MjcfCompiler } from "./mjcf-compiler.ts";
import { ACTUATORS, type MjcfDefaults } from "./mjcf-defaults.ts";
import { isLimitedBy } from "./mjcf-joint.ts";
import { listOf, rangeOf } from "./mjcf-numbers.ts";

/** What drives a joint, besides its own limits. */
export class MjcfActuators {
  readonly #byJoint = new Map<string, XmlElement[]>();
  readonly #compiler: MjcfCompiler;

  constructor(root: XmlElement, defaults: MjcfDefaults, compiler: MjcfCompiler, leftOut: string[]) {
    this.#compiler = compiler;
    const servos: string[] = [];
    const sections = root.children.filter(({ name }) => name === "actuator");
    for (const given of sections.flatMap(({ children }) => children)) {
      const element = ACTUATORS.includes(given.name) ? defaults.resolve(given, undefined) : given;
      const { name, attributes, line } = element;
      const label = attributes["name"] ?? `in line ${line}`;
      const joint = attributes["joint"] ?? attributes["jointinparent"];
      if (joint === undefined || !ACTUATORS.includes(name)) {
        leftOut.push(`actuator ${label}: <${name}> without a joint`);
        continue;
      }
      this.#byJoint.set(joint, [...(this.#byJoint.get(joint) ?? []), element]);
      if (!isMotor(element)) servos.push(label);
    }
    if (servos.length > 0) {
      leftOut.push(
        `actuators ${servos.join(", ")}: their controllers; motors with their force limits instead`,
      );
    }
  }

  /**
   * Returns the torque limit of a joint, N m: the sum over its actuators, at most the joint's own
   * `actuatorfrcrange`; undefined if neither limits it.
   *
   * @param assumed receives an asymmetric range, of which the smaller side is the limit
   * @throws InputError naming attribute and line
   */
  effortOf(joint: XmlElement, where: string, assumed: Assumptions): number | undefined {
    const name = joint.attributes["name"] ?? "";
    const actuators = this.#byJoint.get(name) ?? [];
    const uneven = (range: string) =>
      assumed.add("the same torque limit in both directions", `${name} by ${range}`);
    const limits = actuators.map((each) => this.#limitOf(each, where, uneven));
    const sum = limits.reduce<number>((total, limit) => total + (limit ?? Infinity), 0);
    const own = this.#limited(joint, "actuatorfrcrange", "actuatorfrclimited", where, uneven);
    const effort = Math.min(limits.length === 0 ? Infinity : sum, own ?? Infinity);
    return effort > 0 && Number.isFinite(effort) ? effort : undefined;
  }

  #limitOf(actuator: XmlElement, where: string, uneven: (range: string) => void): number | undefined {
    const [gear = 1] = listOf(actuator, "gear", [1, 2, 3, 4, 5, 6], where) ?? [];
    const force = this.#limited(actuator, "forcerange", "forcelimited", where, uneven);
    const control = isMotor(actuator)
      ? this.#limited(actuator, "ctrlrange", "ctrllimited", where, uneven)
      : undefined;
    const gain = actuator.name === "motor" ? 1 : (numbersOf(actuator, "gainprm")[0] ?? 1);
    const limit = Math.min(force ?? Infinity, control === undefined ? Infinity : control * Math.abs(gain));
    return Number.isFinite(limit) ? limit * Math.abs(gear) : undefined;
  }

  /** Returns the smaller side of a range that limits; of one that 0 does not divide, the larger. */
  #limited(
    element: XmlElement,
    name: string,
    limited: string,
    where: string,
    uneven: (range: string) => void,
  ): number | undefined {
    const range = rangeOf(element, name, where);
    if (!isLimitedBy(range, element, limited, this.#compiler.autolimits, where) || range === undefined) {
      return undefined;
    }
    const [low, high] = range;
    if (low !== -high) uneven(`${name} ${low} ${high}`);
    return low < 0 && high > 0 ? Math.min(-low, high) : Math.max(Math.abs(low), Math.abs(high));
  }
}

/** Returns whether an actuator's force is its control times a constant. */
function isMotor({ name, attributes }: XmlElement): boolean {
  if (name === "motor") return true;
  return (
    name === "general" &&
    (attributes["gaintype"] ?? "fixed") === "fixed" &&
    (attributes["biastype"] ?? "none") === "none" &&
    (attributes["dyntype"] ?? "none") === "none"
  );
}

/** Returns the numbers in an attribute of any length; none if it cannot be read. */
function numbersOf(element: XmlElement, attribute: string): readonly number[] {
  try {
    const counts = Array.from({ length: 10 }, (_, i) => i + 1);
    return listOf(element, attribute, counts, "") ?? [];
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}
