/**
 * @file Part of the noisy-critic miniature: an actor that has a best action, and critics whose slopes are noisy.
 *
 * The critic is −(a − 0.5)²/2, so the slope is 0.5 − a plus noise. The error is the root mean square of a − 0.5.
 */

import type { Engine } from "../../agent/engine/engine.ts";
import { Rng } from "../../shared/rng.ts";
import { mean } from "../../shared/statistics.ts";
import {
  buildMiniature,
  DEFAULT_BOUND,
  drawObservation,
  drawWeights,
  miniatureConfig,
  type OptimiserConfig,
  resetTraining,
  trainingProgram,
} from "./miniature-actor.ts";
import { slopeOfLogs } from "./power-law.ts";

const BEST_ACTION = 0.5;

/** Updates before the error is measured, and those over which it is. */
const SETTLING_UPDATES = 200;
const MEASURED_UPDATES = 300;

const ADAM: OptimiserConfig = { optimiser: "adam", learningRate: 1e-3 };
const SGD: OptimiserConfig = { optimiser: "sgd", learningRate: 1e-2 };

/** The actor's error by the number of noisy slopes that are averaged. */
export interface Averaging {
  readonly name: string;
  readonly points: readonly { readonly count: number; readonly error: number }[];
  /** x of error ∝ countˣ. */
  readonly exponent: number;
}

/** The actor's error under noise of one standard deviation. */
export interface ScaleError {
  readonly optimiser: "Adam" | "SGD";
  readonly noise: number;
  readonly error: number;
}

/** The actor's error where some slopes are outliers. */
export interface OutlierError {
  readonly optimiser: "Adam" | "SGD";
  readonly clipped: boolean;
  readonly error: number;
}

const COUNTS = [1, 8, 64];

/** Standard deviation of a single slope's noise where slopes are averaged. */
const AVERAGED_NOISE = 5;

/** Correlation between the errors of critics trained on the same data. */
const CORRELATION = 0.5;

export async function measureAveraging(engine: Engine, seeds: number): Promise<Averaging[]> {
  const measure = async (name: string, optimiser: OptimiserConfig, correlation: number) => {
    const points: { count: number; error: number }[] = [];
    for (const count of COUNTS) {
      const error = await measureError(engine, optimiser, seeds, (rng) => {
        const common = Math.sqrt(correlation) * rng.normal();
        const averaged = Math.sqrt((1 - correlation) / count) * rng.normal();
        return AVERAGED_NOISE * (common + averaged);
      });
      points.push({ count, error });
    }
    const exponent = slopeOfLogs(points.map(({ count, error }) => [count, error] as const));
    return { name, points, exponent };
  };
  return [
    await measure("Adam, independent", ADAM, 0),
    await measure(`Adam, correlation ${CORRELATION}`, ADAM, CORRELATION),
    await measure("SGD, independent", SGD, 0),
  ];
}

/** Standard deviations of the noise: below, at and above the signal's size. */
const NOISES = [0.1, 1, 10];

export async function measureScales(engine: Engine, seeds: number): Promise<ScaleError[]> {
  const errors: ScaleError[] = [];
  for (const [name, optimiser] of [["Adam", ADAM] as const, ["SGD", SGD] as const])
    for (const noise of NOISES) {
      const error = await measureError(engine, optimiser, seeds, (rng) => noise * rng.normal());
      errors.push({ optimiser: name, noise, error });
    }
  return errors;
}

/** Standard deviation of the ordinary noise, share and size of outliers. */
export const OUTLIERS = { noise: 0.3, probability: 0.01, factor: 300 };

/** Maximum gradient norm: ordinary gradients have norms of about 1. */
export const OUTLIER_CLIP = 3;

export async function measureOutliers(engine: Engine, seeds: number): Promise<OutlierError[]> {
  const { noise, probability, factor } = OUTLIERS;
  const errors: OutlierError[] = [];
  for (const [name, optimiser] of [["Adam", ADAM] as const, ["SGD", SGD] as const])
    for (const clipped of [false, true]) {
      const settings = clipped ? { ...optimiser, clip: OUTLIER_CLIP } : optimiser;
      const error = await measureError(
        engine,
        settings,
        seeds,
        (rng) => noise * rng.normal() * (rng.uniform() < probability ? factor : 1),
      );
      errors.push({ optimiser: name, clipped, error });
    }
  return errors;
}

/** Root mean square error of the action over seeds and updates. */
async function measureError(
  engine: Engine,
  optimiser: OptimiserConfig,
  seeds: number,
  drawNoise: (rng: Rng) => number,
): Promise<number> {
  const program = trainingProgram(buildMiniature(miniatureConfig(), false), optimiser);
  const compiled = await engine.compile(program);
  const squares: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const rng = Rng.fromSeed(seed);
    const observation = drawObservation(rng.fork("observation"));
    resetTraining(compiled, program, drawWeights(rng.fork("weights"), DEFAULT_BOUND));
    const noise = rng.fork("noise");
    let action = 0;
    for (let update = 0; update < SETTLING_UPDATES + MEASURED_UPDATES; update++) {
      const slope = BEST_ACTION - action + drawNoise(noise);
      await compiled.run({ observation, slope: Float32Array.of(slope) });
      action = compiled.output("action")[0]!;
      if (update >= SETTLING_UPDATES) squares.push((action - BEST_ACTION) ** 2);
    }
  }
  compiled.dispose();
  return Math.sqrt(mean(squares));
}
