/**
 * @file The random number generator that all of this project uses: seeded, forked by label, its state can be saved.
 *
 * xoshiro128** 1.1 (Blackman & Vigna 2018, arXiv:1805.01407), seeded with splitmix32. `uniform` uses integer
 * arithmetic and gives the same numbers on every platform; `normal` uses Math.log, whose last bit may differ between
 * JavaScript engines.
 */

import { internal, refuse } from "./errors.ts";

/** The complete state of a generator, as JSON data. */
export interface RngState {
  /** Determines the forks; does not change as numbers are drawn. */
  readonly key: number;
  /** The four 32-bit words of xoshiro128**. */
  readonly words: readonly [number, number, number, number];
}

export class Rng {
  #key: number;
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  private constructor(key: number) {
    this.#key = key;
    let x = key;
    const next = () => {
      x = (x + 0x9e3779b9) | 0;
      let z = x;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
  }

  /** Returns a generator for a seed in [0, 2⁵³ − 1]. Throws InputError for any other. */
  static fromSeed(seed: number): Rng {
    if (!Number.isSafeInteger(seed) || seed < 0) throw refuse("seed", "an integer ≥ 0", seed);
    const high = Math.floor(seed / 2 ** 32);
    return new Rng(mix(mix(0x5ead, seed >>> 0), high));
  }

  /** Returns a generator that continues from a saved state. */
  static fromState(state: RngState): Rng {
    const rng = new Rng(state.key);
    rng.setState(state);
    return rng;
  }

  /** Returns an independent generator that depends on this one's seed and the label, not on the numbers drawn so far. */
  fork(label: string): Rng {
    let key = this.#key;
    for (let i = 0; i < label.length; i++) key = mix(key, label.charCodeAt(i));
    return new Rng(mix(key, label.length));
  }

  /** Returns 32 random bits as an integer in [0, 2³²). */
  bits(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Returns a number in [0, 1), a multiple of 2⁻³². */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** Returns a number in [low, high). */
  uniformIn(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Returns an integer in [0, n), uniformly; n ≤ 2³². */
  integer(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= 2 ** 32)) throw internal(`Rng.integer: n = ${n}`);
    // Rejects the remainder, which would make small integers more likely.
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const bits = this.bits();
      if (bits < limit) return bits % n;
    }
  }

  /** Returns a number from the standard normal distribution (Marsaglia's polar method, one number of each pair). */
  normal(): number {
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }

  /** Returns a copy of the state. */
  getState(): RngState {
    return { key: this.#key, words: [this.#a, this.#b, this.#c, this.#d] };
  }

  /** Restores a saved state. Throws InputError if it is invalid. */
  setState(state: RngState): void {
    const numbers = [state.key, ...state.words];
    if (numbers.length !== 5 || !numbers.every((x) => Number.isInteger(x) && x === (x | 0))) {
      throw refuse("Rng state", "a key and four 32-bit words", numbers);
    }
    if (state.words.every((word) => word === 0)) throw refuse("Rng state", "a word that is not 0", numbers);
    this.#key = state.key;
    [this.#a, this.#b, this.#c, this.#d] = state.words;
  }
}

/** One round of MurmurHash3 over two 32-bit words. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word | 0, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  return h ^ (h >>> 13);
}
