/** @file Miniature of the noisy-critic case: an actor driven by pure noise, and one that has a signal as well. */

import type { Engine } from "../../agent/engine/engine.ts";
import { Rng } from "../../shared/rng.ts";
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
import {
  type Averaging,
  measureAveraging,
  measureOutliers,
  measureScales,
  type OutlierError,
  type ScaleError,
} from "./noisy-signal.ts";
import { slopeOfLogs } from "./power-law.ts";

/** Seeds of the walks, and of the actors with a signal. */
const SEEDS = { walks: 12, signals: 6 };

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

export interface VarianceMiniature {
  readonly walks: readonly Walk[];
  /** Maximum relative difference of Adam's final distances for scaled noise from that for unscaled noise. */
  readonly adamSpread: number;
  readonly averaging: readonly Averaging[];
  readonly scales: readonly ScaleError[];
  readonly outliers: readonly OutlierError[];
}

export async function measureVariance(engine: Engine, seeds = SEEDS): Promise<VarianceMiniature> {
  const walks: Walk[] = [];
  const add = async (name: string, optimiser: OptimiserConfig, factor = 1) =>
    walks.push(await measureWalk(engine, name, optimiser, factor, seeds.walks));
  for (const factor of FACTORS) await add("Adam", ADAM, factor);
  for (const factor of FACTORS) await add("SGD", SGD, factor);
  await add(`Adam, clipped to ${CLIP}`, { ...ADAM, clip: CLIP });
  await add(`SGD, clipped to ${CLIP}`, { ...SGD, clip: CLIP });
  const adamDistances = walks
    .filter(({ name }) => name === "Adam")
    .map(({ distance }) => distance.at(-1) ?? Number.NaN);
  const unscaled = adamDistances[FACTORS.indexOf(1)] ?? Number.NaN;
  const adamSpread = Math.max(...adamDistances.map((distance) => Math.abs(distance - unscaled) / unscaled));
  return {
    walks,
    adamSpread,
    averaging: await measureAveraging(engine, seeds.signals),
    scales: await measureScales(engine, seeds.signals),
    outliers: await measureOutliers(engine, seeds.signals),
  };
}

async function measureWalk(
  engine: Engine,
  name: string,
  optimiser: OptimiserConfig,
  factor: number,
  seeds: number,
): Promise<Walk> {
  const program = trainingProgram(buildMiniature(miniatureConfig(), false), optimiser);
  const compiled = await engine.compile(program);
  const meanSquares = new Float64Array(UPDATES);
  let [signChanges, positive, improved] = [0, 0, 0];
  for (let seed = 0; seed < seeds; seed++) {
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
      meanSquares[update]! += squaredDistance(compiled.state("actor"), initial) / seeds;
    }
  }
  compiled.dispose();
  const distance = Array.from(meanSquares, Math.sqrt);
  return {
    name,
    factor,
    distance,
    exponent: slopeOfLogs(distance.map((y, i) => [i + 1, y] as const).slice(FIT_START)),
    signChanges: signChanges / (seeds * (UPDATES - 1)),
    improvedAtPositiveLoss: improved / positive,
  };
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < LAYOUT.size; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
