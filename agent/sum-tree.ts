/**
 * @file Sampling of indices in proportion to weights, by a complete binary tree of sums.
 *
 * As in prioritised experience replay (Schaul et al. 2016, arXiv:1511.05952, appendix B.2.1). Each sum is
 * computed from its two children, so the tree does not depend on the order in which weights were set.
 */

import { internal } from "../shared/errors.ts";

export class SumTree {
  readonly #leaves: number;
  readonly #sums: Float64Array;

  /** @param size number of weights, all 0 */
  constructor(size: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, size)));
    this.#sums = new Float64Array(2 * this.#leaves);
  }

  /** The sum of all weights. */
  get total(): number {
    return this.#sums[1]!;
  }

  weight(index: number): number {
    return this.#sums[this.#leaves + index]!;
  }

  set(index: number, weight: number): void {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) throw internal(`SumTree: weight ${weight}`);
    const sums = this.#sums;
    let node = this.#leaves + index;
    sums[node] = weight;
    for (node >>= 1; node >= 1; node >>= 1) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
  }

  /** The index at which the cumulative weight exceeds `fraction` · total, for a fraction in [0, 1). */
  find(fraction: number): number {
    const sums = this.#sums;
    let rest = fraction * this.total;
    let node = 1;
    while (node < this.#leaves) {
      const left = sums[2 * node]!;
      // Rounding can leave rest ≥ left where the right subtree has weight 0.
      if (rest < left || sums[2 * node + 1]! === 0) node = 2 * node;
      else {
        rest -= left;
        node = 2 * node + 1;
      }
    }
    return node - this.#leaves;
  }

  /** A copy of the first `count` weights. */
  weights(count: number): Float64Array {
    return this.#sums.slice(this.#leaves, this.#leaves + count);
  }
}
