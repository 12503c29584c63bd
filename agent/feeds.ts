/**
 * @file The feeds: inputs of the graph that are filled before every run.
 *
 * Each feed is declared together with the function that fills it. The order of declaration is the order of
 * filling, and so the order of random draws.
 */

import { internal } from "../shared/errors.ts";
import type { Rng } from "../shared/rng.ts";
import type { NetworkSizes } from "./architecture.ts";
import type { Batch } from "./batch.ts";
import { elementCount, type InputNode } from "./graph/node.ts";
import { input } from "./graph/ops.ts";
import type { Program } from "./graph/program.ts";
import { linearDecay } from "./linear-decay.ts";
import { type InputNormalizers, writeInputs } from "./network-inputs.ts";
import type { UpdateConfig } from "./update-config.ts";

/** Added to the target values of critics outside the drawn subset, so that the minimum ignores them. */
export const EXCLUDED_CRITIC = 1e6;

/** The sources that feeds are filled from. */
export interface FeedContext {
  /** May have more rows than the feeds; the first rows are used. */
  readonly batch: Batch;
  readonly normalizers: InputNormalizers;
  /** Factor on rewards where returns are normalised. */
  readonly returnScale: number;
  /** Updates before this one. */
  readonly updates: number;
  readonly rng: Rng;
}

export interface Feed extends InputNode {
  readonly fill: (array: Float32Array, context: FeedContext) => void;
}

/** A program, and those of its feeds that are filled from a batch. */
export interface BatchProgram {
  readonly program: Program;
  readonly feeds: readonly Feed[];
}

/** B = batchSize; a feed is undefined where the setting that needs it is off. */
export interface UpdateFeeds {
  /** [B, inputs] network inputs for the states. */
  readonly inputs: Feed;
  /** [B, inputs] network inputs for the next states. */
  readonly nextInputs: Feed;
  /** [B, actions] */
  readonly actions: Feed;
  /** [B, 1] */
  readonly rewards: Feed;
  /** [B, 1] 0 where the task terminated, else γⁿ⁻¹ for n summed rewards. */
  readonly continues: Feed;
  /** [B, actions] standard normal, for target policy smoothing. */
  readonly smoothingNoise: Feed | undefined;
  /** [1, critics] 0 for the critics drawn for the target, EXCLUDED_CRITIC for the others. */
  readonly criticMask: Feed | undefined;
  /** [1] factor on rewards, for normalised returns. */
  readonly returnScale: Feed | undefined;
  /** [1] factor on both learning rates, for falling ones. */
  readonly learningRateScale: Feed | undefined;
  /** [B, 1] importance of each row, for prioritised replay. */
  readonly importanceWeights: Feed | undefined;
  /** [B, 1] 1 over the number of demonstrated rows for each of them, 0 for the others; for behaviour cloning. */
  readonly cloningWeights: Feed | undefined;
}

/** Declares the feeds that a configuration needs. */
export function updateFeeds(config: UpdateConfig, { inputs, actions }: NetworkSizes): UpdateFeeds {
  const { batchSize, critics, learningRateDecay } = config;
  const when = (isNeeded: boolean, declared: Feed) => (isNeeded ? declared : undefined);
  return {
    inputs: feed("inputs", [batchSize, inputs], (array, { batch, normalizers }) =>
      writeInputs(normalizers, batch.observations, batch.goals, batchSize, array, inputs),
    ),
    nextInputs: feed("nextInputs", [batchSize, inputs], (array, { batch, normalizers }) =>
      writeInputs(normalizers, batch.nextObservations, batch.goals, batchSize, array, inputs),
    ),
    actions: feed("actions", [batchSize, actions], (array, { batch }) => copy(batch.actions, array)),
    rewards: feed("rewards", [batchSize, 1], (array, { batch }) => copy(batch.rewards, array)),
    continues: feed("continues", [batchSize, 1], (array, { batch }) => copy(batch.continues, array)),
    smoothingNoise: when(
      config.targetSmoothing.scale > 0,
      feed("smoothingNoise", [batchSize, actions], (array, { rng }) => {
        for (let i = 0; i < array.length; i++) array[i] = rng.normal();
      }),
    ),
    criticMask: when(
      critics.targetMin < critics.count,
      feed("criticMask", [1, critics.count], (array, { rng }) => drawCritics(array, critics.targetMin, rng)),
    ),
    returnScale: when(
      config.normalizeReturns,
      feed("returnScale", [1], (array, { returnScale }) => array.fill(returnScale)),
    ),
    learningRateScale: when(
      learningRateDecay.updates > 0,
      feed("learningRateScale", [1], (array, { updates }) => {
        array.fill(linearDecay(learningRateDecay.to, learningRateDecay.updates, updates));
      }),
    ),
    importanceWeights: when(
      config.replay.kind === "prioritized",
      feed("importanceWeights", [batchSize, 1], (array, { batch }) => copy(batch.weights, array)),
    ),
    cloningWeights: when(
      config.demos.bcWeight > 0,
      feed("cloningWeights", [batchSize, 1], (array, { batch }) => {
        copy(batch.demonstrated, array);
        const rows = array.reduce((sum, x) => sum + x, 0);
        for (let i = 0; i < array.length; i++) array[i]! /= Math.max(rows, 1);
      }),
    ),
  };
}

/** The feeds that are declared, in order. */
export function declaredFeeds(feeds: Partial<UpdateFeeds>): Feed[] {
  return Object.values(feeds).filter((each) => each !== undefined);
}

/** One array per feed, refilled before each run. */
export class FeedArrays {
  readonly #feeds: readonly Feed[];
  readonly #arrays: Readonly<Record<string, Float32Array>>;

  constructor(feeds: readonly Feed[]) {
    this.#feeds = feeds;
    this.#arrays = Object.fromEntries(
      feeds.map(({ name, shape }) => [name, new Float32Array(elementCount(shape))]),
    );
  }

  /** Fills every feed; returns the arrays by feed name, valid until the next call. */
  fill(context: FeedContext): Readonly<Record<string, Float32Array>> {
    for (const { name, fill } of this.#feeds) fill(this.#arrays[name]!, context);
    return this.#arrays;
  }
}

function feed(name: string, shape: readonly number[], fill: Feed["fill"]): Feed {
  return { ...input(name, shape), fill };
}

function copy(from: Float32Array, into: Float32Array): void {
  if (from.length < into.length)
    throw internal(`feeds: expected a batch of at least ${into.length} numbers, got ${from.length}`);
  into.set(from.length === into.length ? from : from.subarray(0, into.length));
}

/** Draws a subset of critics without replacement. */
function drawCritics(mask: Float32Array, count: number, rng: Rng): void {
  mask.fill(EXCLUDED_CRITIC);
  for (let drawn = 0; drawn < count; ) {
    const critic = rng.integer(mask.length);
    if (mask[critic] === 0) continue;
    mask[critic] = 0;
    drawn += 1;
  }
}
