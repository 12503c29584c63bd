/** @file Batch normalisation and batch renormalisation, whose running moments are part of a network's flat vector. */

import type { MlpLayout } from "./mlp-layout.ts";
import type { Node } from "./node.ts";
import {
  add,
  clip,
  concat,
  div,
  filled,
  mean,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
} from "./ops.ts";

/** Added to the variance, as in layer norm. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Bounds of renormalisation's corrections r and d: Ioffe 2017, and CrossQ. */
const MAX_RATIO = 3;
const MAX_SHIFT = 5;

/**
 * The moments that normalise a layer: `running` for acting, `batch`, or `renorm`: the batch's, corrected
 * towards the running ones.
 */
export type BatchStatistics = "running" | "batch" | "renorm";

/** A layer's parameters, each [N]. */
export interface BatchNormParts {
  readonly gain: Node;
  readonly shift: Node;
  readonly mean: Node;
  readonly variance: Node;
}

/** Moments of a batch before normalisation, each [N]. */
export interface BatchMoments {
  readonly mean: Node;
  readonly variance: Node;
}

/**
 * Each column normalised to mean 0 and standard deviation 1, then times `gain` plus `shift`.
 *
 * Batch normalisation (Ioffe & Szegedy 2015, arXiv:1502.03167) with the biased variance; batch
 * renormalisation (Ioffe 2017, arXiv:1702.03275) with 1/3 ≤ r ≤ 3 and |d| ≤ 5 from the first update.
 *
 * @param x [B, N]
 * @returns moments: undefined for running statistics
 */
export function batchNorm(
  x: Node,
  parts: BatchNormParts,
  statistics: BatchStatistics,
): { readonly output: Node; readonly moments: BatchMoments | undefined } {
  const affine = (normalized: Node) => add(mul(normalized, parts.gain), parts.shift);
  const stdOf = (variance: Node) => sqrt(add(variance, BATCH_NORM_EPSILON));
  const runningStd = stdOf(parts.variance);
  if (statistics === "running") {
    return { output: affine(div(sub(x, parts.mean), runningStd)), moments: undefined };
  }
  const batchMean = mean(x, { axis: 0 });
  const centred = sub(x, batchMean);
  const variance = mean(square(centred), { axis: 0 });
  const batchStd = stdOf(variance);
  const normalized = div(centred, batchStd);
  const moments = { mean: batchMean, variance };
  if (statistics === "batch") return { output: affine(normalized), moments };
  const ratio = clip(div(batchStd, runningStd), 1 / MAX_RATIO, MAX_RATIO);
  const shift = clip(div(sub(batchMean, parts.mean), runningStd), -MAX_SHIFT, MAX_SHIFT);
  return { output: affine(add(mul(normalized, stopGradient(ratio)), stopGradient(shift))), moments };
}

/**
 * A flat vector after the optimiser's step, with the running moments moved towards the batch's.
 *
 * The optimiser leaves running moments unchanged, because their gradient is 0.
 *
 * @param next    the vector after the optimiser's step
 * @param network the vector before the step, and the layouts of the networks in it, in order
 * @param moments per network and hidden layer; if all are empty, `next` is returned unchanged
 * @param rate    share of the batch's moments blended in
 */
export function updateRunningMoments(
  next: Node,
  { weights, layouts }: { readonly weights: Node; readonly layouts: readonly MlpLayout[] },
  moments: readonly (readonly BatchMoments[])[],
  rate: number,
): Node {
  if (moments.every((layers) => layers.length === 0)) return next;
  const changes = layouts.flatMap(({ parts }, network) =>
    parts.map(({ name, offset, size }) => {
      const [layer, kind] = name.split(".");
      const batch = moments[network]?.[Number(layer)];
      if (batch === undefined || (kind !== "mean" && kind !== "variance")) return filled(0, [size]);
      const running = slice(weights, 0, offset, offset + size);
      return mul(sub(reshape(stopGradient(batch[kind]), [size]), running), rate);
    }),
  );
  return add(next, concat(changes, 0));
}
