/**
 * @file Fifth set of kinds of faults whose author did not know how the doctor works, for rules that were changed after
 * the fourth one had been diagnosed.
 *
 * Each kind runs in one of three environments. A cause that the doctor has no name for counts only by `alsoRight`.
 */

import { withCriticWithoutAction } from "./blind-critic.ts";
import type { Case } from "./case.ts";
import {
  withCopiesOfOneRow,
  withInputsReshaped,
  withNextGoalsOfOtherRows,
  withNoisyInputs,
} from "./misassembled-batch.ts";
import { withIntegerObservations, withStatisticsOfEpisode } from "./misconverted-observations.ts";
import { withRewardOfPresentTool, withRewardsAboveRange, withTimeLimit } from "./misdeclared-task.ts";
import {
  withBacklog,
  withEvaluationsReversingActions,
  withForcesNeverCleared,
  withPlugsExchanged,
} from "./misdriven-motors.ts";
import { withGoalsExchanged, withGoalsFromStart, withJitteringGoals } from "./misreported-goals.ts";
import { withLateUpdates, withPolicyCopiedOnce } from "./mistimed-update.ts";
import { withForeignStatistics } from "./miswired-learner.ts";

const PLANAR2 = "planar2-reach";
const PLANAR3 = "planar3-reach-velocity";
const ARM3 = "arm3-reach-ee";

const SETTINGS: readonly Case[] = [
  {
    name: "critic-batch-norm-untracked",
    meaning:
      "batch normalisation of the critic whose running statistics, which targets are computed with, hardly move",
    cause: "untracked-statistics",
    alsoRight: ["wrong-targets"],
    only: PLANAR2,
    set: { "agent.batchNorm.critic": "batch", "agent.batchNorm.rate": 1e-5 },
  },
  {
    name: "stops-before-first-success",
    meaning:
      "the run counts as hopeless if no evaluation until step 500 has a success; updates start at step 1,000",
    cause: "too-few-updates",
    alsoRight: ["under-trained"],
    only: PLANAR3,
    set: { "train.stopHopeless": 500 },
  },
  {
    name: "critic-starts-rough",
    meaning: "the critic's last layer initialised 300,000 times too large, the actor's as usual",
    cause: "saturated-actor",
    alsoRight: ["critic-rate-too-low", "over-estimation"],
    only: ARM3,
    set: { "agent.lastLayerInit": 1000, "agent.actorLastLayerInit": 3e-3 },
  },
  {
    name: "networks-too-deep",
    meaning:
      "eight hidden layers without layer normalisation, through which neither signal nor gradient passes",
    cause: "vanishing-weights",
    alsoRight: ["network-too-small", "dead-units"],
    only: ARM3,
    set: { "agent.hidden": [64, 64, 64, 64, 64, 64, 64, 64] },
  },
];

