/**
 * @file More kinds of faults whose author did not know how the doctor works: a second set, for rules that were changed
 * after the first one had been diagnosed.
 *
 * A cause that the doctor has no name for counts only by `alsoRight`.
 */

import type { Case } from "./case.ts";
import {
  withActionOverwritten,
  withDeadZone,
  withDropouts,
  withEvaluationsReversed,
  withFadingMotors,
  withFrozenTracker,
  withGoalsInMillimetres,
  withOneWayMotors,
  withRewardNoise,
  withRewardOfPrevious,
  withSilentResets,
} from "./impaired-env.ts";
import {
  withBlankGoalsInBatches,
  withDecay,
  withEqualWeights,
  withNextStateOfPresent,
  withRoundedWeights,
  withTargetsRepelled,
  withUpdatesOfOtherMotors,
} from "./impaired-learner.ts";

const SETTINGS: readonly Case[] = [
  {
    name: "average-hardly-moves",
    meaning: "the evaluated actor is an average that takes up 1e-6 of the weights per update",
    cause: "average-too-slow",
    alsoRight: ["frozen-network"],
    set: { "agent.actorAveraging": 1e-6 },
  },
  {
    name: "reward-scale-huge",
    meaning: "rewards times 1,000",
    cause: "saturated-actor",
    alsoRight: ["critic-rate-too-low"],
    set: { "agent.rewardScale": 1000 },
  },
  {
    name: "smoothness-cost-huge",
    meaning: "cost of 100 on changes of the action, which the agent does not observe",
    cause: "costs-outweigh-goal",
    alsoRight: ["actor-does-nothing"],
    set: { "env.rewardTerms.smoothness": 100 },
  },
  {
    name: "motors-oversized",
    meaning: "40 times the usual torque",
    cause: "strong-actions",
    set: { "env.torqueScale": 1, "env.variation.torque": [10, 10] },
  },
  {
    name: "arm-heavy",
    meaning: "links and damping 10 times as heavy, at the usual torque",
    cause: "weak-actions",
    set: { "env.variation.mass": [10, 10], "env.variation.damping": [10, 10] },
  },
  {
    name: "one-goal-carried-over",
    meaning: "each training episode continues the one before, with its goal",
    cause: "too-little-exploration",
    alsoRight: ["replay-too-small"],
    set: {
      "train.carryOver.probability": 1,
      "train.carryOver.rampEpisodes": 0,
      "train.carryOver.keepGoal": 1,
    },
  },
];

const ENVS: readonly Case[] = [
  {
    name: "motors-dead-zone",
    meaning: "motors do not move for actions below 0.9",
    cause: "weak-actions",
    alsoRight: ["dead-motor", "changed-environment"],
    set: {},
    env: withDeadZone(0.9),
  },
  {
    name: "motors-fade",
    meaning: "motors lose half of their power every 800 steps",
    cause: "weak-actions",
    alsoRight: ["dead-motor", "changed-environment"],
    set: {},
    env: withFadingMotors(800),
  },
  {
    name: "motors-one-way",
    meaning: "motors push in one direction only",
    cause: "dead-motor",
    alsoRight: ["changed-environment", "wrong-wiring"],
    set: {},
    env: withOneWayMotors,
  },
  {
    name: "sensor-dropouts",
    meaning: "each number of an observation is 0 at random, half of the time",
    cause: "faulty-sensors",
    alsoRight: ["noisy-sensors"],
    set: {},
    env: withDropouts(0.5),
  },
  {
    name: "evaluation-observes-otherwise",
    meaning: "evaluations list the numbers of an observation in reverse order",
    cause: "evaluation-differs",
    alsoRight: ["faulty-sensors", "changed-environment"],
    set: {},
    env: withEvaluationsReversed,
  },
  {
    name: "silent-resets",
    meaning: "the arm is put back to a start every 8 steps, within the episode",
    cause: "changed-environment",
    set: {},
    env: withSilentResets(8),
  },
  {
    name: "action-overwritten",
    meaning: "the environment clears the action, so that zeros are stored",
    cause: "misaligned-batch",
    alsoRight: ["changed-environment"],
    set: {},
    env: withActionOverwritten,
  },
  {
    name: "goals-in-millimetres",
    meaning: "desired goals in millimetres, achieved ones in metres",
    cause: "wrong-goals",
    alsoRight: ["unreachable-goals", "coarse-inputs"],
    set: {},
    env: withGoalsInMillimetres,
  },
  {
    name: "tracker-frozen",
    meaning: "the achieved goal stays where the episode began",
    cause: "wrong-achieved-goal",
    alsoRight: ["trivial-hindsight"],
    set: {},
    env: withFrozenTracker,
  },
  {
    name: "reward-of-previous",
    meaning: "rewards staying where the step before ended",
    cause: "unpaid-success",
    alsoRight: ["relabelling-fault"],
    set: {},
    env: withRewardOfPrevious,
  },
  {
    name: "reward-noise",
    meaning: "rewards with noise of 30",
    cause: "unpaid-success",
    alsoRight: ["noisy-critic"],
    set: {},
    env: withRewardNoise(30),
  },
];

const LEARNERS: readonly Case[] = [
  {
    name: "weights-decay",
    meaning: "weights lose 10 % of their size per update",
    cause: "vanishing-weights",
    alsoRight: ["actor-does-nothing"],
    set: {},
    learner: withDecay(0.1),
  },
  {
    name: "weights-rounded",
    meaning: "weights are rounded to multiples of 0.01 after each update, which undoes it",
    cause: "frozen-network",
    alsoRight: ["actor-rate-too-low", "critic-rate-too-low"],
    set: {},
    learner: withRoundedWeights(0.01),
  },
  {
    name: "weights-equal",
    meaning: "all initial weights of a layer are equal, so that its units stay alike",
    cause: "network-too-small",
    alsoRight: ["dead-units"],
    set: {},
    networks: withEqualWeights,
  },
  {
    name: "targets-repelled",
    meaning: "Polyak averaging with the wrong sign",
    cause: "wrong-targets",
    alsoRight: ["targets-too-slow"],
    set: {},
    learner: withTargetsRepelled,
  },
  {
    name: "actor-updates-of-other-motor",
    meaning: "updates of the actor's outputs are applied to the next motor's",
    cause: "actor-against-critic",
    set: {},
    learner: withUpdatesOfOtherMotors,
  },
  {
    name: "next-state-is-present",
    meaning: "next states of batches are the present ones",
    cause: "misaligned-batch",
    alsoRight: ["wrong-targets"],
    set: {},
    learner: withNextStateOfPresent,
  },
  {
    name: "batch-goals-blank",
    meaning: "networks are trained with zeros for goals",
    cause: "goal-not-seen",
    alsoRight: ["misaligned-batch"],
    set: {},
    learner: withBlankGoalsInBatches,
  },
];

/** Kinds that the doctor has never been run on since the first set became known. */
export const LATER_UNSEEN_KINDS: readonly Case[] = [...SETTINGS, ...ENVS, ...LEARNERS];
