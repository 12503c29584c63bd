/**
 * @file Contacts at the end of a frame: rows of numbers for each slot, with their count before them.
 *
 * A row is the first and the second body, the point x y z, m, and the normal force on the second body x y z, N, in
 * the world. Bodies are −1 for what does not move, then links, fingers and objects by their order in the scene.
 */

import { refuse, unquoted } from "./errors.ts";
import type { ArmSizes } from "./motion-columns.ts";

/** Numbers of a row. */
export const CONTACT_SIZE = 8;

/** The strongest contacts of an arm that are sent. */
export const MAX_CONTACTS = 64;

/** The number of bodies that move. */
export function bodyCount({ joints, fingers, objects }: ArmSizes): number {
  return joints + fingers + objects;
}

/** Numbers of all slots' contacts in a frame. */
export function contactNumbers(slots: readonly Float32Array[]): number {
  return slots.reduce((sum, { length }) => sum + 1 + length, 0);
}

/** Writes the contacts of all slots, each [C × 8]. */
export function writeContacts(slots: readonly Float32Array[], into: Float32Array): void {
  let offset = 0;
  for (const rows of slots) {
    into[offset] = rows.length / CONTACT_SIZE;
    into.set(rows, offset + 1);
    offset += 1 + rows.length;
  }
}

/**
 * Reads the contacts of a number of slots, which fill the array.
 *
 * @returns [C × 8] for each slot, as views
 * @throws InputError if a count, a body or the length is wrong, or a number is not finite
 */
export function readContacts(numbers: Float32Array, slots: number, sizes: ArmSizes): Float32Array[] {
  const bodies = bodyCount(sizes);
  let offset = 0;
  const contacts = Array.from({ length: slots }, (_, slot) => {
    const where = `frame contacts of slot ${slot}`;
    const count = numbers[offset] ?? Number.NaN;
    if (!(Number.isInteger(count) && count >= 0 && count <= MAX_CONTACTS)) {
      throw refuse(where, `0 to ${MAX_CONTACTS}`, count);
    }
    const rows = numbers.subarray(offset + 1, offset + 1 + count * CONTACT_SIZE);
    offset += 1 + count * CONTACT_SIZE;
    if (!rows.every(Number.isFinite)) throw refuse(where, "finite numbers", unquoted("others"));
    for (let row = 0; row < rows.length; row += CONTACT_SIZE) {
      const [first = Number.NaN, second = Number.NaN] = rows.subarray(row, row + 2);
      const areBodies = Number.isInteger(first) && Number.isInteger(second);
      if (!(areBodies && first >= -1 && first <= second && second < bodies)) {
        throw refuse(`${where} bodies`, `two indices below ${bodies}, or −1`, [first, second]);
      }
    }
    return rows;
  });
  if (offset !== numbers.length) throw refuse("frame contacts", `${offset} numbers`, numbers.length);
  return contacts;
}
