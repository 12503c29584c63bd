/** @file The home posture in MJCF's keyframes. */

import { InputError } from "../../shared/errors.ts";
import { MAX_NUMBER, parseNumber } from "../urdf/urdf-values.ts";
import { childrenOf, type XmlElement } from "../urdf/xml-tree.ts";
import type { MjcfBody } from "./mjcf-bodies.ts";
import { COORDINATES, typeOf } from "./mjcf-joint.ts";

export interface MjcfHome {
  /** Name of the keyframe, or its line. */
  readonly key: string;
  /** By joint element: rad or metres. */
  readonly positions: ReadonlyMap<XmlElement, number>;
}

/**
 * Returns the posture of the keyframe whose name has `home` in it, else of the first one; undefined if there is none.
 *
 * @param leftOut receives a keyframe that does not have a number for each coordinate
 */
export function homeOf(
  root: XmlElement,
  bodies: readonly MjcfBody[],
  where: string,
  leftOut: string[],
): MjcfHome | undefined {
  const keys = childrenOf(root, "keyframe")
    .flatMap((element) => childrenOf(element, "key"))
    .filter(({ attributes }) => attributes["qpos"] !== undefined);
  const key = keys.find(({ attributes }) => /home/i.test(attributes["name"] ?? "")) ?? keys[0];
  if (key === undefined) return undefined;
  const name = key.attributes["name"] ?? `in line ${key.line}`;
  const numbers = (key.attributes["qpos"] ?? "").trim().split(/\s+/).map(parseNumber);
  const positions = new Map<XmlElement, number>();
  let next = 0;
  for (const { element } of bodies.flatMap(({ joints }) => joints)) {
    const count = coordinatesOf(element, where);
    if (count === 1) positions.set(element, numbers[next] ?? Number.NaN);
    next += count;
  }
  if (next === numbers.length && numbers.every((value) => Math.abs(value) <= MAX_NUMBER)) {
    return { key: name, positions };
  }
  leftOut.push(`keyframe ${name}: its qpos, which is not ${next} numbers`);
  return undefined;
}

/** Returns 1 for a joint whose type is refused later. */
function coordinatesOf(element: XmlElement, where: string): number {
  try {
    return COORDINATES[typeOf(element, where)];
  } catch (error) {
    if (error instanceof InputError) return 1;
    throw error;
  }
}
