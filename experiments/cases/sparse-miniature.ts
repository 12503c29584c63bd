/** @file The sparse reward in small: the article's logarithm of an action, and how far a critic's credit has come. */

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
  drawObservation,
  drawWeights,
  miniature,
  miniatureConfig,
  restart,
  USUAL_BOUND,
} from "./article-actor.ts";

/** Enough that a share is known to ± 0.05. */
const SEEDS = 400;

/** The article's episode: ten steps, of which the last is paid 10. */
const STEPS = 10;
const REWARD = 10;

/** What the logarithm of a squashed action does. */
export interface LogarithmLook {
  readonly seeds: number;
  /** Share of actors whose loss is no number at the first update, and at the last. */
  readonly brokenAtFirst: number;
  readonly brokenAtLast: number;
  /** Of those that are whole: mean |reward − baseline| where nothing is paid. */
  readonly unpaidAdvantage: number;
  /** Median ‖∇θ‖ where nothing is paid, and at the reward. */
  readonly unpaidGradient: number;
  readonly paidGradient: number;
  /** Median share of the weights' whole way that is made where nothing is paid. */
  readonly unpaidWay: number;
}

/** Updates until the value is half of what it should be, by distance from the reward. */
export interface CreditCurve {
  readonly name: string;
  readonly tau: number;
  readonly nStep: number;
  /** Null where it is not within the patience; index is the distance in steps. */
  readonly updates: readonly (number | null)[];
}

export interface SparseMiniature {
  readonly logarithm: LogarithmLook;
  readonly credit: readonly CreditCurve[];
}

export async function measureSparse(engine: Engine): Promise<SparseMiniature> {
  const credit: CreditCurve[] = [];
  for (const tau of [1, 0.1, 0.02]) credit.push(await spreadCredit(engine, tau, 1));
  for (const nStep of [3, 10, LENGTH]) credit.push(await spreadCredit(engine, 0.02, nStep));
  return { logarithm: await takeLogarithms(engine), credit };
}

/** Loss −mean(log a · advantage), as the article has it, where a is the tanh itself and not a probability. */
function logarithmProgram(): Program {
  const { weights, observation, slope: advantage, action } = miniature(miniatureConfig());
  const loss = neg(mean(mul(log(action), advantage)));
  const gradient = gradients(loss, [weights])[0]!;
  return {
    state: adamUpdate(weights, gradient, 1e-3),
    feeds: [observation, advantage],
    outputs: [
      { name: "loss", node: loss },
      { name: "norm", node: globalNorm(gradient) },
    ],
  };
}

async function takeLogarithms(engine: Engine): Promise<LogarithmLook> {
  const program = logarithmProgram();
  const compiled = await engine.compile(program);
  let [first, last] = [0, 0];
  const [advantages, unpaid, paid, ways]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let seed = 0; seed < SEEDS; seed++) {
    const rng = Rng.fromSeed(seed);
    const observation = drawObservation(rng.fork("observation"));
    const baseline = rng.fork("baseline").uniform();
    restart(compiled, program, drawWeights(rng.fork("weights"), USUAL_BOUND));
    const norms: number[] = [];
    const moves: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const before = compiled.state("actor").slice();
      const advantage = (step === STEPS - 1 ? REWARD : 0) - baseline;
      await compiled.run({ observation, slope: Float32Array.of(advantage) });
      norms.push(compiled.output("norm")[0]!);
      moves.push(Math.hypot(...compiled.state("actor").map((x, i) => x - before[i]!)));
      if (Number.isNaN(compiled.output("loss")[0]!)) {
        if (step === 0) first += 1;
        last += 1;
        break;
      }
    }
    if (norms.length < STEPS || norms.some(Number.isNaN)) continue;
    advantages.push(baseline);
    unpaid.push(median(norms.slice(0, -1)));
    paid.push(norms.at(-1)!);
    const whole = moves.reduce((total, move) => total + move, 0);
    ways.push(1 - moves.at(-1)! / whole);
  }
  compiled.dispose();
  return {
    seeds: SEEDS,
    brokenAtFirst: first / SEEDS,
    brokenAtLast: last / SEEDS,
    unpaidAdvantage: median(advantages),
    unpaidGradient: median(unpaid),
    paidGradient: median(paid),
    unpaidWay: median(ways),
  };
}

/** Steps of a chain that ends in the only reward, 1: an episode of the arm's length. */
const LENGTH = 50;
const GAMMA = 0.95;
const PATIENCE = 10_000;

/**
 * A critic of one number a step that takes on its whole target at each update: what delays the credit
 * can then be nothing but the bootstrap.
 */
function chainProgram(tau: number, nStep: number): Program {
  const critic = input("critic", [LENGTH]);
  const target = input("target", [LENGTH]);
  // Within nStep of the end the reward itself is in the sum; further off, the target's word for it.
  const paid = Array.from({ length: LENGTH }, (_, distance) => (distance < nStep ? GAMMA ** distance : 0));
  const far = nStep < LENGTH ? [mul(slice(target, 0, 0, LENGTH - nStep), GAMMA ** nStep)] : [];
  const bootstrapped = concat([constant(new Float32Array(nStep)), ...far], 0);
  const wanted = add(constant(paid), bootstrapped);
  const loss = mul(sum(square(sub(critic, wanted))), 0.5);
  const next = sub(critic, gradients(loss, [critic])[0]!);
  return {
    state: [{ current: critic, next }, polyakUpdate(target, next, tau)],
    feeds: [],
    outputs: [{ name: "loss", node: loss }],
  };
}

async function spreadCredit(engine: Engine, tau: number, nStep: number): Promise<CreditCurve> {
  const compiled = await engine.compile(chainProgram(tau, nStep));
  const updates = new Array<number | null>(LENGTH).fill(null);
  for (let update = 1; update <= PATIENCE && updates.includes(null); update++) {
    await compiled.run({});
    const values = compiled.state("critic");
    for (let distance = 0; distance < LENGTH; distance++) {
      if (values[distance]! >= 0.5 * GAMMA ** distance) updates[distance] ??= update;
    }
  }
  compiled.dispose();
  const returns = nStep === LENGTH ? "whole return" : nStep === 1 ? "1 step" : `${nStep} steps`;
  return { name: `τ ${tau}, ${returns}`, tau, nStep, updates };
}
