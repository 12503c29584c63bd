/**
 * @file Third set of kinds of faults whose author did not know how the doctor works, for rules that were changed after
 * the second one had been diagnosed.
 *
 * A cause that the doctor has no name for counts only by `alsoRight`.
 */

import type { Case } from "./case.ts";
import { withCriticStartingAt, withForeignOptimiser } from "./foreign-start.ts";
import { withFrameSkip, withMotorNoise, withRamp, withThermalCutout } from "./limited-motors.ts";
import { withGradientsNeverZeroed, withNoiseLeftInActor, withPolyakSwapped } from "./misapplied-update.ts";
import { withActionsRescaled, withInputsScaled, withTargetsBroadcast } from "./misfed-batch.ts";
import { withIntegerReward, withOverflow, withTrackerOffset, withWatchdog } from "./misread-task.ts";

const SETTINGS: readonly Case[] = [
  {
    name: "gravity-not-compensated",
    meaning: "a quarter of the usual torque, which has to carry the arm's weight too",
    cause: "weak-actions",
    set: { "env.gravityCompensation": false, "env.variation.torque": [0.24, 0.24] },
  },
  {
    name: "randomisation-wide",
    meaning: "masses, damping and torques drawn for each episode from ranges of one to three decades",
    cause: "randomisation-too-wide",
    alsoRight: ["strong-actions", "weak-actions"],
    set: {
      "env.variation.mass": [1, 10],
      "env.variation.damping": [0, 1],
      "env.variation.torque": [0.02, 10],
    },
  },
  {
    name: "joints-undamped",
    meaning: "joints without damping",
    cause: "strong-actions",
    set: { "env.variation.damping": [0, 0] },
  },
  {
    name: "starts-anywhere",
    meaning: "starts at any joint angles, at a torque too low to cross the workspace within an episode",
    cause: "weak-actions",
    set: { "env.variation.startNoise": 3.2, "env.torqueScale": 0.1 },
  },
  {
    name: "n-step-off-policy",
    meaning: "returns over 50 steps of a behaviour policy that is mostly random",
    cause: "wrong-targets",
    alsoRight: ["too-much-exploration"],
    set: { "agent.nStep": 50, "agent.exploration.randomActionProbability": 0.5 },
  },
  {
    name: "target-smoothing-huge",
    meaning: "noise of 2 on target actions, so that targets value a random policy",
    cause: "wrong-targets",
    set: { "agent.targetSmoothing.scale": 2, "agent.targetSmoothing.clip": 2 },
  },
  {
    name: "shaping-huge",
    meaning: "potential-based reward of 1,000 per metre",
    cause: "saturated-actor",
    alsoRight: ["critic-rate-too-low"],
    set: { "env.reward": "potential", "env.potentialScale": 1000 },
  },
  {
    name: "batch-norm-of-two",
    meaning: "batch normalisation over batches of 2",
    cause: "noisy-critic",
    alsoRight: ["untracked-statistics"],
    set: { "agent.batchNorm.actor": "batch", "agent.batchNorm.critic": "batch", "agent.batchSize": 2 },
  },
];

const ENVS: readonly Case[] = [
  {
    name: "motors-ramp",
    meaning: "torques start at 0 and change by at most 2 % of their limit a step",
    cause: "action-delay",
    alsoRight: ["weak-actions", "changed-environment"],
    set: {},
    env: withRamp(0.02),
  },
  {
    name: "motors-overheat",
    meaning: "motors are switched off for the rest of an episode after a third of a step at full torque",
    cause: "dead-motor",
    alsoRight: ["weak-actions", "changed-environment"],
    set: {},
    env: withThermalCutout(0.3),
  },
  {
    name: "motors-noisy",
    meaning: "torques have white noise of three times their limit",
    cause: "changed-environment",
    alsoRight: ["dead-motor"],
    set: {},
    env: withMotorNoise(3),
  },
  {
    name: "control-loop-slow",
    meaning: "each action is applied for 10 steps, so that an episode has 5",
    cause: "strong-actions",
    alsoRight: ["changed-environment"],
    set: {},
    env: withFrameSkip(10),
  },
  {
    name: "encoders-overflow",
    meaning: "each number of an observation is wrapped into ±0.05",
    cause: "faulty-sensors",
    alsoRight: ["noisy-sensors"],
    set: {},
    env: withOverflow(0.05),
  },
  {
    name: "tracker-offset",
    meaning: "achieved goals are 15 cm beside the tool along each axis; success is judged by the tool",
    cause: "wrong-achieved-goal",
    alsoRight: ["wrong-goals", "unpaid-success"],
    set: {},
    env: withTrackerOffset(0.15),
  },
  {
    name: "reward-cast-to-integer",
    meaning: "dense reward in whole metres, which is 0 everywhere near",
    cause: "unpaid-success",
    alsoRight: ["credit-starvation"],
    set: { "env.reward": "dense" },
    env: withIntegerReward,
  },
  {
    name: "watchdog",
    meaning: "each episode terminates after 5 steps",
    cause: "early-termination",
    alsoRight: ["changed-environment"],
    set: {},
    env: withWatchdog(5),
  },
];

const LEARNERS: readonly Case[] = [
  {
    name: "targets-broadcast",
    meaning: "each row of a batch has the same target, as by a subtraction of [B] from [B, 1]",
    cause: "wrong-targets",
    alsoRight: ["misaligned-batch"],
    set: {},
    learner: withTargetsBroadcast,
  },
  {
    name: "batch-actions-rescaled",
    meaning: "the critic is trained with actions mapped to [0, 1]",
    cause: "misaligned-batch",
    alsoRight: ["wrong-targets"],
    set: {},
    learner: withActionsRescaled,
  },
  {
    name: "inputs-scaled-in-training",
    meaning: "networks are trained with a twentieth of the inputs that the policy plays with",
    cause: "untracked-statistics",
    alsoRight: ["coarse-inputs", "misaligned-batch"],
    set: {},
    learner: withInputsScaled(0.05),
  },
  {
    name: "gradients-never-zeroed",
    meaning: "each step of the optimiser follows the sum of all gradients so far",
    cause: "critic-rate-too-high",
    alsoRight: ["actor-rate-too-high", "wrong-targets", "actor-against-critic"],
    set: {},
    learner: withGradientsNeverZeroed,
  },
  {
    name: "polyak-swapped",
    meaning: "target networks stay, and the online networks are averaged with them",
    cause: "targets-too-slow",
    alsoRight: ["wrong-targets", "frozen-network"],
    set: {},
    learner: withPolyakSwapped(0.02),
  },
  {
    name: "parameter-noise-left",
    meaning: "parameter noise of 0.02 stays in the actor at each update",
    cause: "actor-against-critic",
    alsoRight: ["actor-rate-too-high"],
    set: {},
    learner: withNoiseLeftInActor(0.02),
  },
  {
    name: "optimiser-of-another-run",
    meaning: "the optimiser starts with squared gradients of 300², which make steps tiny",
    cause: "frozen-network",
    alsoRight: ["critic-rate-too-low", "actor-rate-too-low"],
    set: {},
    networks: withForeignOptimiser(300),
  },
  {
    name: "critic-starts-high",
    meaning: "the critic's values start at 1,000; returns are within −20 and 0",
    cause: "over-estimation",
    alsoRight: ["critic-rate-too-low"],
    set: {},
    networks: withCriticStartingAt(1000),
  },
];

/** Kinds that the doctor has never been run on since the second set became known. */
export const NEWEST_UNSEEN_KINDS: readonly Case[] = [...SETTINGS, ...ENVS, ...LEARNERS];
