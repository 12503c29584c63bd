/** @file Ridge regression on half of the rows, judged on the other half. */

/** Penalty on squared coefficients of standardised features, per row. */
const RIDGE = 0.01;

/** Bound of standardised numbers: one that hardly varies but in a few rows would outweigh all others. */
const CLIP = 5;

/**
 * Returns the share of the targets' variance on the second half of the rows that a linear function of the features,
 * fitted on the first half, explains; at least 0.
 *
 * Targets that do not vary are left out.
 */
export function explainedVariance(
  features: readonly ArrayLike<number>[],
  targets: readonly ArrayLike<number>[],
): number {
  const half = features.length >> 1;
  const x = clipped(standardized(features, half));
  const y = clipped(standardized(targets, half));
  const columns = x[0]?.length ?? 0;
  const outputs = y[0]?.length ?? 0;
  const gram = Array.from({ length: columns }, () => new Float64Array(columns));
  const right = Array.from({ length: columns }, () => new Float64Array(outputs));
  for (let row = 0; row < half; row++) {
    for (let i = 0; i < columns; i++) {
      const xi = x[row]![i]!;
      if (xi === 0) continue;
      for (let j = 0; j < columns; j++) gram[i]![j]! += xi * x[row]![j]!;
      for (let j = 0; j < outputs; j++) right[i]![j]! += xi * y[row]![j]!;
    }
  }
  for (let i = 0; i < columns; i++) gram[i]![i]! += RIDGE * half;
  solve(gram, right);
  let residual = 0;
  let total = 0;
  for (let row = half; row < x.length; row++) {
    for (let j = 0; j < outputs; j++) {
      let predicted = 0;
      for (let i = 0; i < columns; i++) predicted += x[row]![i]! * right[i]![j]!;
      residual += (y[row]![j]! - predicted) ** 2;
      total += y[row]![j]! ** 2;
    }
  }
  return total > 0 ? Math.max(0, 1 - residual / total) : 0;
}

const clipped = (rows: readonly Float64Array[]) =>
  rows.map((row) => row.map((x) => Math.min(Math.max(x, -CLIP), CLIP)));

/** Returns rows with mean 0 and standard deviation 1 over the first `count` of them; columns that do not vary become 0. */
export function standardized(rows: readonly ArrayLike<number>[], count: number): Float64Array[] {
  const size = rows[0]?.length ?? 0;
  const means = new Float64Array(size);
  const scales = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += rows[row]![i]!;
    means[i] = sum / count;
    let squares = 0;
    for (let row = 0; row < count; row++) squares += (rows[row]![i]! - means[i]!) ** 2;
    scales[i] = squares > 1e-12 * count ? 1 / Math.sqrt(squares / count) : 0;
  }
  return rows.map((row) => Float64Array.from({ length: size }, (_, i) => (row[i]! - means[i]!) * scales[i]!));
}

/** Solves A X = B for a positive definite A by Gauss–Jordan elimination; B becomes X. */
export function solve(a: readonly Float64Array[], b: readonly Float64Array[]): void {
  const size = a.length;
  for (let k = 0; k < size; k++) {
    const pivot = 1 / a[k]![k]!;
    for (let j = 0; j < size; j++) a[k]![j]! *= pivot;
    for (let j = 0; j < b[k]!.length; j++) b[k]![j]! *= pivot;
    for (let i = 0; i < size; i++) {
      const factor = a[i]![k]!;
      if (i === k || factor === 0) continue;
      for (let j = 0; j < size; j++) a[i]![j]! -= factor * a[k]![j]!;
      for (let j = 0; j < b[i]!.length; j++) b[i]![j]! -= factor * b[k]![j]!;
    }
  }
}
