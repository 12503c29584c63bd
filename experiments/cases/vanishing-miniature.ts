/** @file Miniature of the vanishing-gradient case: gradients at small and saturated actions, and recovery. */

import type { Engine } from "../../agent/engine/engine.ts";
import { Rng } from "../../shared/rng.ts";
import { median } from "../../shared/statistics.ts";
import {
  buildMiniature,
  DEFAULT_BOUND,
  drawObservation,
  drawWeights,
  evaluationProgram,
  LAYOUT,
  miniatureConfig,
  type OptimiserConfig,
  resetTraining,
  trainingProgram,
} from "./miniature-actor.ts";

const SEEDS = 21;

/** Bounds of the output layer's initial weights. */
const BOUNDS = [1e-4, 1e-3, 3e-3, 1e-2, 3e-2, DEFAULT_BOUND, 0.3, 1, 3, 10];

const MAX_Z = 12;
const Z_STEP = 0.5;

/** Limit of updates for a recovery: those of a run of 20,000 steps. */
export const MAX_UPDATES = 20_000;

/** Updates under a noisy critic that precede a recovery from within a run. */
export const EARLIER_UPDATES = 1000;

/** Pre-activations from which recoveries start. */
const RECOVERY_DEPTHS = [1, 2, 3, 4, 5, 6, 8, 10, 12];

/** An actor has recovered at |action| below this value, where tanh′ is near 1. */
const RECOVERED_ACTION = 0.5;

/** Medians over seeds at one bound of the output layer's initial weights. */
export interface BoundResult {
  readonly bound: number;
  readonly action: number;
  readonly loss: number;
  /** |∂L/∂a| */
  readonly byAction: number;
  /** ‖∂L/∂θ‖ over all weights. */
  readonly byWeights: number;
  /** ‖∂L/∂θ‖ over the hidden layer's weights. */
  readonly byHidden: number;
}

/** Results at one pre-activation; medians over seeds. */
export interface DepthResult {
  /** Input of the tanh. */
  readonly z: number;
  /** 1 − tanh² z */
  readonly slope: number;
  /** ‖∂L/∂θ‖ */
  readonly byWeights: number;
}

/** Updates until an actor with pre-activation z has |action| < 0.5; null if it does not recover. */
export interface Recovery {
  readonly name: string;
  readonly updates: readonly { readonly z: number; readonly updates: number | null }[];
}

export interface VanishingMiniature {
  readonly bounds: readonly BoundResult[];
  readonly depths: readonly DepthResult[];
  readonly waysBack: readonly Recovery[];
}

/** @param recoveryDepths in ascending order */
export async function measureVanishing(
  engine: Engine,
  recoveryDepths: readonly number[] = RECOVERY_DEPTHS,
): Promise<VanishingMiniature> {
  return {
    bounds: await measureBounds(engine),
    depths: await measureDepths(engine),
    waysBack: await measureRecoveries(engine, recoveryDepths),
  };
}

async function measureBounds(engine: Engine): Promise<BoundResult[]> {
  const compiled = await engine.compile(evaluationProgram(buildMiniature(miniatureConfig())));
  const results: BoundResult[] = [];
  for (const bound of BOUNDS) {
    const samples: Omit<BoundResult, "bound">[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const rng = Rng.fromSeed(seed);
      const observation = drawObservation(rng.fork("observation"));
      const slope = Float32Array.of(rng.fork("slope").uniform());
      await compiled.run({ observation, slope, actor: drawWeights(rng.fork("weights"), bound) });
      const read = (name: string) => Math.abs(compiled.output(name)[0]!);
      const [action, loss, byAction] = [read("action"), read("loss"), read("byAction")];
      samples.push({ action, loss, byAction, byWeights: read("byWeights"), byHidden: read("byHidden") });
    }
    const medianOf = (of: (sample: Omit<BoundResult, "bound">) => number) => median(samples.map(of));
    results.push({
      bound,
      action: medianOf(({ action }) => action),
      loss: medianOf(({ loss }) => loss),
      byAction: medianOf(({ byAction }) => byAction),
      byWeights: medianOf(({ byWeights }) => byWeights),
      byHidden: medianOf(({ byHidden }) => byHidden),
    });
  }
  compiled.dispose();
  return results;
}

/** Initial weights whose output bias is set such that the pre-activation is z. */
async function weightsAt(
  z: number,
  rng: Rng,
  observation: Float32Array,
  evaluate: Evaluate,
): Promise<Float32Array> {
  const weights = drawWeights(rng.fork("weights"), DEFAULT_BOUND);
  weights[LAYOUT.size - 1] = 0;
  const { preActivation } = await evaluate(weights, observation);
  weights[LAYOUT.size - 1] = z - preActivation;
  return weights;
}

