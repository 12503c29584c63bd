/** @file The pairs of bodies that touch, with the force between them. */

import { CONTACT_SIZE } from "../../../shared/protocol-contact.ts";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";

/** A pair of bodies that touch. */
export interface ContactPair {
  readonly first: string;
  readonly second: string;
  /** Number of contact points. */
  readonly points: number;
  /** Sum of the normal forces on the second body, N. */
  readonly newtons: number;
}

/** The bodies of a scene, by index; the scene's own messages fit. */
interface NamedBodies extends Pick<SceneMessage, "table"> {
  readonly links: readonly { readonly name: string }[];
  readonly fingers: readonly { readonly name: string }[];
  readonly objects: readonly { readonly name: string }[];
}

/**
 * Returns the pairs of bodies that touch, the strongest first.
 *
 * @param rows [C × 8], see protocol-contact.ts
 */
export function contactPairs(rows: Float32Array, scene: NamedBodies): ContactPair[] {
  const { links, fingers, objects } = scene;
  const names = [...links, ...fingers, ...objects].map(({ name }) => name);
  const sums = new Map<string, { first: number; second: number; points: number; force: number[] }>();
  for (let row = 0; row < rows.length; row += CONTACT_SIZE) {
    const [first = -1, second = -1, , , , ...force] = rows.subarray(row, row + CONTACT_SIZE);
    const key = `${first} ${second}`;
    const sum = sums.get(key) ?? { first, second, points: 0, force: [0, 0, 0] };
    sums.set(key, {
      ...sum,
      points: sum.points + 1,
      force: sum.force.map((each, axis) => each + (force[axis] ?? 0)),
    });
  }
  // Table, floor and base are one body.
  const fixed = scene.table === null ? "ground" : "table or floor";
  return [...sums.values()]
    .map(({ first, second, points, force }) => ({
      first: names[first] ?? fixed,
      second: names[second] ?? fixed,
      points,
      newtons: Math.hypot(...force),
    }))
    .sort((a, b) => b.newtons - a.newtons);
}
