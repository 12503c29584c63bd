/**
 * @file The only source of randomness: seeded, forked by label, its state can be saved.
 *
 * xoshiro128** 1.1 (Blackman & Vigna 2018, arXiv:1805.01407), seeded with splitmix32. Integer
 * arithmetic only up to `uniform`, so the stream is the same on every platform; `normal` uses
 * Math.log and Math.sqrt, whose last bit may differ between engines.
 */

import { internal, refuse } from "./errors.ts";

/** All that a stream is; plain data, so that it can be written to JSON. */
export interface RngState {
  /** What forks are derived from: fixed for a stream, however much has been drawn from it. */
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

  /** A stream from a whole number 0 ≤ seed ≤ 2⁵³ − 1. */
  static fromSeed(seed: number): Rng {
    if (!Number.isSafeInteger(seed) || seed < 0) throw refuse("seed", "a whole number ≥ 0", seed);
    const high = Math.floor(seed / 2 ** 32);
    return new Rng(mix(mix(0x5ead, seed >>> 0), high));
  }

  /** A stream that goes on where the saved one was. */
  static fromState(state: RngState): Rng {
    const rng = new Rng(state.key);
    rng.setState(state);
    return rng;
  }

  /** An independent stream: a function of this stream's seed and the label, not of what was drawn so far. */
  fork(label: string): Rng {
    let key = this.#key;
    for (let i = 0; i < label.length; i++) key = mix(key, label.charCodeAt(i));
    return new Rng(mix(key, label.length));
  }

  /** 32 random bits as a whole number in [0, 2³²). */
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

  /** A number in [0, 1), a multiple of 2⁻³². */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** A number in [low, high). */
  uniformIn(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number in [0, n), each equally likely; n ≤ 2³². */
  integer(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= 2 ** 32)) throw internal(`Rng.integer: n = ${n}`);
    const fair = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const bits = this.bits();
      if (bits < fair) return bits % n;
    }
  }

  /** A number from the standard normal distribution (Marsaglia's polar method, one of the pair). */
  normal(): number {
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }

  /** A copy of all that this stream is. */
  getState(): RngState {
    return { key: this.#key, words: [this.#a, this.#b, this.#c, this.#d] };
  }

  /** Puts this stream where the saved one was. Throws InputError if the state could not be one. */
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
