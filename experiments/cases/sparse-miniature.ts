/** @file Miniature of the sparse-reward case: log(action) as a policy gradient, and credit propagation along a chain. */

import type { Engine } from "../../agent/engine/engine.ts";
import { globalNorm } from "../../agent/graph/clip-by-norm.ts";
import { gradients } from "../../agent/graph/gradients.ts";
import {
  add,
  concat,
  constant,
  input,
  log,
  mean,
  mul,
  neg,
  slice,
  square,
  sub,
  sum,
} from "../../agent/graph/ops.ts";
import { polyakUpdate } from "../../agent/graph/polyak.ts";
import type { Program } from "../../agent/graph/program.ts";
import { Rng } from "../../shared/rng.ts";
import { median } from "../../shared/statistics.ts";
import {
  adamUpdate,
  buildMiniature,
  DEFAULT_BOUND,
  drawObservation,
  drawWeights,
  miniatureConfig,
  resetTraining,
} from "./miniature-actor.ts";

/** Enough for shares with a standard error below 0.025. */
const SEEDS = 400;

/** Steps per episode; only the last one is rewarded. */
const STEPS = 10;
const REWARD = 10;

const LEARNING_RATE = 1e-3;

/** Training with the loss −log(action) · advantage. */
export interface LogarithmResult {
  readonly seeds: number;
  /** Share of actors whose loss is NaN at the first update. */
  readonly brokenAtFirst: number;
  /** Share of actors whose loss is NaN by the last update. */
  readonly brokenAtLast: number;
  /** Over actors without NaN: median |reward − baseline| in steps without reward. */
  readonly unpaidAdvantage: number;
  /** Median gradient norm in steps without reward. */
  readonly unpaidGradient: number;
  /** Median gradient norm at the reward. */
  readonly paidGradient: number;
  /** Median share of the weights' total displacement that is made in steps without reward. */
  readonly unpaidWay: number;
}

/** Updates until half of the value is learned, by distance from the reward. */
export interface CreditCurve {
  readonly name: string;
  readonly tau: number;
  readonly nStep: number;
  /** The index is the distance in steps; null if not reached within `MAX_UPDATES`. */
  readonly updates: readonly (number | null)[];
}

export interface SparseMiniature {
  readonly logarithm: LogarithmResult;
  readonly credit: readonly CreditCurve[];
}

export async function measureSparse(engine: Engine): Promise<SparseMiniature> {
  const credit: CreditCurve[] = [];
  for (const tau of [1, 0.1, 0.02]) credit.push(await measureCredit(engine, tau, 1));
  for (const nStep of [3, 10, CHAIN_LENGTH]) credit.push(await measureCredit(engine, 0.02, nStep));
  return { logarithm: await measureLogarithm(engine), credit };
}

/** Loss −mean(log a · advantage), where a is the tanh output itself and not a probability. */
function logarithmProgram(): Program {
  const { weights, observation, slope: advantage, action } = buildMiniature(miniatureConfig());
  const loss = neg(mean(mul(log(action), advantage)));
  const gradient = gradients(loss, [weights])[0]!;
  return {
    state: adamUpdate(weights, gradient, LEARNING_RATE),
    feeds: [observation, advantage],
    outputs: [
      { name: "loss", node: loss },
      { name: "norm", node: globalNorm(gradient) },
    ],
  };
}

async function measureLogarithm(engine: Engine): Promise<LogarithmResult> {
  const program = logarithmProgram();
  const compiled = await engine.compile(program);
  let [nanAtFirst, nanAtLast] = [0, 0];
  const advantages: number[] = [];
  const unrewardedNorms: number[] = [];
  const rewardedNorms: number[] = [];
  const unrewardedShares: number[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const rng = Rng.fromSeed(seed);
    const observation = drawObservation(rng.fork("observation"));
    const baseline = rng.fork("baseline").uniform();
    resetTraining(compiled, program, drawWeights(rng.fork("weights"), DEFAULT_BOUND));
    const norms: number[] = [];
    const displacements: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const before = compiled.state("actor").slice();
      const advantage = (step === STEPS - 1 ? REWARD : 0) - baseline;
      await compiled.run({ observation, slope: Float32Array.of(advantage) });
      norms.push(compiled.output("norm")[0]!);
      displacements.push(Math.hypot(...compiled.state("actor").map((x, i) => x - before[i]!)));
      if (Number.isNaN(compiled.output("loss")[0]!)) {
        if (step === 0) nanAtFirst += 1;
        nanAtLast += 1;
        break;
      }
    }
    if (norms.length < STEPS || norms.some(Number.isNaN)) continue;
    advantages.push(baseline);
    unrewardedNorms.push(median(norms.slice(0, -1)));
    rewardedNorms.push(norms.at(-1)!);
    const total = displacements.reduce((sum, displacement) => sum + displacement, 0);
    unrewardedShares.push(1 - displacements.at(-1)! / total);
  }
  compiled.dispose();
  return {
    seeds: SEEDS,
    brokenAtFirst: nanAtFirst / SEEDS,
    brokenAtLast: nanAtLast / SEEDS,
    unpaidAdvantage: median(advantages),
    unpaidGradient: median(unrewardedNorms),
    paidGradient: median(rewardedNorms),
    unpaidWay: median(unrewardedShares),
  };
}

/** Steps of a chain whose only reward, 1, is at its end; the arm's episode length. */
const CHAIN_LENGTH = 50;
const GAMMA = 0.95;
const MAX_UPDATES = 10_000;

/**
 * A tabular critic, one value per distance from the reward, that moves to its full target at each update. Credit can
 * then be delayed only by the target network.
 */
function chainProgram(tau: number, nStep: number): Program {
  const critic = input("critic", [CHAIN_LENGTH]);
  const target = input("target", [CHAIN_LENGTH]);
  // Within nStep of the end the return contains the reward itself; further away it bootstraps.
  const rewards = Array.from({ length: CHAIN_LENGTH }, (_, distance) =>
    distance < nStep ? GAMMA ** distance : 0,
  );
  const bootstrap =
    nStep < CHAIN_LENGTH ? [mul(slice(target, 0, 0, CHAIN_LENGTH - nStep), GAMMA ** nStep)] : [];
  const targets = add(constant(rewards), concat([constant(new Float32Array(nStep)), ...bootstrap], 0));
  const loss = mul(sum(square(sub(critic, targets))), 0.5);
  const next = sub(critic, gradients(loss, [critic])[0]!);
  return {
    state: [{ current: critic, next }, polyakUpdate(target, next, tau)],
    feeds: [],
    outputs: [{ name: "loss", node: loss }],
  };
}

async function measureCredit(engine: Engine, tau: number, nStep: number): Promise<CreditCurve> {
  const compiled = await engine.compile(chainProgram(tau, nStep));
  const updates = new Array<number | null>(CHAIN_LENGTH).fill(null);
  for (let update = 1; update <= MAX_UPDATES && updates.includes(null); update++) {
    await compiled.run({});
    const values = compiled.state("critic");
    for (let distance = 0; distance < CHAIN_LENGTH; distance++) {
      if (values[distance]! >= 0.5 * GAMMA ** distance) updates[distance] ??= update;
    }
  }
  compiled.dispose();
  const returns = nStep === CHAIN_LENGTH ? "full return" : nStep === 1 ? "1 step" : `${nStep} steps`;
  return { name: `τ ${tau}, ${returns}`, tau, nStep, updates };
}
