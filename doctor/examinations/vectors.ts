/** @file Euclidean geometry of weight vectors and gradients of any length. */

export type Vector = Float32Array | Float64Array;

export function product(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export const norm = (a: Vector): number => Math.sqrt(product(a, a));

export const difference = (a: Vector, b: Vector): Float64Array => Float64Array.from(a, (x, i) => x - b[i]!);

/** Cosine of the angle between two vectors, exactly 1 for equal ones; 0 if one of them is 0. */
export function cosine(a: Vector, b: Vector): number {
  const squares = product(a, a) * product(b, b);
  return squares === 0 ? 0 : product(a, b) / Math.sqrt(squares);
}
