/** @file Causes in the learning rates. */

import { type Cause, over, under } from "./cause.ts";
import { DIFFERS, STEP_ALONG, stepOver, stepUnder } from "./update-symptoms.ts";

const GROWTH_SOURCE = "2 to 5 in runs of 20,000 steps that learn; chosen on seeds 1–3";
const LARGE_STEP_SOURCE = "five times the usual relative update of 1e-3; chosen on seed 1";
const SMALL_STEP_SOURCE = "a tenth of the usual relative update of 1e-3; chosen on seed 1";
const ONE_WAY =
  "share of what Adam could move: near 1 if every update goes the same way, so that the rate limits it; 0.02 to 0.1 in runs that learn";
const ENOUGH = "enough updates to turn back";
const DEAD_BY_STEPS_SOURCE = "large steps can push a unit's bias below every input";

/** Another rate changes the length of a step, and not its direction. */
const alongAdam = (network: "actor" | "critic") => over(`exam/${network}_step_direction`, 0.95, STEP_ALONG);

export const RATE_CAUSES: readonly Cause[] = [
  {
    name: "critic-rate-too-high",
    title: "critic's learning rate too high",
    patterns: [
      { all: [DIFFERS, alongAdam("critic"), stepOver("critic", 2)], confidence: 0.94, proves: true },
      { all: [DIFFERS, stepOver("critic", 10)], confidence: 0.93 },
      {
        all: [
          over("probe/critic_growth", 5, GROWTH_SOURCE),
          over("probe/critic_step", 0.005, LARGE_STEP_SOURCE),
        ],
        confidence: 0.8,
      },
      {
        all: [
          over("probe/critic_growth", 5, GROWTH_SOURCE),
          over("probe/dead_critic", 0.9, DEAD_BY_STEPS_SOURCE),
        ],
        confidence: 0.85,
      },
    ],
    supports: [],
    effects: [
      "dead-units",
      "noisy-critic",
      "over-estimation",
      "saturated-actor",
      "actor-rate-too-low",
      "actor-does-nothing",
      "wrong-targets",
      "under-trained",
    ],
    explanation:
      "The critic's weights have grown to many times their initial size: its updates overshoot the targets.",
    fixes: [["agent.criticLearningRate", 0.001]],
    remedy: "Lower agent.criticLearningRate",
  },
  {
    name: "actor-rate-too-high",
    title: "actor's learning rate too high",
    patterns: [
      { all: [DIFFERS, alongAdam("actor"), stepOver("actor", 2)], confidence: 0.94, proves: true },
      { all: [DIFFERS, stepOver("actor", 10)], confidence: 0.93 },
      {
        all: [
          over("probe/actor_growth", 5, GROWTH_SOURCE),
          over("probe/actor_step", 0.005, LARGE_STEP_SOURCE),
        ],
        confidence: 0.8,
      },
      {
        all: [
          over("probe/actor_growth", 5, GROWTH_SOURCE),
          over("probe/dead_actor", 0.9, DEAD_BY_STEPS_SOURCE),
        ],
        confidence: 0.85,
      },
    ],
    supports: [],
    effects: [
      "dead-units",
      "saturated-actor",
      "noisy-critic",
      "over-estimation",
      "under-trained",
      "actor-rate-too-low",
      "actor-does-nothing",
    ],
    explanation:
      "The actor's weights have grown to many times their initial size: each update undoes the one before.",
    fixes: [["agent.actorLearningRate", 0.001]],
    remedy: "Lower agent.actorLearningRate",
  },
  {
    name: "critic-rate-too-low",
    title: "critic's learning rate too low",
    patterns: [
      {
        all: [
          DIFFERS,
          alongAdam("critic"),
          stepUnder("critic", 0.5),
          over("exam/critic_step", 0.01, "but not none"),
        ],
        confidence: 0.93,
        proves: true,
      },
      {
        all: [
          under("probe/critic_step", 1e-4, SMALL_STEP_SOURCE),
          over("doctor/value_lag", 0.3, "Q is far from its targets; chosen on seed 1"),
        ],
        confidence: 0.85,
      },
      {
        all: [over("exam/critic_travel", 0.4, ONE_WAY), over("doctor/updates", 1000, ENOUGH)],
        confidence: 0.87,
      },
    ],
    supports: [],
    effects: [
      "over-estimation",
      "noisy-critic",
      "under-trained",
      "actor-rate-too-low",
      "wrong-targets",
      "actor-does-nothing",
    ],
    explanation:
      "Updates hardly change the critic: its values are still close to the initial ones and far from their targets.",
    fixes: [["agent.criticLearningRate", 0.001]],
    remedy: "Raise agent.criticLearningRate",
  },
  {
    name: "actor-rate-too-low",
    title: "actor's learning rate too low",
    patterns: [
      {
        all: [
          DIFFERS,
          alongAdam("actor"),
          stepUnder("actor", 0.5),
          over("exam/actor_step", 0.01, "but not none"),
        ],
        confidence: 0.93,
        proves: true,
      },
      {
        all: [
          under("probe/actor_step", 1e-4, SMALL_STEP_SOURCE),
          over("train/actor_grad_norm", 0.01, "the actor has a gradient to follow; chosen on seed 1"),
        ],
        confidence: 0.85,
      },
      {
        all: [over("exam/actor_travel", 0.4, ONE_WAY), over("doctor/updates", 1000, ENOUGH)],
        confidence: 0.86,
      },
    ],
    supports: [],
    effects: ["over-estimation", "under-trained", "noisy-critic", "actor-does-nothing"],
    explanation: "The critic gives the actor a gradient, but updates hardly change the actor.",
    fixes: [["agent.actorLearningRate", 0.001]],
    remedy: "Raise agent.actorLearningRate",
  },
];
