/** @file Gradient clipping by global norm, as graph operations. */

import type { Node } from "./node.ts";
import { add, div, min, mul, sqrt, square, sum } from "./ops.ts";

/** Keeps the division finite for a gradient of 0. */
const EPSILON = 1e-12;

/** ‖x‖₂ over all elements, a scalar. */
export function globalNorm(x: Node): Node {
  return sqrt(sum(square(x)));
}

/**
 * g · min(1, maxNorm/‖g‖), for one network's flat gradient (Pascanu et al. 2013, arXiv:1211.5063).
 */
export function clipByGlobalNorm(gradient: Node, maxNorm: number): Node {
  return mul(gradient, min(div(maxNorm, add(globalNorm(gradient), EPSILON)), 1));
}
