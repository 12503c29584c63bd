/** @file Miniature of the noisy-critic case: an actor driven by pure noise, and averaging of noisy slopes. */

import type { Engine } from "../../agent/engine/engine.ts";
import { Rng } from "../../shared/rng.ts";
import { mean } from "../../shared/statistics.ts";
import {
  buildMiniature,
  DEFAULT_BOUND,
  drawObservation,
  drawWeights,
  LAYOUT,
  miniatureConfig,
  type OptimiserConfig,
  resetTraining,
  trainingProgram,
} from "./miniature-actor.ts";

const SEEDS = 12;

/** Updates of a walk. */
export const UPDATES = 300;

/** Updates excluded from the fit of the exponent: Adam's first steps all have the same direction. */
const FIT_START = 20;

/** Standard deviation of the critic's slope. */
const NOISE = 100;

/** Multipliers of the noise. */
const FACTORS = [0.01, 1, 100];

/** Maximum gradient norm, far below the norms that the noise causes. */
const CLIP = 1;

const ADAM: OptimiserConfig = { optimiser: "adam", learningRate: 1e-3 };
const SGD: OptimiserConfig = { optimiser: "sgd", learningRate: 1e-5 };

/** An actor driven by pure noise; averages over seeds. */
export interface Walk {
  readonly name: string;
  readonly factor: number;
  /** Root mean square over seeds of ‖θ − θ₀‖ after each update. */
  readonly distance: readonly number[];
  /** x of distance ∝ updatesˣ: 0.5 for a random walk, 1 for a straight line. */
  readonly exponent: number;
  /** Share of updates at which the loss changes sign. */
  readonly signChanges: number;
  /** Share of updates at a positive loss after which the same slope values the action more. */
  readonly improvedAtPositiveLoss: number;
}

/** The actor's error by the number of noisy slopes that are averaged. */
export interface Averaging {
  readonly name: string;
  readonly points: readonly { readonly count: number; readonly error: number }[];
  /** x of error ∝ countˣ. */
  readonly exponent: number;
}

export interface VarianceMiniature {
  readonly walks: readonly Walk[];
  /** Maximum relative difference of Adam's final distances for scaled noise from that for unscaled noise. */
  readonly adamSpread: number;
  readonly averaging: readonly Averaging[];
}

export async function measureVariance(engine: Engine): Promise<VarianceMiniature> {
  const walks: Walk[] = [];
  for (const factor of FACTORS) walks.push(await measureWalk(engine, "Adam", ADAM, factor));
  for (const factor of FACTORS) walks.push(await measureWalk(engine, "SGD", SGD, factor));
  walks.push(await measureWalk(engine, `Adam, clipped to ${CLIP}`, { ...ADAM, clip: CLIP }, 1));
  walks.push(await measureWalk(engine, `SGD, clipped to ${CLIP}`, { ...SGD, clip: CLIP }, 1));
  const adamDistances = walks
    .filter(({ name }) => name === "Adam")
    .map(({ distance }) => distance.at(-1) ?? Number.NaN);
  const unscaled = adamDistances[FACTORS.indexOf(1)] ?? Number.NaN;
  const adamSpread = Math.max(...adamDistances.map((distance) => Math.abs(distance - unscaled) / unscaled));
  return { walks, adamSpread, averaging: await measureAveraging(engine) };
}

async function measureWalk(
  engine: Engine,
  name: string,
  optimiser: OptimiserConfig,
  factor: number,
): Promise<Walk> {
  const program = trainingProgram(buildMiniature(miniatureConfig(), false), optimiser);
  const compiled = await engine.compile(program);
  const meanSquares = new Float64Array(UPDATES);
  let [signChanges, positive, improved] = [0, 0, 0];
  for (let seed = 0; seed < SEEDS; seed++) {
    const rng = Rng.fromSeed(seed);
    const observation = drawObservation(rng.fork("observation"));
    const initial = drawWeights(rng.fork("weights"), DEFAULT_BOUND);
    resetTraining(compiled, program, initial);
    const noise = rng.fork("noise");
    let previous = { loss: Number.NaN, action: Number.NaN, slope: Number.NaN };
    for (let update = 0; update < UPDATES; update++) {
      const slope = NOISE * factor * noise.normal();
      await compiled.run({ observation, slope: Float32Array.of(slope) });
      const [loss, action] = [compiled.output("loss")[0]!, compiled.output("action")[0]!];
      if (update > 0 && loss * previous.loss < 0) signChanges += 1;
      if (previous.loss > 0) {
        positive += 1;
        if ((action - previous.action) * previous.slope > 0) improved += 1;
      }
      previous = { loss, action, slope };
      meanSquares[update]! += squaredDistance(compiled.state("actor"), initial) / SEEDS;
    }
  }
  compiled.dispose();
  const distance = Array.from(meanSquares, Math.sqrt);
  return {
    name,
    factor,
    distance,
    exponent: slopeOfLogs(distance.map((y, i) => [i + 1, y] as const).slice(FIT_START)),
    signChanges: signChanges / (SEEDS * (UPDATES - 1)),
    improvedAtPositiveLoss: improved / positive,
  };
}

const COUNTS = [1, 8, 64];

/** The critic is −(a − 0.5)²/2; its slope, 0.5 − a, has noise of this standard deviation. */
const BEST_ACTION = 0.5;
const SLOPE_NOISE = 5;

/** Correlation between the errors of critics trained on the same data. */
const CORRELATION = 0.5;

/** Updates before the error is measured. */
const SETTLING_UPDATES = 200;

const AVERAGING_SEEDS = 6;

async function measureAveraging(engine: Engine): Promise<Averaging[]> {
  const sgd: OptimiserConfig = { optimiser: "sgd", learningRate: 1e-2 };
  return [
    await measureErrors(engine, "Adam, independent", ADAM, 0),
    await measureErrors(engine, `Adam, correlation ${CORRELATION}`, ADAM, CORRELATION),
    await measureErrors(engine, "SGD, independent", sgd, 0),
  ];
}

async function measureErrors(
  engine: Engine,
  name: string,
  optimiser: OptimiserConfig,
  correlation: number,
): Promise<Averaging> {
  const program = trainingProgram(buildMiniature(miniatureConfig(), false), optimiser);
  const compiled = await engine.compile(program);
  const points: { count: number; error: number }[] = [];
  for (const count of COUNTS) {
    const squares: number[] = [];
    for (let seed = 0; seed < AVERAGING_SEEDS; seed++) {
      const rng = Rng.fromSeed(seed);
      const observation = drawObservation(rng.fork("observation"));
      resetTraining(compiled, program, drawWeights(rng.fork("weights"), DEFAULT_BOUND));
      const noise = rng.fork("noise");
      let action = 0;
      for (let update = 0; update < SETTLING_UPDATES + UPDATES; update++) {
        const common = Math.sqrt(correlation) * noise.normal();
        const averaged = Math.sqrt((1 - correlation) / count) * noise.normal();
        const slope = BEST_ACTION - action + SLOPE_NOISE * (common + averaged);
        await compiled.run({ observation, slope: Float32Array.of(slope) });
        action = compiled.output("action")[0]!;
        if (update >= SETTLING_UPDATES) squares.push((action - BEST_ACTION) ** 2);
      }
    }
    points.push({ count, error: Math.sqrt(mean(squares)) });
  }
  compiled.dispose();
  return { name, points, exponent: slopeOfLogs(points.map(({ count, error }) => [count, error] as const)) };
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < LAYOUT.size; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** The exponent e of y ∝ xᵉ, by least squares on the logarithms. */
export function slopeOfLogs(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const [meanX, meanY] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return covariance / variance;
}
