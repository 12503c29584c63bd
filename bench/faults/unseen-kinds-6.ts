/**
 * @file Sixth set of kinds of faults whose author did not know how the doctor works, for rules that were changed after
 * the fifth one had been diagnosed.
 *
 * Each kind runs in one of three environments. A cause that the doctor has no name for counts only by `alsoRight`.
 */

import type { Case } from "./case.ts";
import {
  withActorWithoutGoal,
  withDropoutInCritic,
  withIdleWorker,
  withTargetOutputsOnly,
} from "./misconnected-networks.ts";
import {
  withCountsFrom,
  withLateTracker,
  withoutHeightOfGoals,
  withRewardAtRest,
  withSensorsInTurn,
} from "./mistimed-sensors.ts";
import {
  withBacklash,
  withCommandsAsDifferences,
  withEvaluationsLate,
  withFence,
  withOnOffDrives,
} from "./mistranslated-commands.ts";
import {
  withActionColumnsReversed,
  withMissesTerminal,
  withRewardsMultipliedInPlace,
  withStatesOfOneArray,
} from "./overwritten-batch.ts";

const PLANAR2 = "planar2-reach";
const PLANAR3 = "planar3-reach-velocity";
const ARM3 = "arm3-reach-ee";

const SETTINGS: readonly Case[] = [
  {
    name: "parameter-noise-unbounded",
    meaning:
      "parameter noise that grows until actions differ by 10, which they cannot, so that training plays ±1 only",
    cause: "unusual-settings",
    alsoRight: ["too-little-exploration"],
    only: PLANAR2,
    set: {
      "agent.exploration.parameterNoise": 10,
      "agent.exploration.noiseScale": 0,
      "agent.exploration.randomActionProbability": 0,
    },
  },
  {
    name: "layer-norm-of-one-unit",
    meaning: "layer normalisation of a layer of one unit, which is always 0",
    cause: "network-too-small",
    alsoRight: ["dead-units"],
    only: PLANAR2,
    set: { "agent.hidden": [64, 1], "agent.layerNorm.actor": true },
  },
  {
    name: "batch-norm-of-last-batch",
    meaning: "batch normalisation of the actor, which plays with the statistics of the last batch of 4",
    cause: "untracked-statistics",
    alsoRight: ["noisy-critic"],
    only: PLANAR3,
    set: { "agent.batchNorm.actor": "batch", "agent.batchNorm.rate": 1, "agent.batchSize": 4 },
  },
  {
    name: "observation-noise-of-settings",
    meaning: "observations with noise of 1 by the settings",
    cause: "noisy-sensors",
    alsoRight: ["unusual-settings"],
    only: PLANAR3,
    set: { "env.variation.observationNoise": 1 },
  },
  {
    name: "actor-gradient-clipped-away",
    meaning: "actor's gradient clipped to 1e-12, below Adam's epsilon",
    cause: "actor-rate-too-low",
    alsoRight: ["frozen-network"],
    only: ARM3,
    set: { "agent.gradientClip.actor": 1e-12 },
  },
  {
    name: "inverted-gradients-from-afar",
    meaning: "inverting gradients, with outputs that start far beyond the bounds at which they are clipped",
    cause: "saturated-actor",
    only: ARM3,
    set: {
      "agent.invertGradients": true,
      "agent.actorLastLayerInit": 1000,
      "agent.preActivationPenalty": 0,
    },
  },
];

