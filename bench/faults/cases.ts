/** @file The cases of bench/doctor.ts: faults with their expected cause, and healthy variants. */

import { join } from "node:path";
import { withRewardSignFlipped, withStaleGoalPaid } from "./broken-goals.ts";
import { withScaledSensors, withTrackerGlitches } from "./broken-hardware.ts";
import { withDeadUnits } from "./broken-networks.ts";
import type { Case, EnvironmentSettings } from "./case.ts";
import { KEPT_KINDS, OPEN_KINDS } from "./kinds.ts";
import { UNSEEN_KINDS } from "./unseen-kinds.ts";
import { LATER_UNSEEN_KINDS } from "./unseen-kinds-2.ts";
import { NEWEST_UNSEEN_KINDS } from "./unseen-kinds-3.ts";
import { FOURTH_UNSEEN_KINDS } from "./unseen-kinds-4.ts";
import { FIFTH_UNSEEN_KINDS } from "./unseen-kinds-5.ts";
import { SIXTH_UNSEEN_KINDS } from "./unseen-kinds-6.ts";

const SMALL = {
  "train.steps": 3000,
  "train.evaluateEvery": 500,
  "train.evaluationEpisodes": 20,
  "train.finalEpisodes": 50,
};

const LARGE = { "train.steps": 8000, "train.evaluationEpisodes": 20, "train.finalEpisodes": 50 };

/** Environments of the cases, with enough steps for the preset ddpg-her to learn, or nearly. */
export const ENVIRONMENTS: Readonly<Record<string, EnvironmentSettings>> = {
  "panda-reach": LARGE,
  "so101-reach": {
    ...LARGE,
    "env.urdf.file": join(import.meta.dirname, "../../examples/arms/so101.urdf"),
  },
  "planar2-reach": SMALL,
  "planar3-reach-velocity": { ...SMALL, "env.id": "planar3-reach", "env.control": "velocity" },
  "arm3-reach-ee": { ...SMALL, "env.id": "arm3-reach", "env.control": "ee" },
};

export const FAULTS: readonly Case[] = [
  {
    name: "saturated-start",
    meaning: "last layers initialised 3,000 times too large, no pre-activation penalty",
    cause: "saturated-actor",
    set: { "agent.lastLayerInit": 10, "agent.preActivationPenalty": 0 },
  },
  {
    name: "critic-rate-times-100",
    meaning: "critic's learning rate 0.1",
    cause: "critic-rate-too-high",
    set: { "agent.criticLearningRate": 0.1 },
  },
  {
    name: "critic-rate-over-1000",
    meaning: "critic's learning rate 1e-6",
    cause: "critic-rate-too-low",
    set: { "agent.criticLearningRate": 1e-6 },
  },
  {
    name: "actor-rate-times-100",
    meaning: "actor's learning rate 0.1",
    cause: "actor-rate-too-high",
    set: { "agent.actorLearningRate": 0.1 },
  },
  {
    name: "actor-rate-over-1000",
    meaning: "actor's learning rate 1e-6",
    cause: "actor-rate-too-low",
    set: { "agent.actorLearningRate": 1e-6 },
  },
  {
    name: "values-diverge",
    meaning: "no target networks, targets not clipped, γ 0.99, critic's learning rate 0.01",
    cause: "divergence",
    only: "panda-reach",
    set: {
      "agent.targetNetworks": false,
      "agent.clipTargets": false,
      "agent.gamma": 0.99,
      "agent.criticLearningRate": 0.01,
    },
  },
  {
    name: "noisy-gradients",
    meaning: "batches of 4, τ = 1, no pre-activation penalty",
    cause: "noisy-critic",
    set: { "agent.batchSize": 4, "agent.tau": 1, "agent.preActivationPenalty": 0 },
  },
  {
    name: "no-exploration",
    meaning: "no noise, no random actions, one random episode",
    cause: "too-little-exploration",
    set: {
      "agent.exploration.noiseScale": 0,
      "agent.exploration.randomActionProbability": 0,
      "agent.warmupSteps": 50,
    },
  },
  {
    name: "no-hindsight",
    meaning: "sparse reward without hindsight",
    cause: "credit-starvation",
    set: { "agent.her.k": 0 },
  },
  {
    name: "reward-sign-flipped",
    meaning: "reward negated",
    cause: "wrong-reward-sign",
    set: {},
    env: withRewardSignFlipped,
  },
  {
    name: "hindsight-pays-stale-goal",
    meaning: "relabelled transitions rewarded for the goal of the current episode",
    cause: "relabelling-fault",
    set: {},
    env: withStaleGoalPaid,
  },
  {
    name: "inputs-times-100",
    meaning: "observations 100 times too large, not normalised",
    cause: "bad-normalisation",
    set: { "agent.normalize": false },
    env: withScaledSensors(100),
  },
  {
    name: "not-normalised",
    meaning: "inputs in metres and radians, not normalised",
    cause: "coarse-inputs",
    set: { "agent.normalize": false },
  },
  {
    name: "tracker-glitches",
    meaning: "one position in a hundred is off by 30 m, which inflates the normaliser's standard deviation",
    cause: "coarse-inputs",
    set: {},
    env: withTrackerGlitches,
  },
  {
    name: "dead-actor",
    meaning: "hidden biases of the actor −10",
    cause: "dead-units",
    set: {},
    networks: withDeadUnits("actor"),
  },
  {
    name: "dead-critic",
    meaning: "hidden biases of the critic −10",
    cause: "dead-units",
    set: {},
    networks: withDeadUnits("critic"),
  },
  {
    name: "stopped-early",
    meaning: "ended after three eighths of the steps",
    cause: "under-trained",
    set: {},
    stepsFactor: 0.375,
    only: "panda-reach",
  },
];

