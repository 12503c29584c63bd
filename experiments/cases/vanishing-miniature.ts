/** @file The vanishing gradient in small: what a small action does to it, what a saturated one does, and the way back. */

import type { Engine } from "../../agent/engine/engine.ts";
import { Rng } from "../../shared/rng.ts";
import { median } from "../../shared/statistics.ts";
import {
  drawObservation,
  drawWeights,
  inspectionProgram,
  LAYOUT,
  miniature,
  miniatureConfig,
  type OptimiserConfig,
  restart,
  trainingProgram,
  USUAL_BOUND,
} from "./article-actor.ts";

const SEEDS = 21;

/** Bounds of the last layer's first weights. */
const BOUNDS = [1e-4, 1e-3, 3e-3, 1e-2, 3e-2, USUAL_BOUND, 0.3, 1, 3, 10];

const DEEPEST = 12;
const DEPTH_STEP = 0.5;

/** Updates after which an actor is given up. */
const PATIENCE = 2000;

/** Back is where tanh′ is near 1 again. */
const BACK = 0.5;

/** Medians over seeds at one bound of the last layer's first weights. */
export interface BoundLook {
  readonly bound: number;
  readonly action: number;
  readonly loss: number;
  /** |∂L/∂a| */
  readonly byAction: number;
  /** ‖∂L/∂θ‖ over all weights. */
  readonly byWeights: number;
  /** The part of that which belongs to the hidden layer. */
  readonly byHidden: number;
}

/** Medians over seeds where the tanh's input is z. */
export interface DepthLook {
  readonly z: number;
  /** 1 − tanh² z */
  readonly slope: number;
  readonly byWeights: number;
}

/** Updates until an actor that begins at z is back at |a| < 0.5; null if it is not within the patience. */
export interface WayBack {
  readonly name: string;
  readonly updates: readonly { readonly z: number; readonly updates: number | null }[];
}

export interface VanishingMiniature {
  readonly bounds: readonly BoundLook[];
  readonly depths: readonly DepthLook[];
  readonly waysBack: readonly WayBack[];
}

export async function measureVanishing(engine: Engine): Promise<VanishingMiniature> {
  return {
    bounds: await lookAtBounds(engine),
    depths: await lookAtDepths(engine),
    waysBack: await walkBack(engine),
  };
}

async function lookAtBounds(engine: Engine): Promise<BoundLook[]> {
  const compiled = await engine.compile(inspectionProgram(miniature(miniatureConfig())));
  const looks: BoundLook[] = [];
  for (const bound of BOUNDS) {
    const seen: Omit<BoundLook, "bound">[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const rng = Rng.fromSeed(seed);
      const observation = drawObservation(rng.fork("observation"));
      const slope = Float32Array.of(rng.fork("slope").uniform());
      await compiled.run({ observation, slope, actor: drawWeights(rng.fork("weights"), bound) });
      const read = (name: string) => Math.abs(compiled.output(name)[0]!);
      const [action, loss, byAction] = [read("action"), read("loss"), read("byAction")];
      seen.push({ action, loss, byAction, byWeights: read("byWeights"), byHidden: read("byHidden") });
    }
    const middle = (of: (look: Omit<BoundLook, "bound">) => number) => median(seen.map(of));
    looks.push({
      bound,
      action: middle(({ action }) => action),
      loss: middle(({ loss }) => loss),
      byAction: middle(({ byAction }) => byAction),
      byWeights: middle(({ byWeights }) => byWeights),
      byHidden: middle(({ byHidden }) => byHidden),
    });
  }
  compiled.dispose();
  return looks;
}

/** First weights as usual, but an output bias that puts the tanh's input at z. */
async function weightsAt(z: number, rng: Rng, observation: Float32Array, look: Look): Promise<Float32Array> {
  const weights = drawWeights(rng.fork("weights"), USUAL_BOUND);
  weights[LAYOUT.size - 1] = 0;
  const without = await look(weights, observation);
  weights[LAYOUT.size - 1] = z - without.preActivation;
  return weights;
}

type Look = (
  weights: Float32Array,
  observation: Float32Array,
) => Promise<{ preActivation: number; byWeights: number }>;

async function makeLook(engine: Engine): Promise<{ look: Look; dispose: () => void }> {
  const compiled = await engine.compile(inspectionProgram(miniature(miniatureConfig())));
  const slope = Float32Array.of(-1);
  return {
    look: async (actor, observation) => {
      await compiled.run({ observation, slope, actor });
      return {
        preActivation: compiled.output("preActivation")[0]!,
        byWeights: compiled.output("byWeights")[0]!,
      };
    },
    dispose: () => compiled.dispose(),
  };
}

async function lookAtDepths(engine: Engine): Promise<DepthLook[]> {
  const { look, dispose } = await makeLook(engine);
  const looks: DepthLook[] = [];
  for (let z = 0; z <= DEEPEST; z += DEPTH_STEP) {
    const norms: number[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const rng = Rng.fromSeed(seed);
      const observation = drawObservation(rng.fork("observation"));
      norms.push((await look(await weightsAt(z, rng, observation, look), observation)).byWeights);
    }
    looks.push({ z, slope: 1 - Math.tanh(z) ** 2, byWeights: median(norms) });
  }
  dispose();
  return looks;
}

/** How an actor may find back, and by which descent. */
const WAYS: readonly {
  name: string;
  settings: Readonly<Record<string, unknown>>;
  descent: OptimiserConfig;
}[] = [
  {
    name: "SGD, rate 0.01",
    settings: {},
    descent: { optimiser: "sgd", learningRate: 0.01 },
  },
  { name: "Adam, rate 0.001", settings: {}, descent: { optimiser: "adam", learningRate: 1e-3 } },
  {
    name: "Adam, pre-activation penalty 1",
    settings: { preActivationPenalty: 1 },
    descent: { optimiser: "adam", learningRate: 1e-3 },
  },
  {
    name: "Adam, inverted gradients",
    settings: { invertGradients: true },
    descent: { optimiser: "adam", learningRate: 1e-3 },
  },
];

async function walkBack(engine: Engine): Promise<WayBack[]> {
  const { look, dispose } = await makeLook(engine);
  const rng = Rng.fromSeed(0);
  const observation = drawObservation(rng.fork("observation"));
  // The critic says: less, and always the same; what keeps the actor where it is can only be itself.
  const slope = Float32Array.of(-1);
  const ways: WayBack[] = [];
  for (const { name, settings, descent } of WAYS) {
    const program = trainingProgram(miniature(miniatureConfig(settings)), descent);
    const compiled = await engine.compile(program);
    const updates: { z: number; updates: number | null }[] = [];
    for (let z = 1; z <= DEEPEST; z++) {
      restart(compiled, program, await weightsAt(z, rng, observation, look));
      let back: number | null = null;
      for (let update = 0; update <= PATIENCE && back === null; update++) {
        await compiled.run({ observation, slope });
        if (Math.abs(compiled.output("action")[0]!) < BACK) back = update;
      }
      updates.push({ z, updates: back });
    }
    compiled.dispose();
    ways.push({ name, updates });
  }
  dispose();
  return ways;
}