const ENVS: readonly Case[] = [
  {
    name: "forces-never-cleared",
    meaning:
      "each action is added to all before it in the episode, as forces that are not reset before a step",
    cause: "changed-environment",
    alsoRight: ["action-delay", "strong-actions"],
    only: PLANAR2,
    set: {},
    env: withForcesNeverCleared,
  },
  {
    name: "commands-queue-up",
    meaning: "the drive takes one command from its queue for every two that arrive, so that the delay grows",
    cause: "action-delay",
    alsoRight: ["changed-environment"],
    only: PLANAR2,
    set: {},
    env: withBacklog,
  },
  {
    name: "observations-standardised-anew",
    meaning: "observations are standardised by the mean and std of the episode so far",
    cause: "faulty-sensors",
    alsoRight: ["bad-normalisation"],
    only: PLANAR2,
    set: {},
    env: withStatisticsOfEpisode,
  },
  {
    name: "reward-of-present-tool",
    meaning: "rewards where the arm is at the time of the call, so relabelled ones are those of another time",
    cause: "relabelling-fault",
    alsoRight: ["unpaid-success"],
    only: PLANAR2,
    set: {},
    env: withRewardOfPresentTool,
  },
  {
    name: "goals-jitter",
    meaning: "the agent sees its goal with noise of 30 cm, drawn at each step",
    cause: "goal-not-seen",
    alsoRight: ["noisy-sensors"],
    only: PLANAR2,
    set: {},
    env: withJitteringGoals(0.3),
  },
  {
    name: "plugs-exchanged-in-mid-run",
    meaning: "from step 2,000 of training on, the motors are connected in reverse order",
    cause: "wrong-wiring",
    alsoRight: ["changed-environment"],
    only: PLANAR3,
    set: {},
    env: withPlugsExchanged(2000),
  },
  {
    name: "evaluation-acts-otherwise",
    meaning: "evaluations apply actions with the opposite sign",
    cause: "evaluation-differs",
    alsoRight: ["wrong-wiring", "changed-environment"],
    only: PLANAR3,
    set: {},
    env: withEvaluationsReversingActions,
  },
  {
    name: "time-limit-short",
    meaning: "episodes are truncated after 5 steps, in which most goals cannot be reached",
    cause: "weak-actions",
    alsoRight: ["unreachable-goals", "changed-environment"],
    only: PLANAR3,
    set: {},
    env: withTimeLimit(5),
  },
  {
    name: "goals-from-start",
    meaning:
      "desired goals are displacements from the start, achieved ones positions in the frame of the base",
    cause: "wrong-goals",
    alsoRight: ["goal-not-seen"],
    only: PLANAR3,
    set: {},
    env: withGoalsFromStart,
  },
  {
    name: "goals-exchanged",
    meaning: "achieved and desired goals of observations are exchanged",
    cause: "wrong-achieved-goal",
    alsoRight: ["goal-not-seen", "wrong-goals"],
    only: ARM3,
    set: {},
    env: withGoalsExchanged,
  },
  {
    name: "rewards-above-range",
    meaning: "rewards of 0 and 1 with a declared range of −1 to 0, to which targets are clipped",
    cause: "wrong-targets",
    alsoRight: ["relabelling-fault", "unpaid-success"],
    only: ARM3,
    set: {},
    env: withRewardsAboveRange,
  },
  {
    name: "observations-as-integers",
    meaning: "observations are cast to integers, which makes a position within a metre 0",
    cause: "faulty-sensors",
    only: ARM3,
    set: {},
    env: withIntegerObservations,
  },
];

const LEARNERS: readonly Case[] = [
  {
    name: "next-goals-of-other-rows",
    meaning: "targets take the value of the next state for the goal of another row",
    cause: "wrong-targets",
    alsoRight: ["misaligned-batch", "changed-updates"],
    only: PLANAR2,
    set: {},
    learner: withNextGoalsOfOtherRows,
  },
  {
    name: "batch-inputs-noisy",
    meaning: "networks are trained with noise of 1.5 standard deviations on their inputs, as augmentation",
    cause: "misaligned-batch",
    alsoRight: ["changed-updates"],
    only: PLANAR2,
    set: {},
    learner: withNoisyInputs(1.5),
  },
  {
    name: "batch-inputs-reshaped",
    meaning: "inputs of batches are reshaped from columns to rows without being transposed",
    cause: "misaligned-batch",
    alsoRight: ["changed-updates"],
    only: PLANAR3,
    set: {},
    learner: withInputsReshaped,
  },
  {
    name: "updates-late",
    meaning: "each update of actor and critic is applied 100 updates after it was computed",
    cause: "changed-updates",
    alsoRight: ["actor-rate-too-high", "critic-rate-too-high"],
    only: PLANAR3,
    set: {},
    learner: withLateUpdates(100),
  },
  {
    name: "policy-copied-once",
    meaning: "the policy plays with a copy of the actor's first weights, while updates change the original",
    cause: "frozen-network",
    alsoRight: ["average-too-slow"],
    only: PLANAR3,
    set: {},
    learner: withPolicyCopiedOnce,
  },
  {
    name: "critic-without-action",
    meaning: "the critic's weights of the action are 0, so that Q has no gradient for the actor",
    cause: "actor-against-critic",
    alsoRight: ["changed-updates", "frozen-network"],
    only: ARM3,
    set: {},
    learner: withCriticWithoutAction,
  },
  {
    name: "batch-of-copies",
    meaning: "all rows of a batch are copies of one, as of an index that is drawn once",
    cause: "misaligned-batch",
    alsoRight: ["noisy-critic", "replay-too-small", "changed-updates"],
    only: ARM3,
    set: {},
    learner: withCopiesOfOneRow,
  },
  {
    name: "statistics-of-still-arm",
    meaning: "inputs normalised by a std of 0.01 about 0, so that nearly all are clipped",
    cause: "bad-normalisation",
    only: ARM3,
    set: {},
    networks: withForeignStatistics(0, 0.01),
  },
];

/** Kinds that the doctor has never been run on since the fourth set became known. */
export const FIFTH_UNSEEN_KINDS: readonly Case[] = [...SETTINGS, ...ENVS, ...LEARNERS];