/** Variants that learn: the doctor must find no cause. */
export const HEALTHY: readonly Case[] = [
  { name: "ddpg-her", meaning: "no change", cause: "healthy", stepsFactor: 1.5, set: {} },
  { name: "gamma-0.98", meaning: "γ 0.98", cause: "healthy", stepsFactor: 1.5, set: { "agent.gamma": 0.98 } },
  {
    name: "wide",
    meaning: "2 × 128 units",
    cause: "healthy",
    stepsFactor: 1.5,
    set: { "agent.hidden": [128, 128] },
  },
  {
    name: "ou-noise",
    meaning: "Ornstein–Uhlenbeck noise 0.2",
    cause: "healthy",
    stepsFactor: 1.5,
    set: { "agent.exploration.noise": "ou", "agent.exploration.noiseScale": 0.2 },
  },
  {
    name: "twin-critics",
    meaning: "minimum over two critics",
    cause: "healthy",
    stepsFactor: 1.5,
    set: { "agent.critics.count": 2, "agent.critics.targetMin": 2 },
  },
];

/** Other presets and rewards that learn. */
export const HEALTHY_PRESETS: readonly Case[] = [
  { name: "plain", meaning: "preset plain", cause: "healthy", stepsFactor: 1.5, preset: "plain", set: {} },
  { name: "td3", meaning: "preset td3", cause: "healthy", stepsFactor: 1.5, preset: "td3", set: {} },
  { name: "steady", meaning: "preset steady", cause: "healthy", stepsFactor: 1.5, preset: "steady", set: {} },
  {
    name: "dense",
    meaning: "dense reward",
    cause: "healthy",
    stepsFactor: 1.5,
    set: { "env.reward": "dense" },
  },
];

/** Intended as faults, but runs learn with them, so the expected verdict is healthy. */
export const HARMLESS: readonly Case[] = [
  {
    name: "replay-of-one-episode",
    meaning: "replay buffer of one episode",
    cause: "healthy",
    stepsFactor: 1.5,
    set: { "agent.replayCapacity": 64, "agent.batchSize": 64 },
  },
  {
    name: "gamma-0.999-unclipped",
    meaning: "a horizon of 1,000 steps for episodes of 50, targets not clipped",
    cause: "healthy",
    stepsFactor: 1.5,
    set: { "agent.gamma": 0.999, "agent.clipTargets": false },
  },
];

export const CASES: readonly Case[] = [
  ...FAULTS,
  ...OPEN_KINDS,
  ...KEPT_KINDS,
  ...UNSEEN_KINDS,
  ...LATER_UNSEEN_KINDS,
  ...NEWEST_UNSEEN_KINDS,
  ...FOURTH_UNSEEN_KINDS,
  ...FIFTH_UNSEEN_KINDS,
  ...SIXTH_UNSEEN_KINDS,
  ...HEALTHY,
  ...HEALTHY_PRESETS,
  ...HARMLESS,
];
