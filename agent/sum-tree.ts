/**
 * @file Weights at numbered places, drawn from in proportion: a complete binary tree of sums.
 *
 * As in prioritised replay (Schaul et al. 2016, arXiv:1511.05952, appendix B.2.1). Every sum is that of
 * its two children, so the tree is a function of the weights alone, whatever order they were set in.
 */

import { internal } from "../shared/errors.ts";

export class SumTree {
  readonly #leaves: number;
  readonly #sums: Float64Array;

  /** A tree of `size` weights, all 0. */
  constructor(size: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, size)));
    this.#sums = new Float64Array(2 * this.#leaves);
  }

  /** The sum of all weights. */
  get total(): number {
    return this.#sums[1]!;
  }

  weight(place: number): number {
    return this.#sums[this.#leaves + place]!;
  }

  set(place: number, weight: number): void {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) throw internal(`SumTree: weight ${weight}`);
    const sums = this.#sums;
    let node = this.#leaves + place;
    sums[node] = weight;
    for (node >>= 1; node >= 1; node >>= 1) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
  }

  /** The place at which the running sum of weights passes share · total, for a share in [0, 1). */
  find(share: number): number {
    const sums = this.#sums;
    let rest = share * this.total;
    let node = 1;
    while (node < this.#leaves) {
      const left = sums[2 * node]!;
      // A right half of weight 0 is never entered, though rounding may say so.
      if (rest < left || sums[2 * node + 1]! === 0) node = 2 * node;
      else {
        rest -= left;
        node = 2 * node + 1;
      }
    }
    return node - this.#leaves;
  }

  /** All weights of the first `count` places; a copy. */
  weights(count: number): Float64Array {
    return this.#sums.slice(this.#leaves, this.#leaves + count);
  }
}
