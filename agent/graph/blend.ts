/** @file Slow copies of a network's weights, as part of the graph. */

import type { InputNode, Node } from "./node.ts";
import { add, mul, type Operand, sub } from "./ops.ts";
import type { Carried } from "./program.ts";

/**
 * target ← target + τ (online − target), which is τ online + (1 − τ) target with one pass less.
 *
 * @param target a carried vector
 * @param online the weights to follow, in its shape; those after this run's step, as DDPG's pseudocode has it
 * @param tau    share of the online weights blended in, (0, 1]; 1 copies them up to rounding
 */
export function polyakUpdate(target: InputNode, online: Node, tau: Operand): Carried {
  return { name: target.name, current: target, next: add(target, mul(sub(online, target), tau)) };
}
