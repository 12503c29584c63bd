/** @file The contacts of an arm and its scene, by the indices of its bodies. */

import { scale, type Vec3 } from "../../shared/vec3.ts";
import type { BodyHandle } from "../body.ts";
import type { Contact } from "../contacts.ts";

/** Index of everything that does not move: table, floor and the arm's base. */
export const FIXED_BODY = -1;

/** A contact between two bodies: links first, then fingers, then objects, or FIXED_BODY. */
export interface ArmContact {
  /** The lower index. */
  readonly first: number;
  readonly second: number;
  /** In the world, metres. */
  readonly point: Vec3;
  /** Normal force on the second body, N in the world, without friction. */
  readonly force: Vec3;
}

/** @param bodies those that move, in the order of their indices */
export function armContacts(contacts: readonly Contact[], bodies: readonly BodyHandle[]): ArmContact[] {
  return contacts.map(({ bodies: [one, other], point, force }) => {
    const [first, second] = [bodies.indexOf(one), bodies.indexOf(other)];
    return first <= second
      ? { first, second, point, force }
      : { first: second, second: first, point, force: scale(force, -1) };
  });
}
