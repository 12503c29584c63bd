/** @file The sweeps that come with the program, written as a person would write them in a file. */

import { parseSweep, type SweepSpec } from "./sweep-spec.ts";

/** Every reward, without hindsight and with it. */
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
    about: "Does it learn here, and does steadying it help? Two arms, three seeds, a few minutes.",
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
      "Reaching by sparse and shaped rewards, joint torques and tool displacements, with hindsight and without.",
    settings: { "train.steps": 20_000 },
    tasks: { "env.id": ["panda-reach"], "env.control": ["torque", "ee"] },
    methods: { reward: REWARDS },
    seeds: "1-10",
  },
  "shaped-vs-sparse-push": {
    about:
      "Pushing a cube by sparse and shaped rewards, with hindsight and without; tool displacements, near starts.",
    preset: "objects",
    settings: { "env.nearStarts": 0.5, "train.steps": 150_000, "train.evaluateEvery": 10_000 },
    tasks: { "env.id": ["panda-push"], "env.control": ["ee"] },
    methods: { reward: REWARDS },
    seeds: "1-5",
  },
  stabilisers: {
    about: "What each part of the steady preset is worth: one taken away at a time.",
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
        "no hindsight": { "agent.her.k": 0 },
      },
    },
    seeds: "1-10",
  },
  causes: {
    about: "The three ways an actor fails, each brought about by settings, beside one that learns.",
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

/** A sweep that comes with the program, or undefined if there is none of that name. */
export function builtInSuite(name: string): SweepSpec | undefined {
  return Object.hasOwn(SUITES, name) ? parseSweep(SUITES[name], name, name) : undefined;
}
