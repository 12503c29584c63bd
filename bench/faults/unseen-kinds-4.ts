/**
 * @file Fourth set of kinds of faults whose author did not know how the doctor works, for rules that were changed after
 * the third one had been diagnosed.
 *
 * A cause that the doctor has no name for counts only by `alsoRight`.
 */

import type { Case } from "./case.ts";
import {
  withLostCommands,
  withLowPass,
  withMotorInterference,
  withShiftedFrames,
} from "./disturbed-signals.ts";
import {
  withGoalsFirst,
  withoutSuccesses,
  withRewardsClipped,
  withStatesExchanged,
} from "./miscopied-batch.ts";
import { withRoundedGoals, withToleranceInCentimetres, withTrackerScale } from "./misjudged-goals.ts";
import { withFrozenOutput, withRareUpdates } from "./partial-update.ts";
import { withUnscaledActor } from "./unscaled-weights.ts";

const SETTINGS: readonly Case[] = [
  {
    name: "learning-rates-decay-at-once",
    meaning: "both learning rates fall to 1e-7 within 50 updates",
    cause: "critic-rate-too-low",
    alsoRight: ["actor-rate-too-low"],
    set: { "agent.learningRateDecay.updates": 50, "agent.learningRateDecay.to": 1e-4 },
  },
  {
    name: "action-cost-huge",
    meaning: "cost of 50 on the mean squared action in the reward",
    cause: "actor-does-nothing",
    alsoRight: ["costs-outweigh-goal"],
    set: { "env.rewardTerms.action": 50 },
  },
  {
    name: "stops-at-first-success",
    meaning: "the run counts as converged at the first evaluation with one success in twenty",
    cause: "under-trained",
    alsoRight: ["too-few-updates"],
    set: { "train.stopConverged": 1, "train.convergedRate": 0.05 },
  },
  {
    name: "delay-varies",
    meaning: "actions take effect up to half a second late, by a delay that is drawn for each episode",
    cause: "action-delay",
    alsoRight: ["randomisation-too-wide"],
    set: { "env.variation.delay": [0, 0.5] },
  },
  {
    name: "replay-of-successes-only",
    meaning: "batches only from the few episodes that achieved their goal",
    cause: "replay-too-small",
    set: { "agent.replay.rewardingShare": 1 },
  },
  {
    name: "random-actions-held",
    meaning: "a random action is held for up to 1,000 steps, so that most training episodes have one action",
    cause: "too-little-exploration",
    alsoRight: ["too-much-exploration"],
    set: { "agent.exploration.randomActionHold": 1000 },
  },
];

const ENVS: readonly Case[] = [
  {
    name: "motors-disturb-sensors",
    meaning: "observations have noise of up to 2, in proportion to the torques",
    cause: "noisy-sensors",
    alsoRight: ["faulty-sensors"],
    set: {},
    env: withMotorInterference(2),
  },
  {
    name: "sensor-frames-shifted",
    meaning: "at every second step the numbers of an observation are shifted by some places",
    cause: "faulty-sensors",
    alsoRight: ["noisy-sensors"],
    set: {},
    env: withShiftedFrames(0.5),
  },
  {
    name: "sensors-over-filtered",
    meaning: "observations behind a low-pass filter of 33 steps",
    cause: "action-delay",
    alsoRight: ["faulty-sensors"],
    set: {},
    env: withLowPass(0.03),
  },
  {
    name: "commands-lost",
    meaning: "95 % of the actions do not arrive, and the motors give no torque then",
    cause: "dead-motor",
    alsoRight: ["weak-actions"],
    set: {},
    env: withLostCommands(0.95),
  },
  {
    name: "goals-rounded",
    meaning: "the agent sees its goal rounded to multiples of 30 cm",
    cause: "goal-not-seen",
    alsoRight: ["wrong-goals"],
    set: {},
    env: withRoundedGoals(0.3),
  },
  {
    name: "tracker-scale-half",
    meaning: "achieved goals are half of the tool's coordinates, by which reward and success are judged",
    cause: "unreachable-goals",
    alsoRight: ["wrong-achieved-goal"],
    set: {},
    env: withTrackerScale(0.5),
  },
  {
    name: "tolerance-in-centimetres",
    meaning: "pays within 5 m in place of 5 cm",
    cause: "unpaid-success",
    set: {},
    env: withToleranceInCentimetres,
  },
];

const LEARNERS: readonly Case[] = [
  {
    name: "batch-rewards-clipped",
    meaning: "rewards of batches are clipped to [0, 1], which makes −1 a 0",
    cause: "wrong-targets",
    set: {},
    learner: withRewardsClipped(0, 1),
  },
  {
    name: "batch-states-exchanged",
    meaning: "states and next states of batches are exchanged",
    cause: "wrong-targets",
    alsoRight: ["misaligned-batch"],
    set: {},
    learner: withStatesExchanged,
  },
  {
    name: "batch-goals-first",
    meaning: "batches list goal and observation in another order than the policy's inputs",
    cause: "changed-updates",
    alsoRight: ["misaligned-batch"],
    set: {},
    learner: withGoalsFirst,
  },
  {
    name: "batch-without-successes",
    meaning: "rows of a batch that are rewarded with 0 are overwritten by others",
    cause: "credit-starvation",
    alsoRight: ["relabelling-fault"],
    set: {},
    learner: withoutSuccesses,
  },
  {
    name: "critic-updated-rarely",
    meaning: "the critic keeps its weights at 99 of 100 updates",
    cause: "critic-rate-too-low",
    alsoRight: ["too-few-updates"],
    set: {},
    learner: withRareUpdates("critic", 100),
  },
  {
    name: "actor-output-frozen",
    meaning: "the weights of the actor's second output stay as they begin",
    cause: "frozen-network",
    set: {},
    learner: withFrozenOutput(1),
  },
  {
    name: "actor-weights-unscaled",
    meaning: "preset plain, the actor's weights start as standard normal numbers",
    cause: "saturated-actor",
    preset: "plain",
    set: {},
    networks: withUnscaledActor,
  },
];

/** Kinds that the doctor has never been run on since the third set became known. */
export const FOURTH_UNSEEN_KINDS: readonly Case[] = [...SETTINGS, ...ENVS, ...LEARNERS];
