/**
 * @file One update of DDPG as a program: losses, gradients, Adam and target networks on one screen.
 *
 * Deep Deterministic Policy Gradient (Lillicrap et al. 2015, arXiv:1509.02971, algorithm 1) with
 * HER 2017's clipped targets and penalty on the actor's pre-activations. As in OpenAI Baselines, both
 * gradients are taken at the same weights, before either network moves; every difference from the
 * paper is listed in docs/ddpg.md.
 */

import type { AgentConfig } from "../shared/config.ts";
import { adamStep } from "./graph/adam.ts";
import { polyakUpdate } from "./graph/blend.ts";
import { gradients } from "./graph/gradients.ts";
import { type MlpLayout, mlp, mlpLayout } from "./graph/mlp.ts";
import type { Node } from "./graph/node.ts";
import {
  abs,
  add,
  clip,
  concat,
  greater,
  input,
  mean,
  mul,
  neg,
  sqrt,
  square,
  sub,
  sum,
  tanh,
} from "./graph/ops.ts";
import type { Program } from "./graph/program.ts";

/** |z| beyond this counts as saturated: there tanh′(z) < 0.071. */
const SATURATED = 2;

/** The settings that shape the update. */
export type UpdateConfig = Pick<
  AgentConfig,
  | "hidden"
  | "gamma"
  | "tau"
  | "batchSize"
  | "actorLearningRate"
  | "criticLearningRate"
  | "clipTargets"
  | "preActivationPenalty"
>;

export interface UpdateSizes {
  /** Numbers into the actor: observation and goal. */
  readonly inputs: number;
  readonly actions: number;
}

export interface DdpgUpdate {
  readonly program: Program;
  readonly actor: MlpLayout;
  readonly critic: MlpLayout;
}

/** From normalised observation and goal to the actions' pre-activations. */
export function actorLayout(hidden: readonly number[], { inputs, actions }: UpdateSizes): MlpLayout {
  return mlpLayout([inputs, ...hidden, actions]);
}

/** From normalised observation, goal and action to the value. */
export function criticLayout(hidden: readonly number[], { inputs, actions }: UpdateSizes): MlpLayout {
  return mlpLayout([inputs + actions, ...hidden, 1]);
}

/**
 * Builds the update.
 *
 * Feeds, for B = batchSize: `inputs` and `nextInputs` [B, inputs], `actions` [B, actions], `rewards` and
 * `continues` [B, 1]. Carried: `actor`, `critic`, `targetActor`, `targetCritic` and Adam's moments.
 *
 * @param rewardRange bounds of one step's reward; they bound the targets if `clipTargets` is on
 */
export function ddpgUpdate(
  config: UpdateConfig,
  sizes: UpdateSizes,
  rewardRange: readonly [low: number, high: number],
): DdpgUpdate {
  const { gamma, batchSize } = config;
  const actorShape = actorLayout(config.hidden, sizes);
  const criticShape = criticLayout(config.hidden, sizes);

  const inputs = input("inputs", [batchSize, sizes.inputs]);
  const nextInputs = input("nextInputs", [batchSize, sizes.inputs]);
  const actions = input("actions", [batchSize, sizes.actions]);
  const rewards = input("rewards", [batchSize, 1]);
  const continues = input("continues", [batchSize, 1]);

  const actor = input("actor", [actorShape.size]);
  const critic = input("critic", [criticShape.size]);
  const targetActor = input("targetActor", [actorShape.size]);
  const targetCritic = input("targetCritic", [criticShape.size]);

  const value = (weights: Node, x: Node, a: Node) => mlp(criticShape, weights, concat([x, a], 1)).output;

  const nextActions = tanh(mlp(actorShape, targetActor, nextInputs).output);
  const nextValues = value(targetCritic, nextInputs, nextActions);
  const [low, high] = rewardRange;
  const bootstrapped = add(rewards, mul(mul(continues, nextValues), gamma));
  const targets = config.clipTargets
    ? clip(bootstrapped, low / (1 - gamma), high / (1 - gamma))
    : bootstrapped;

  const values = value(critic, inputs, actions);
  const criticLoss = mean(square(sub(values, targets)));

  const preActivations = mlp(actorShape, actor, inputs).output;
  const policyActions = tanh(preActivations);
  const policyValues = value(critic, inputs, policyActions);
  const actorLoss = add(
    neg(mean(policyValues)),
    mul(mean(square(preActivations)), config.preActivationPenalty),
  );

  const [criticGradient, actorGradient] = [
    gradients(criticLoss, [critic])[0]!,
    gradients(actorLoss, [actor])[0]!,
  ];
  const criticStep = adamStep(critic, criticGradient, { learningRate: config.criticLearningRate });
  const actorStep = adamStep(actor, actorGradient, { learningRate: config.actorLearningRate });

  const report = (name: string, node: Node) => ({ name, node });
  return {
    actor: actorShape,
    critic: criticShape,
    program: {
      feeds: [inputs, nextInputs, actions, rewards, continues],
      state: [
        ...actorStep.state,
        ...criticStep.state,
        polyakUpdate(targetActor, actorStep.next, config.tau),
        polyakUpdate(targetCritic, criticStep.next, config.tau),
      ],
      outputs: [
        report("train/critic_loss", criticLoss),
        report("train/actor_loss", actorLoss),
        report("train/q_mean", mean(values)),
        report("train/target_mean", mean(targets)),
        report("train/action_abs_mean", mean(abs(policyActions))),
        report("train/saturation", mean(greater(abs(preActivations), SATURATED))),
        report("train/critic_grad_norm", sqrt(sum(square(criticGradient)))),
        report("train/actor_grad_norm", sqrt(sum(square(actorGradient)))),
      ],
    },
  };
}
