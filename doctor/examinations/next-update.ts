/**
 * @file Does an update follow from the settings? The one after the checkpoint, as the run made it and took it back, beside
 * that of an intact learner.
 *
 * The state, the batch and the noise are those of the checkpoint, so an intact learner gets the same numbers. Where it does
 * not, Adam's sums give the run's gradient (S′ − β₁ S), and the steps of weights and targets follow from it: the first of
 * these that differs is where the fault lies.
 */

import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { ADAM_DEFAULTS, adamDirection } from "../../agent/graph/adam.ts";
import type { LookAhead } from "../../agent/learner.ts";
import { linearDecay } from "../../agent/linear-decay.ts";
import { taskFacts } from "../../agent/memory.ts";
import { Rng } from "../../shared/rng.ts";
import { type ExaminedRun, vectorOf } from "../examined-run.ts";
import { batchChanges, changedFigures, type Part } from "./batch-change.ts";
import { type Figures, NO_ENVIRONMENT } from "./examination.ts";
import { layersOf } from "./movement.ts";
import { cosine, difference, norm, product, type Vector } from "./vectors.ts";

/** Relative difference of gradients that counts as the same: processors round differently, and Adam's sums are float32. */
const TOLERANCE = 0.01;

/** The same for steps. */
const STEP_TOLERANCE = 0.02;

/** The same for means over the batch. */
const MEAN_TOLERANCE = 1e-3;

/** Relative size below which a step is the rounding of float32. */
const ROUNDING = 1e-5;

/**
 * `exam/update_agrees`: 1 if gradients and steps are those of an intact update, else 0. For critic and actor:
 * `exam/…_gradient`: cosine of the run's gradient and the intact one. `exam/…_gradient_size`: size of the run's over that of
 * the intact one. `exam/…_old_gradient`: cosine of what the run's gradient has more than the intact one, and Adam's sum of
 * the gradients before. `exam/…_step`: size of the step over Adam's from the run's own sums. `exam/…_step_direction`: cosine
 * of both in the layer where it is least. `exam/…_layer_step`: the size in the layer that moves least. `exam/…_shrinks`:
 * cosine of what the step has more than Adam's, and the way of the weights to 0.
 * `exam/target_step`: the way of the target networks along τ (θ − θ′), over that; the one furthest from 1.
 * `exam/other_values`, `exam/other_targets`, `exam/other_actions`: 1 if the mean over the batch of Q, of its targets, of the
 * policy's |a| is not that of the intact batch, else 0.
 * `exam/changed_<part>`: 1 for the one part of the batch whose change explains the gradients, else 0.
 */
export async function examineNextUpdate(run: ExaminedRun): Promise<Figures | string> {
  const { ahead, intact, config, state, unrepeatable } = run;
  if (unrepeatable !== undefined) return unrepeatable;
  if (ahead === undefined) return "the checkpoint has no update to repeat";
  if (intact === undefined) return NO_ENVIRONMENT;
  const engine = await loadEngine(config.agent.engine);
  const agent = await Ddpg.create(config.agent, taskFacts(intact.env), engine, Rng.fromSeed(0));
  try {
    agent.setState(state);
    const expected = await agent.learner.lookAhead();
    if (expected === undefined) return "an intact update gives numbers that are not finite";
    const critic = gradientFigures(run, "critic", ahead, expected);
    const actor = gradientFigures(run, "actor", ahead, expected);
    const steps = { ...stepFigures(run, "critic", ahead), ...stepFigures(run, "actor", ahead) };
    const gradientsAgree = [critic, actor].every(({ distance }) => distance < TOLERANCE);
    const part = gradientsAgree ? undefined : await explainingPart(run, agent, ahead);
    return {
      "exam/update_agrees": gradientsAgree && stepsAgree(run, ahead, expected) ? 1 : 0,
      ...critic.figures,
      ...actor.figures,
      ...steps,
      "exam/target_step": targetStep(run, ahead),
      "exam/other_values": otherMean("train/q_mean", ahead, expected),
      "exam/other_targets": otherMean("train/target_mean", ahead, expected),
      "exam/other_actions": otherMean("train/action_abs_mean", ahead, expected),
      ...changedFigures(part),
    };
  } finally {
    agent.dispose();
  }
}

type Network = "actor" | "critic";

/** A network's gradient in an update, from Adam's sums before and after it. */
function gradientOf({ learner }: ExaminedRun, network: Network, { vectors }: LookAhead): Float32Array {
  const before = vectorOf(learner, `${network}/sum`);
  const after = vectors[`${network}/sum`] ?? new Float32Array(0);
  return after.map((sum, i) => sum - ADAM_DEFAULTS.beta1 * before[i]!);
}

function gradientFigures(run: ExaminedRun, network: Network, ahead: LookAhead, expected: LookAhead) {
  const actual = gradientOf(run, network, ahead);
  const intact = gradientOf(run, network, expected);
  const excess = difference(actual, intact);
  return {
    distance: relative(norm(excess), norm(intact)),
    figures: {
      [`exam/${network}_gradient`]: cosine(actual, intact),
      [`exam/${network}_gradient_size`]: norm(actual) / norm(intact),
      [`exam/${network}_old_gradient`]: cosine(excess, vectorOf(run.learner, `${network}/sum`)),
    },
  };
}

