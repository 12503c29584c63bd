/** @file Reads lists of numbers from MJCF attributes; errors name element, attribute and line. */

import { refuse } from "../../shared/errors.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import { MAX_NUMBER, parseNumber } from "../urdf/urdf-values.ts";
import type { XmlElement } from "../urdf/xml-tree.ts";

/**
 * Returns the numbers in an attribute; undefined if it is missing.
 *
 * @param counts allowed numbers of numbers
 * @param where  owner of the element, for errors: `arm.xml: body upper`
 */
export function listOf(
  element: XmlElement,
  attribute: string,
  counts: readonly number[],
  where: string,
): readonly number[] | undefined {
  const text = element.attributes[attribute];
  if (text === undefined) return undefined;
  const numbers = text.trim().split(/\s+/).map(parseNumber);
  if (counts.includes(numbers.length) && numbers.every((value) => Math.abs(value) <= MAX_NUMBER)) {
    return numbers;
  }
  throw refuse(
    `${where}: <${element.name} ${attribute}> in line ${element.line}`,
    `${counts.join(" or ")} numbers in ±${MAX_NUMBER}`,
    text,
  );
}

/** Returns the three numbers in an attribute; undefined if it is missing. */
export function tripleOf(element: XmlElement, attribute: string, where: string): Vec3 | undefined {
  const [x, y, z] = listOf(element, attribute, [3], where) ?? [];
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}

/** Returns the two numbers in an attribute; undefined if it is missing. */
export function rangeOf(
  element: XmlElement,
  attribute: string,
  where: string,
): readonly [low: number, high: number] | undefined {
  const [low, high] = listOf(element, attribute, [2], where) ?? [];
  return low === undefined || high === undefined ? undefined : [low, high];
}
