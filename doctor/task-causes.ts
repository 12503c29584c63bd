/** @file Causes that lie in what the agent is given: rewards, hindsight, inputs, exploration, replay. */

import { type Cause, CHOSEN, over, under } from "./cause.ts";

export const TASK_CAUSES: readonly Cause[] = [
  {
    name: "wrong-reward-sign",
    title: "the reward pays for failing",
    patterns: [
      {
        all: [
          under(
            "doctor/success_paid",
            -0.5,
            "1 by definition, −1 for the wrong sign, 0 where pay and success are strangers",
          ),
        ],
        sure: 0.95,
      },
      {
        all: [
          over(
            "doctor/pay_without_success",
            0.5,
            "by definition at most 0; half the range is beyond any doubt",
          ),
        ],
        sure: 0.9,
      },
    ],
    supports: [],
    brings: [
      "relabelling-fault",
      "divergence",
      "over-estimation",
      "noisy-critic",
      "saturated-actor",
      "under-trained",
    ],
    explanation:
      "Transitions that achieve their goal are paid less than those that do not, so the actor learns to avoid it.",
    mends: [],
    remedy: "Mend the sign of computeReward: 0 where the goal is achieved, −1 elsewhere",
  },
  {
    name: "relabelling-fault",
    title: "hindsight's goals are not paid",
    patterns: [
      {
        all: [
          under(
            "doctor/hindsight_paid",
            0.5,
            "1 by definition, of every sparse reward that pays for the goal it is asked about",
          ),
          over("doctor/batches_paid", 0.05, "goals that were achieved, hindsight's among them"),
        ],
        sure: 0.95,
      },
    ],
    supports: [],
    brings: ["credit-starvation", "over-estimation", "under-trained", "noisy-critic"],
    explanation:
      "Relabelled transitions earn less than the environment's reward pays for the very goals they reached, so hindsight teaches nothing.",
    mends: [],
    remedy:
      "Let computeReward(achieved, desired) depend on its two arguments alone, never on the running episode's goal",
  },
  {
    name: "credit-starvation",
    title: "no reward signal",
    patterns: [
      {
        all: [
          under(
            "doctor/batches_paid",
            0.05,
            "hindsight gives 0.13 at the least here; Matheron et al. 2019 still deadlock at 0.001; chosen on seed 1",
          ),
        ],
        sure: 0.8,
      },
    ],
    supports: [under("doctor/success_best", 0.1, "no learning at all")].map(adding(0.1)),
    brings: ["over-estimation", "noisy-critic", "under-trained", "too-little-exploration"],
    explanation:
      "Hardly any transition in the batches is paid, so the critic learns one constant and the actor has nothing to climb.",
    mends: [
      ["agent.her.k", 4],
      ["agent.replay.rewardingShare", 0.25],
    ],
    remedy: "Pay more transitions: hindsight, or env.reward=dense",
  },
  {
    name: "bad-normalisation",
    title: "inputs far from unit scale",
    patterns: [
      { all: [over("probe/input_rms", 5, "the clip at 5 deviations of OpenAI Baselines HER")], sure: 0.85 },
      { all: [under("probe/input_rms", 0.05, CHOSEN)], sure: 0.7 },
    ],
    supports: [],
    brings: [
      "coarse-inputs",
      "saturated-actor",
      "noisy-critic",
      "over-estimation",
      "dead-units",
      "under-trained",
    ],
    explanation:
      "The networks see numbers far from unit size, so a few inputs drown all others, the goal among them.",
    mends: [["agent.normalize", true]],
    remedy: "Normalise the inputs, or bring the observations to unit scale in the environment",
  },
  {
    name: "coarse-inputs",
    title: "inputs too coarse for the goal",
    patterns: [
      {
        all: [
          under(
            "probe/success_in_inputs",
            0.1,
            "pushing learns nothing at 0.25 for its 5 cm; reach learns at 0.2 and more: chosen between, on seed 1",
          ),
        ],
        sure: 0.75,
      },
    ],
    supports: [],
    brings: ["over-estimation", "noisy-critic", "under-trained"],
    explanation:
      "The distance that decides on success is a small fraction of an input's unit, so the networks can hardly tell near from there.",
    mends: [["agent.normalize", true]],
    remedy:
      "Where inputs are normalised already, look for outliers in the goals: a few glitches widen the deviation for good",
  },
  {
    name: "too-little-exploration",
    title: "too little exploration",
    patterns: [
      {
        all: [
          under("probe/exploration_jitter", 0.02, "a fifth of the noise that HER 2017 plays with"),
          under("probe/exploration", 0.3, CHOSEN),
        ],
        sure: 0.8,
      },
    ],
    supports: [],
    brings: ["over-estimation", "noisy-critic", "under-trained", "saturated-actor"],
    explanation:
      "The newest episodes play what the policy says and nothing else, so the critic never sees what another action would do.",
    mends: [
      ["agent.exploration.noiseScale", 0.1],
      ["agent.exploration.randomActionProbability", 0.1],
      ["agent.warmupSteps", 1000],
    ],
    remedy: "Play noise and random actions while training",
  },
  {
    name: "replay-too-small",
    title: "the replay forgets",
    patterns: [
      {
        all: [
          under(
            "probe/replay_episodes",
            20,
            "a batch should hold many episodes; not proved: harmless on these arms",
          ),
          over("doctor/episodes_per_stored", 5, "the replay has lost most of what was seen"),
        ],
        sure: 0.4,
      },
    ],
    supports: [over("doctor/overfit", 2, "ratio proposed after Nauman et al. 2024, arXiv:2403.00514")].map(
      adding(0.2),
    ),
    brings: [],
    explanation:
      "The replay holds a handful of episodes, so every batch tells the same story and what was learned is forgotten.",
    mends: [["agent.replayCapacity", 1_000_000]],
    remedy: "Keep more transitions",
  },
];

function adding(adds: number) {
  return <T extends object>(symptom: T) => ({ ...symptom, adds });
}