const ENVS: readonly Case[] = [
  {
    name: "drives-on-or-off",
    meaning: "drives give full torque in the direction of the action, however small it is",
    cause: "strong-actions",
    alsoRight: ["changed-environment"],
    only: PLANAR2,
    set: {},
    env: withOnOffDrives,
  },
  {
    name: "gear-backlash",
    meaning: "after each reversal, a motor turns for 4 steps without moving its joint",
    cause: "changed-environment",
    alsoRight: ["action-delay", "dead-motor"],
    only: PLANAR2,
    set: {},
    env: withBacklash(4),
  },
  {
    name: "tracker-late",
    meaning: "achieved goals, by which rewards are paid, are those of 10 steps ago",
    cause: "wrong-achieved-goal",
    alsoRight: ["unpaid-success"],
    only: PLANAR2,
    set: {},
    env: withLateTracker(10),
  },
  {
    name: "sensors-in-turn",
    meaning: "one number of the observation is refreshed at each step, in turn",
    cause: "faulty-sensors",
    alsoRight: ["action-delay"],
    only: PLANAR3,
    set: {},
    env: withSensorsInTurn,
  },
  {
    name: "commands-as-differences",
    meaning: "the controller applies the change of the action since the step before",
    cause: "changed-environment",
    alsoRight: ["action-delay", "dead-motor"],
    only: PLANAR3,
    set: {},
    env: withCommandsAsDifferences,
  },
  {
    name: "evaluation-late",
    meaning: "actions take effect 12 steps late in evaluations, at once in training",
    cause: "evaluation-differs",
    alsoRight: ["action-delay"],
    only: PLANAR3,
    set: {},
    env: withEvaluationsLate(12),
  },
  {
    name: "reward-at-rest",
    meaning: "rewards the goal only if the tool moved by less than 0.5 mm in the step",
    cause: "unpaid-success",
    alsoRight: ["relabelling-fault", "credit-starvation"],
    only: PLANAR3,
    set: {},
    env: withRewardAtRest(5e-4),
  },
  {
    name: "protective-stop",
    meaning: "motors are off for the rest of an episode once the tool is 6 cm away from its start",
    cause: "unreachable-goals",
    alsoRight: ["dead-motor", "changed-environment"],
    only: ARM3,
    set: {},
    env: withFence(0.06),
  },
  {
    name: "goal-height-lost",
    meaning: "the agent sees goals with a height of 0",
    cause: "goal-not-seen",
    alsoRight: ["wrong-goals"],
    only: ARM3,
    set: {},
    env: withoutHeightOfGoals,
  },
  {
    name: "encoders-count-from-millions",
    meaning: "observations are added to 5 million, to which single precision adds multiples of 0.5 only",
    cause: "faulty-sensors",
    alsoRight: ["coarse-inputs"],
    only: ARM3,
    set: {},
    env: withCountsFrom(5e6),
  },
];

const LEARNERS: readonly Case[] = [
  {
    name: "batch-action-columns-reversed",
    meaning: "the critic is trained with the motors' actions in reverse order",
    cause: "misaligned-batch",
    alsoRight: ["actor-against-critic", "changed-updates"],
    only: PLANAR2,
    set: {},
    learner: withActionColumnsReversed,
  },
  {
    name: "rewards-multiplied-in-place",
    meaning: "stored rewards are multiplied by 0.99 at each update, again and again, until they are 0",
    cause: "wrong-targets",
    alsoRight: ["misaligned-batch", "credit-starvation"],
    only: PLANAR2,
    set: {},
    learner: withRewardsMultipliedInPlace(0.99),
  },
  {
    name: "critic-dropout",
    meaning: "dropout of 80 % in the critic's last hidden layer in updates",
    cause: "noisy-critic",
    alsoRight: ["changed-updates"],
    only: PLANAR2,
    set: {},
    learner: withDropoutInCritic(0.8),
  },
  {
    name: "misses-terminal",
    meaning: "targets count each missed goal as the end of the task, so that values reach one step back only",
    cause: "wrong-targets",
    alsoRight: ["early-termination", "horizon-too-short"],
    only: PLANAR3,
    set: {},
    learner: withMissesTerminal,
  },
  {
    name: "idle-worker",
    meaning: "the actor is averaged at each update with 5 % of the weights of a worker that never trains",
    cause: "changed-updates",
    alsoRight: ["actor-rate-too-low", "frozen-network"],
    only: PLANAR3,
    set: {},
    learner: withIdleWorker(0.05),
  },
  {
    name: "states-of-one-array",
    meaning: "all states of a batch are views of one array; goals, actions and rewards are right",
    cause: "misaligned-batch",
    alsoRight: ["changed-updates"],
    only: ARM3,
    set: {},
    learner: withStatesOfOneArray,
  },
  {
    name: "target-outputs-only",
    meaning: "only the output layers of the target networks are updated",
    cause: "wrong-targets",
    alsoRight: ["targets-too-slow", "changed-updates"],
    only: ARM3,
    set: {},
    learner: withTargetOutputsOnly,
  },
  {
    name: "actor-without-goal",
    meaning: "the actor's weights of the goal are 0, the critic sees the goal",
    cause: "changed-updates",
    alsoRight: ["goal-not-seen", "frozen-network"],
    only: ARM3,
    set: {},
    learner: withActorWithoutGoal,
  },
];

/** Kinds that the doctor has never been run on since the fifth set became known. */
export const SIXTH_UNSEEN_KINDS: readonly Case[] = [...SETTINGS, ...ENVS, ...LEARNERS];
