/** @file Lays out the vectors of a compiled program in one WebAssembly memory. */

import { internal } from "../../shared/errors.ts";

const PAGE_BYTES = 65_536;
const MAX_PAGES = 65_536;

/** Vectors start at multiples of a cache line. */
const ALIGNMENT = 64;

/** Between vectors: matrices whose size is a multiple of 4096 bytes would share few sets of the cache otherwise. */
const GAP = 5 * ALIGNMENT;

/** Reserves addresses first and creates the memory last: growing a memory would detach the views into it. */
export class MemoryLayout {
  #bytes = 0;

  /** Reserves that many float32 numbers; returns their byte address, a multiple of 64. */
  allocate(count: number): number {
    const address = this.#bytes;
    const lines = Math.ceil((Float32Array.BYTES_PER_ELEMENT * count) / ALIGNMENT);
    this.#bytes += ALIGNMENT * lines + GAP;
    return address;
  }

  /** A memory of zeros with room for everything that was reserved. */
  create(): WebAssembly.Memory {
    const pages = Math.max(1, Math.ceil(this.#bytes / PAGE_BYTES));
    if (pages > MAX_PAGES)
      throw internal(`MemoryLayout: expected at most ${MAX_PAGES * PAGE_BYTES} bytes, got ${this.#bytes}`);
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  }
}