/** Whether weights, targets and averages are those of an intact update with the same gradients. */
function stepsAgree({ learner }: ExaminedRun, ahead: LookAhead, expected: LookAhead): boolean {
  return Object.entries(expected.vectors).every(([name, intact]) => {
    const before = vectorOf(learner, name);
    const actual = ahead.vectors[name];
    return (
      actual !== undefined &&
      relative(norm(difference(actual, intact)), norm(difference(intact, before))) < STEP_TOLERANCE
    );
  });
}

/** How a network's step relates to Adam's from the run's own sums. */
function stepFigures(
  { learner, config, layouts }: ExaminedRun,
  network: Network,
  { vectors }: LookAhead,
): Figures {
  const { actorLearningRate, criticLearningRate, learningRateDecay, batchNorm } = config.agent;
  const [sum, squareSum, count] = ["sum", "squareSum", "count"].map((name) => vectors[`${network}/${name}`]);
  const before = vectorOf(learner, network);
  const after = vectors[network];
  if (sum === undefined || squareSum === undefined || count === undefined || after === undefined) return {};
  // Running moments are a part of the weights, and Adam does not move them.
  if (batchNorm[network] !== "off") return {};
  const scale = linearDecay(learningRateDecay.to, learningRateDecay.updates, learner.updates);
  const rate = scale * (network === "actor" ? actorLearningRate : criticLearningRate);
  const counts = [count[0]!, count[1]!] as const;
  const adam = before.map((_, i) => -rate * adamDirection(sum[i]!, squareSum[i]!, counts));
  const step = difference(after, before);
  const excess = difference(step, adam);
  const layers = layersOf(network === "actor" ? [layouts.actor] : layouts.critics).map((ranges) => {
    const part = (vector: Vector) =>
      Float64Array.from(ranges.flatMap((range) => [...vector.subarray(...range)]));
    const [own, intended] = [part(step), part(adam)];
    return { size: norm(own) / norm(intended), direction: cosine(own, intended) };
  });
  return {
    [`exam/${network}_step`]: norm(step) / norm(adam),
    [`exam/${network}_layer_step`]: Math.min(...layers.map(({ size }) => size)),
    [`exam/${network}_step_direction`]: Math.min(...layers.map(({ direction }) => direction)),
    [`exam/${network}_shrinks`]: -cosine(excess, before),
  };
}

/** Of the two target networks the one further from 1; NaN without target networks. */
function targetStep({ learner, config }: ExaminedRun, { vectors }: LookAhead): number {
  const { tau, targetNetworks } = config.agent;
  if (!targetNetworks) return Number.NaN;
  const ratios = (["Actor", "Critic"] as const).map((network) => {
    const target = vectorOf(learner, `target${network}`);
    const online = vectors[network.toLowerCase()] ?? target;
    const intended = target.map((x, i) => tau * (online[i]! - x));
    const step = difference(vectors[`target${network}`] ?? target, target);
    // A network that does not move is where its target is.
    if (norm(intended) < ROUNDING * norm(target)) return 1;
    return product(step, intended) / product(intended, intended);
  });
  return ratios.reduce((worst, ratio) => (Math.abs(ratio - 1) > Math.abs(worst - 1) ? ratio : worst), 1);
}

/** 1 if a mean over the batch, which does not depend on gradients, is another one, else 0. */
function otherMean(name: string, ahead: LookAhead, expected: LookAhead): number {
  const [actual, intact] = [ahead.metrics[name] ?? Number.NaN, expected.metrics[name] ?? Number.NaN];
  return Math.abs(actual - intact) <= MEAN_TOLERANCE * (Math.abs(intact) + 0.01) ? 0 : 1;
}

/** The part of the batch, or the targets, with whose change an intact learner gets the run's gradients. */
async function explainingPart(run: ExaminedRun, agent: Ddpg, ahead: LookAhead): Promise<Part | undefined> {
  const { learner } = agent;
  const explains = (found: LookAhead | undefined) =>
    found !== undefined &&
    (["critic", "actor"] as const).every((network) => {
      const actual = gradientOf(run, network, ahead);
      return norm(difference(actual, gradientOf(run, network, found))) < TOLERANCE * norm(actual);
    });
  for (const { part, apply } of batchChanges(run)) if (explains(await learner.lookAhead(apply))) return part;
  const { actor, critic } = run.learner.vectors;
  if (actor === undefined || critic === undefined) return undefined;
  const vectors = { ...run.learner.vectors, targetActor: actor, targetCritic: critic };
  learner.setState({ ...run.learner, vectors }, "examination");
  return explains(await learner.lookAhead()) ? "targets" : undefined;
}

/** A distance in units of a size; 0 if both are 0. */
const relative = (length: number, size: number) => (length === 0 ? 0 : length / size);
