/** @file Batch normalisation and batch renormalisation, whose running moments are part of a network's flat vector. */

import type { MlpLayout } from "./mlp.ts";
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

/** Guards the division by a standard deviation near 0; as in layer norm. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Bounds of renormalisation's two corrections: Ioffe 2017, and CrossQ. */
const LARGEST_RATIO = 3;
const LARGEST_SHIFT = 5;

/**
 * Which moments a layer is normalised by: the `running` ones, as when playing; those of the `batch`; or
 * those of the batch corrected towards the running ones, `renorm`.
 */
export type BatchStatistics = "running" | "batch" | "renorm";

/** A layer's parameters, each [N]. */
export interface BatchNormParts {
  readonly gain: Node;
  readonly shift: Node;
  readonly mean: Node;
  readonly variance: Node;
}

/** What a batch was like before it was normalised, each [N]. */
export interface BatchMoments {
  readonly mean: Node;
  readonly variance: Node;
}

/**
 * Each column shifted and scaled to mean 0 and deviation 1, then times `gain` plus `shift`.
 *
 * Batch normalisation (Ioffe & Szegedy 2015, arXiv:1502.03167) with the biased variance; batch
 * renormalisation (Ioffe 2017, arXiv:1702.03275) with r within 1/3 and 3, |d| ≤ 5, from the first update on.
 *
 * @param x [B, N]
 * @returns moments undefined where the running ones were used
 */
export function batchNorm(
  x: Node,
  parts: BatchNormParts,
  statistics: BatchStatistics,
): { readonly output: Node; readonly moments: BatchMoments | undefined } {
  const finish = (normal: Node) => add(mul(normal, parts.gain), parts.shift);
  const deviationOf = (variance: Node) => sqrt(add(variance, BATCH_NORM_EPSILON));
  const running = deviationOf(parts.variance);
  if (statistics === "running") {
    return { output: finish(div(sub(x, parts.mean), running)), moments: undefined };
  }
  const middle = mean(x, { axis: 0 });
  const centred = sub(x, middle);
  const variance = mean(square(centred), { axis: 0 });
  const deviation = deviationOf(variance);
  const normal = div(centred, deviation);
  const moments = { mean: middle, variance };
  if (statistics === "batch") return { output: finish(normal), moments };
  const ratio = clip(div(deviation, running), 1 / LARGEST_RATIO, LARGEST_RATIO);
  const shift = clip(div(sub(middle, parts.mean), running), -LARGEST_SHIFT, LARGEST_SHIFT);
  return { output: finish(add(mul(normal, stopGradient(ratio)), stopGradient(shift))), moments };
}

/**
 * A network's flat vector after a step, with its running moments moved towards those of the batch.
 *
 * @param next    the vector after the optimiser's step, which leaves running moments alone: their gradient is 0
 * @param current the vector before it
 * @param layouts the networks that are parts of the vector, in its order
 * @param moments of each network, of each hidden layer
 * @param rate    share of the batch's moments blended in
 */
export function followMoments(
  next: Node,
  current: Node,
  layouts: readonly MlpLayout[],
  moments: readonly (readonly BatchMoments[])[],
  rate: number,
): Node {
  const changes = layouts.flatMap(({ parts }, network) =>
    parts.map(({ name, offset, size }) => {
      const [layer, kind] = name.split(".");
      const seen = moments[network]?.[Number(layer)];
      if (seen === undefined || (kind !== "mean" && kind !== "variance")) return filled(0, [size]);
      const now = slice(current, 0, offset, offset + size);
      return mul(sub(reshape(stopGradient(seen[kind]), [size]), now), rate);
    }),
  );
  return add(next, concat(changes, 0));
}