type Evaluate = (
  weights: Float32Array,
  observation: Float32Array,
) => Promise<{ preActivation: number; byWeights: number }>;

async function makeEvaluator(engine: Engine): Promise<{ evaluate: Evaluate; dispose: () => void }> {
  const compiled = await engine.compile(evaluationProgram(buildMiniature(miniatureConfig())));
  const slope = Float32Array.of(-1);
  return {
    evaluate: async (actor, observation) => {
      await compiled.run({ observation, slope, actor });
      return {
        preActivation: compiled.output("preActivation")[0]!,
        byWeights: compiled.output("byWeights")[0]!,
      };
    },
    dispose: () => compiled.dispose(),
  };
}

async function measureDepths(engine: Engine): Promise<DepthResult[]> {
  const { evaluate, dispose } = await makeEvaluator(engine);
  const results: DepthResult[] = [];
  for (let z = 0; z <= MAX_Z; z += Z_STEP) {
    const norms: number[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const rng = Rng.fromSeed(seed);
      const observation = drawObservation(rng.fork("observation"));
      const weights = await weightsAt(z, rng, observation, evaluate);
      norms.push((await evaluate(weights, observation)).byWeights);
    }
    results.push({ z, slope: 1 - Math.tanh(z) ** 2, byWeights: median(norms) });
  }
  dispose();
  return results;
}

const ADAM: OptimiserConfig = { optimiser: "adam", learningRate: 1e-3 };
/** Names of `waysBack`: Adam with zero moments, and with those of `EARLIER_UPDATES` ordinary updates. */
export const FRESH_ADAM = "Adam from its first update";
export const USED_ADAM = `Adam in a run, after ${EARLIER_UPDATES.toLocaleString("en")} updates`;

interface Method {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly optimiser: OptimiserConfig;
  /** Ordinary updates from which Adam's moments are kept; default none. */
  readonly earlierUpdates?: number;
}

const METHODS: readonly Method[] = [
  { name: "SGD, rate 0.01", settings: {}, optimiser: { optimiser: "sgd", learningRate: 0.01 } },
  { name: FRESH_ADAM, settings: {}, optimiser: ADAM },
  { name: USED_ADAM, settings: {}, optimiser: ADAM, earlierUpdates: EARLIER_UPDATES },
  {
    name: "Adam in a run, pre-activation penalty 1",
    settings: { preActivationPenalty: 1 },
    optimiser: ADAM,
    earlierUpdates: EARLIER_UPDATES,
  },
  {
    name: "Adam in a run, inverted gradients",
    settings: { invertGradients: true },
    optimiser: ADAM,
    earlierUpdates: EARLIER_UPDATES,
  },
];

async function measureRecoveries(engine: Engine, depths: readonly number[]): Promise<Recovery[]> {
  const { evaluate, dispose } = await makeEvaluator(engine);
  const rng = Rng.fromSeed(0);
  const observation = drawObservation(rng.fork("observation"));
  // The critic's slope constantly demands a smaller action, so only the actor itself can prevent the recovery.
  const slope = Float32Array.of(-1);
  const recoveries: Recovery[] = [];
  for (const { name, settings, optimiser, earlierUpdates = 0 } of METHODS) {
    const program = trainingProgram(buildMiniature(miniatureConfig(settings)), optimiser);
    const compiled = await engine.compile(program);
    const updates: { z: number; updates: number | null }[] = [];
    for (const z of depths) {
      resetTraining(compiled, program, drawWeights(rng.fork("weights"), DEFAULT_BOUND));
      const noise = rng.fork("noise");
      for (let update = 0; update < earlierUpdates; update++)
        await compiled.run({ observation, slope: Float32Array.of(noise.normal()) });
      compiled.setState("actor", await weightsAt(z, rng, observation, evaluate));
      let recoveredAt: number | null = null;
      for (let update = 0; update <= MAX_UPDATES && recoveredAt === null; update++) {
        await compiled.run({ observation, slope });
        if (Math.abs(compiled.output("action")[0]!) < RECOVERED_ACTION) recoveredAt = update;
      }
      updates.push({ z, updates: recoveredAt });
      // A deeper start does not recover sooner.
      if (recoveredAt === null) break;
    }
    compiled.dispose();
    recoveries.push({ name, updates });
  }
  dispose();
  return recoveries;
}
