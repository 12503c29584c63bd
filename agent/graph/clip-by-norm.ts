/** @file Gradient clipping as part of the graph. */

import type { Node } from "./node.ts";
import { add, div, min, mul, sqrt, square, sum } from "./ops.ts";

/** Keeps the division finite where a gradient is 0. */
const TINY = 1e-12;

/** ‖x‖₂ over all numbers of a node, a scalar. */
export function globalNorm(x: Node): Node {
  return sqrt(sum(square(x)));
}

/**
 * g · min(1, limit/‖g‖): a gradient no longer than the limit, in its own direction.
 *
 * Clipping by global norm (Pascanu et al. 2013, arXiv:1211.5063), over one network's flat vector.
 */
export function clipByGlobalNorm(gradient: Node, limit: number): Node {
  return mul(gradient, min(div(limit, add(globalNorm(gradient), TINY)), 1));
}
