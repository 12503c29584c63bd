/** @file Built-in sweeps, in the same form as a sweep file. */

import { parseSweep, type SweepSpec } from "./sweep-spec.ts";

/** Each reward without and with HER. */
const REWARDS = {
  sparse: { "env.reward": "sparse", "agent.her.k": 0 },
  "sparse + HER": { "env.reward": "sparse" },
  dense: { "env.reward": "dense", "agent.her.k": 0 },
  "dense + HER": { "env.reward": "dense" },
  potential: { "env.reward": "potential", "agent.her.k": 0 },
  "potential + HER": { "env.reward": "potential" },
};

const SUITES: Readonly<Record<string, unknown>> = {
  quick: {
    about:
      "Checks that training works on this machine: the steady and the plain preset on two arms. Takes a few minutes.",
    tasks: {
      arm: {
        "planar2-reach": { "env.id": "planar2-reach", "train.steps": 10_000 },
        "panda-reach": { "env.id": "panda-reach", "train.steps": 20_000 },
      },
    },
    methods: { preset: ["steady", "plain"] },
    seeds: "1-3",
  },
  "shaped-vs-sparse": {
    about:
      "Reaching with sparse and shaped rewards, with and without HER, controlled by joint torques or by end-effector displacements.",
    preset: "ddpg-her",
    settings: { "train.steps": 20_000 },
    tasks: { "env.id": ["panda-reach"], "env.control": ["torque", "ee"] },
    methods: { reward: REWARDS },
    seeds: "1-10",
  },
  "shaped-vs-sparse-push": {
    about:
      "Pushing a cube with sparse and shaped rewards, with and without HER, controlled by end-effector displacements. Half of the training episodes start near the cube.",
    preset: "objects",
    settings: { "env.nearStarts": 0.5, "train.steps": 150_000, "train.evaluateEvery": 10_000 },
    tasks: { "env.id": ["panda-push"], "env.control": ["ee"] },
    methods: { reward: REWARDS },
    seeds: "1-5",
  },
  stabilisers: {
    about: "Ablation of the steady preset: one component is removed at a time.",
    settings: { "train.steps": 20_000 },
    tasks: { "env.id": ["panda-reach"] },
    methods: {
      without: {
        steady: {},
        "no pre-activation penalty": { "agent.preActivationPenalty": 0 },
        "no target networks": { "agent.targetNetworks": false },
        "no target clipping": { "agent.clipTargets": false },
        "no input normalisation": { "agent.normalize": false },
        "no random actions": { "agent.exploration.randomActionProbability": 0 },
        "no Gaussian noise": { "agent.exploration.noiseScale": 0 },
        "no carry-over": { "train.carryOver.probability": 0 },
        "no posture cost": { "env.rewardTerms.posture": 0 },
        "no averaged actor": { "agent.actorAveraging": 0 },
        "no hindsight": { "agent.her.k": 0 },
      },
    },
    seeds: "1-10",
  },
  causes: {
    about: "Known causes of failure, each induced by settings, compared with an agent that learns.",
    preset: "ddpg-her",
    settings: { "train.steps": 20_000 },
    tasks: { "env.id": ["panda-reach"] },
    methods: {
      cause: {
        none: {},
        "sparse reward alone": { "agent.her.k": 0 },
        "saturated actor": {
          "agent.preActivationPenalty": 0,
          "agent.lastLayerInit": 0.3,
          "agent.actorLearningRate": 0.01,
        },
        "critic variance": {
          "agent.targetNetworks": false,
          "agent.clipTargets": false,
          "agent.batchSize": 16,
          "agent.preActivationPenalty": 0,
        },
        "no exploration": {
          "agent.exploration.noiseScale": 0,
          "agent.exploration.randomActionProbability": 0,
        },
      },
    },
    seeds: "1-10",
  },
};

export const SUITE_NAMES: readonly string[] = Object.keys(SUITES);

/** The built-in sweep of that name, or undefined. */
export function builtInSuite(name: string): SweepSpec | undefined {
  return Object.hasOwn(SUITES, name) ? parseSweep(SUITES[name], name, name) : undefined;
}
