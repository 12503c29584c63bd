/** @file Causes in the networks: weights that do not change or vanish, units without room, averages that lag behind. */

import { type Cause, DOWNSTREAM, over, under } from "./cause.ts";
import { DIFFERS, gradientOver } from "./update-symptoms.ts";

const ALIVE = "its units are alive";
const MOVED = "share of what Adam could move; 0.01 and more in runs that learn, exactly 0 if frozen";
const ROOM = "of the inputs' variance, in a network of this shape before training; above 0.6 for 64 units";

export const NETWORK_CAUSES: readonly Cause[] = [
  {
    name: "frozen-network",
    title: "a network does not change",
    patterns: [
      ...(["actor", "critic"] as const).map((network) => ({
        all: [
          DIFFERS,
          under(`exam/${network}_layer_step`, 1e-4, "size of a layer's step over Adam's; by definition 1"),
          under(`exam/${network}_step`, 1.05, "and the other layers do not move further instead"),
        ],
        confidence: 0.95,
      })),
      {
        all: [under("exam/actor_travel", 1e-4, MOVED), under("probe/dead_actor", 0.9, ALIVE)],
        confidence: 0.91,
      },
      {
        all: [under("exam/critic_travel", 1e-4, MOVED), under("probe/dead_critic", 0.9, ALIVE)],
        confidence: 0.91,
      },
    ],
    supports: [],
    effects: [
      ...DOWNSTREAM,
      "actor-rate-too-low",
      "critic-rate-too-low",
      "targets-too-slow",
      "wrong-targets",
      "actor-does-nothing",
      "actor-against-critic",
    ],
    explanation:
      "After all updates a layer has the weights that it began with: it is frozen, or no gradient reaches it.",
    fixes: [],
    remedy: "Check that the optimiser gets this network's weights and that its loss depends on them",
  },
  {
    name: "network-too-small",
    title: "networks without room",
    patterns: [
      {
        all: [
          over("exam/twin_units", 0.5, "hidden units with the same weights as another one; by definition 0"),
        ],
        confidence: 0.93,
        proves: true,
      },
      {
        all: [under("exam/room", 0.3, ROOM)],
        confidence: 0.88,
        proves: true,
      },
    ],
    supports: [],
    effects: DOWNSTREAM,
    explanation:
      "A hidden layer has too few units, or too few different ones, to show what the inputs say, so outputs cannot depend on it.",
    fixes: [["agent.hidden", [64, 64]]],
    remedy: "Use wider layers, agent.hidden=[64,64], with random initial weights",
  },
  {
    name: "vanishing-weights",
    origins: ["updates"],
    title: "weights shrink to nothing",
    patterns: [
      ...(["actor", "critic"] as const).map((network) => ({
        all: [
          DIFFERS,
          gradientOver(network, 0.99),
          over(
            `exam/${network}_shrinks`,
            0.9,
            "cosine of what a step has more than Adam's, and the way to 0",
          ),
        ],
        confidence: 0.97,
        proves: true,
      })),
      {
        all: [
          under(
            "probe/actor_growth",
            0.3,
            "RMS of hidden weights over that at the start; 1 to 5 in runs that learn",
          ),
        ],
        confidence: 0.92,
      },
      {
        all: [
          under(
            "probe/critic_growth",
            0.3,
            "RMS of hidden weights over that at the start; 1 to 5 in runs that learn",
          ),
        ],
        confidence: 0.92,
      },
    ],
    supports: [],
    effects: [
      ...DOWNSTREAM,
      "dead-units",
      "wrong-targets",
      "actor-does-nothing",
      "actor-against-critic",
      "actor-rate-too-low",
      "critic-rate-too-low",
    ],
    explanation:
      "The hidden layers have a fraction of the weights that they began with, so outputs hardly depend on inputs.",
    fixes: [],
    remedy: "Remove or lower weight decay",
  },
  {
    name: "average-too-slow",
    title: "the policy is an average that has hardly moved",
    patterns: [
      {
        all: [
          under("doctor/average_updates", 1, "agent.actorAveraging times the updates done: time constants"),
          over("doctor/updates", 1500, "more than the presets' average takes, 1,000"),
        ],
        confidence: 0.9,
        proves: true,
      },
    ],
    supports: [],
    effects: DOWNSTREAM,
    explanation: "Evaluations play the averaged actor, which is still close to the untrained one.",
    fixes: [["agent.actorAveraging", 0.001]],
    remedy: "Raise agent.actorAveraging, or train longer",
  },
  {
    name: "untracked-statistics",
    title: "running statistics of batch normalisation lag behind",
    patterns: [
      {
        all: [under("doctor/norm_updates", 3, "agent.batchNorm.rate times the updates done: time constants")],
        confidence: 0.86,
        proves: true,
      },
    ],
    supports: [],
    effects: DOWNSTREAM,
    explanation:
      "Updates normalise by the batch, the policy that plays by running statistics, and these are almost as they began.",
    fixes: [["agent.batchNorm.rate", 0.01]],
    remedy: "Raise agent.batchNorm.rate",
  },
];
