/** @file High critic variance in small: what pure noise does to an actor, and what takes the noise away. */

import type { Engine } from "../../agent/engine/engine.ts";
import { Rng } from "../../shared/rng.ts";
import { mean } from "../../shared/statistics.ts";
import {
  drawObservation,
  drawWeights,
  LAYOUT,
  miniature,
  miniatureConfig,
  type OptimiserConfig,
  restart,
  trainingProgram,
  USUAL_BOUND,
} from "./article-actor.ts";

const SEEDS = 12;
/** Updates of a walk. */
export const UPDATES = 300;

/** Updates that a walk needs before it is one: Adam's first steps all go one way. */
const FIRST = 20;

/** Deviation of the critic's slope, as in the article. */
const NOISE = 100;

/** What the noise is multiplied by. */
const FACTORS = [0.01, 1, 100];

/** The limit that gradients are clipped to: far below what the noise makes of them. */
const CLIP = 1;

const ADAM: OptimiserConfig = { optimiser: "adam", learningRate: 1e-3 };
const GRADIENT: OptimiserConfig = { optimiser: "sgd", learningRate: 1e-5 };

/** An actor driven by noise alone, averaged over seeds. */
export interface Walk {
  readonly name: string;
  readonly factor: number;
  /** Root mean square over seeds of ‖θ − θ₀‖ after each update. */
  readonly distance: readonly number[];
  /** x of distance ∝ updatesˣ: 0.5 is a random walk, 1 a straight line. */
  readonly exponent: number;
  /** Share of updates at which the loss has another sign than before. */
  readonly signChanges: number;
  /** Share of updates with a positive loss after which the same slope likes the action better. */
  readonly improvedAtPositiveLoss: number;
}

/** How far an actor stays from the best action when so many noisy slopes are averaged. */
export interface Averaging {
  readonly name: string;
  readonly points: readonly { readonly count: number; readonly error: number }[];
  /** x of error ∝ countˣ. */
  readonly exponent: number;
}

export interface VarianceMiniature {
  readonly walks: readonly Walk[];
  /** Greatest difference between Adam's distances with the noise × 0.01 … 100, relative to the unscaled one. */
  readonly adamSpread: number;
  readonly averaging: readonly Averaging[];
}

export async function measureVariance(engine: Engine): Promise<VarianceMiniature> {
  const walks: Walk[] = [];
  for (const factor of FACTORS) walks.push(await walk(engine, "Adam", ADAM, factor));
  for (const factor of FACTORS) walks.push(await walk(engine, "SGD", GRADIENT, factor));
  walks.push(await walk(engine, `Adam, clipped to ${CLIP}`, { ...ADAM, clip: CLIP }, 1));
  walks.push(await walk(engine, `SGD, clipped to ${CLIP}`, { ...GRADIENT, clip: CLIP }, 1));
  const ends = walks
    .filter(({ name }) => name === "Adam")
    .map(({ distance }) => distance.at(-1) ?? Number.NaN);
  const unscaled = ends[FACTORS.indexOf(1)] ?? Number.NaN;
  const adamSpread = Math.max(...ends.map((end) => Math.abs(end - unscaled) / unscaled));
  return { walks, adamSpread, averaging: await measureAveraging(engine) };
}

async function walk(engine: Engine, name: string, descent: OptimiserConfig, factor: number): Promise<Walk> {
  const program = trainingProgram(miniature(miniatureConfig(), false), descent);
  const compiled = await engine.compile(program);
  const squares = new Float64Array(UPDATES);
  let [changes, positive, improved] = [0, 0, 0];
  for (let seed = 0; seed < SEEDS; seed++) {
    const rng = Rng.fromSeed(seed);
    const observation = drawObservation(rng.fork("observation"));
    const first = drawWeights(rng.fork("weights"), USUAL_BOUND);
    restart(compiled, program, first);
    const noise = rng.fork("noise");
    let before = { loss: Number.NaN, action: Number.NaN, slope: Number.NaN };
    for (let update = 0; update < UPDATES; update++) {
      const slope = NOISE * factor * noise.normal();
      await compiled.run({ observation, slope: Float32Array.of(slope) });
      const [loss, action] = [compiled.output("loss")[0]!, compiled.output("action")[0]!];
      if (update > 0 && loss * before.loss < 0) changes += 1;
      if (before.loss > 0) {
        positive += 1;
        if ((action - before.action) * before.slope > 0) improved += 1;
      }
      before = { loss, action, slope };
      squares[update]! += squaredDistance(compiled.state("actor"), first) / SEEDS;
    }
  }
  compiled.dispose();
  const distance = Array.from(squares, Math.sqrt);
  return {
    name,
    factor,
    distance,
    exponent: slopeOfLogs(distance.map((y, i) => [i + 1, y] as const).slice(FIRST)),
    signChanges: changes / (SEEDS * (UPDATES - 1)),
    improvedAtPositiveLoss: improved / positive,
  };
}

const COUNTS = [1, 8, 64];

/** The action that the averaged critic likes best, and how noisy its slope is beside a curvature of 1. */
const BEST = 0.5;
const SLOPE_NOISE = 5;

/** What two critics' errors have in common when they learn from the same data. */
const CORRELATION = 0.5;

/** Updates before the error is measured. */
const SETTLING = 200;

const AVERAGED_SEEDS = 6;

async function measureAveraging(engine: Engine): Promise<Averaging[]> {
  const slow: OptimiserConfig = { optimiser: "sgd", learningRate: 1e-2 };
  return [
    await average(engine, "Adam, independent", ADAM, 0),
    await average(engine, `Adam, correlation ${CORRELATION}`, ADAM, CORRELATION),
    await average(engine, "SGD, independent", slow, 0),
  ];
}

async function average(
  engine: Engine,
  name: string,
  descent: OptimiserConfig,
  correlation: number,
): Promise<Averaging> {
  const program = trainingProgram(miniature(miniatureConfig(), false), descent);
  const compiled = await engine.compile(program);
  const points: { count: number; error: number }[] = [];
  for (const count of COUNTS) {
    const squares: number[] = [];
    for (let seed = 0; seed < AVERAGED_SEEDS; seed++) {
      const rng = Rng.fromSeed(seed);
      const observation = drawObservation(rng.fork("observation"));
      restart(compiled, program, drawWeights(rng.fork("weights"), USUAL_BOUND));
      const noise = rng.fork("noise");
      let action = 0;
      for (let update = 0; update < SETTLING + UPDATES; update++) {
        const shared = Math.sqrt(correlation) * noise.normal();
        const own = Math.sqrt((1 - correlation) / count) * noise.normal();
        const slope = BEST - action + SLOPE_NOISE * (shared + own);
        await compiled.run({ observation, slope: Float32Array.of(slope) });
        action = compiled.output("action")[0]!;
        if (update >= SETTLING) squares.push((action - BEST) ** 2);
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

/** The exponent of y ∝ xᵉ that fits best: least squares through the logarithms. */
export function slopeOfLogs(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const [middleX, middleY] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - middleX) * (y - middleY), 0);
  const variance = logs.reduce((sum, [x]) => sum + (x - middleX) ** 2, 0);
  return covariance / variance;
}
