/** @file Polyak averaging of target networks, as graph operations. */

import type { InputNode, Node } from "./node.ts";
import { add, mul, type Operand, sub } from "./ops.ts";
import type { StateUpdate } from "./program.ts";

/**
 * target ← target + τ (online − target): one pass less than τ online + (1 − τ) target.
 *
 * @param online weights after the optimiser's step, as in DDPG's pseudocode; in the target's shape
 * @param tau    share of the online weights blended in, (0, 1]
 */
export function polyakUpdate(target: InputNode, online: Node, tau: Operand): StateUpdate {
  return { current: target, next: add(target, mul(sub(online, target), tau)) };
}
