/** @file Schemas of the values that saved states consist of. */

import { z } from "zod";

export const Float32Values = instanceOf<Float32Array>(Float32Array);
export const Float64Values = instanceOf<Float64Array>(Float64Array);
export const Int32Values = instanceOf<Int32Array>(Int32Array);
export const Uint8Values = instanceOf<Uint8Array>(Uint8Array);

export const Count = z.int().nonnegative();

const Word = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);

/** The state that `Rng.getState` returns. */
export const SavedRng = z.strictObject({ key: Word, words: z.tuple([Word, Word, Word, Word]).readonly() });

function instanceOf<T>(array: new (length: number) => T) {
  return z.custom<T>((value) => value instanceof array, `expected ${array.name}`);
}
