/** @file Causes that lie in the learning itself: units, values, learning rates, saturation, noise, time. */

import { type Cause, over, under } from "./cause.ts";

/** Beyond a tenth of a thousandth an update hardly moves a weight; about a thousandth is usual. */
const GROWTH_SOURCE = "2 to 5 in runs that learn, 20,000 steps long; chosen on seeds 1–3";
const LARGE_STEP_SOURCE = "five times the usual 1e-3; chosen on seed 1";
const STEP_SOURCE = "a tenth of the 1e-3 that is usual for a network's relative update; chosen on seed 1";

export const LEARNING_CAUSES: readonly Cause[] = [
  {
    name: "dead-units",
    title: "dead units",
    patterns: [
      {
        all: [
          over(
            "probe/dead_actor",
            0.9,
            "a layer of dead units passes nothing on; Sokar et al. 2023 for τ = 0",
          ),
          over("doctor/dormant_at_start", 0.9, "dead before the first update: not the learning's doing"),
        ],
        sure: 0.92,
      },
      {
        all: [
          over(
            "probe/dead_critic",
            0.9,
            "a layer of dead units passes nothing on; Sokar et al. 2023 for τ = 0",
          ),
          over("doctor/dormant_at_start", 0.9, "dead before the first update: not the learning's doing"),
        ],
        sure: 0.92,
      },
      {
        all: [
          over(
            "probe/dead_actor",
            0.9,
            "a layer of dead units passes nothing on; Sokar et al. 2023 for τ = 0",
          ),
        ],
        sure: 0.6,
      },
      {
        all: [
          over(
            "probe/dead_critic",
            0.9,
            "a layer of dead units passes nothing on; Sokar et al. 2023 for τ = 0",
          ),
        ],
        sure: 0.6,
      },
    ],
    supports: [],
    brings: [
      "actor-rate-too-low",
      "critic-rate-too-low",
      "noisy-critic",
      "over-estimation",
      "under-trained",
      "too-little-exploration",
    ],
    explanation:
      "A hidden layer is 0 for every state, so its network gives one constant and no gradient passes through.",
    mends: [
      ["agent.layerNorm.actor", true],
      ["agent.layerNorm.critic", true],
    ],
    remedy: "Look at the first weights and biases; layer normalisation keeps units alive",
  },
  {
    name: "divergence",
    title: "values diverge",
    patterns: [
      {
        all: [over("doctor/value_over_bound", 1.5, "1 is what the rewards allow (HER 2017's clip)")],
        sure: 0.95,
      },
    ],
    supports: [],
    brings: [
      "critic-rate-too-high",
      "actor-rate-too-high",
      "saturated-actor",
      "dead-units",
      "noisy-critic",
      "over-estimation",
      "under-trained",
      "too-little-exploration",
    ],
    explanation:
      "Q has left what any policy could earn: bootstrapped errors feed themselves, and the actor climbs an illusion.",
    mends: [
      ["agent.clipTargets", true],
      ["agent.targetNetworks", true],
      ["agent.criticLearningRate", 0.001],
    ],
    remedy: "Bound the targets and let them move slowly",
  },
  {
    name: "critic-rate-too-high",
    title: "critic's learning rate too high",
    patterns: [
      {
        all: [
          over("probe/critic_growth", 5, GROWTH_SOURCE),
          over("probe/critic_step", 0.005, LARGE_STEP_SOURCE),
        ],
        sure: 0.8,
      },
      {
        all: [
          over("probe/critic_growth", 5, GROWTH_SOURCE),
          over("probe/dead_critic", 0.9, "large steps throw units out of reach of every input"),
        ],
        sure: 0.85,
      },
    ],
    supports: [],
    brings: [
      "dead-units",
      "noisy-critic",
      "over-estimation",
      "saturated-actor",
      "actor-rate-too-low",
      "under-trained",
    ],
    explanation:
      "The critic's weights were thrown to many times their first size, so it overshoots what it should fit.",
    mends: [["agent.criticLearningRate", 0.001]],
    remedy: "Lower agent.criticLearningRate",
  },
  {
    name: "actor-rate-too-high",
    title: "actor's learning rate too high",
    patterns: [
      {
        all: [
          over("probe/actor_growth", 5, GROWTH_SOURCE),
          over("probe/actor_step", 0.005, LARGE_STEP_SOURCE),
        ],
        sure: 0.8,
      },
      {
        all: [
          over("probe/actor_growth", 5, GROWTH_SOURCE),
          over("probe/dead_actor", 0.9, "large steps throw units out of reach of every input"),
        ],
        sure: 0.85,
      },
    ],
    supports: [],
    brings: ["dead-units", "saturated-actor", "noisy-critic", "over-estimation", "under-trained"],
    explanation:
      "The actor's weights were thrown to many times their first size, so each update undoes the last.",
    mends: [["agent.actorLearningRate", 0.001]],
    remedy: "Lower agent.actorLearningRate",
  },
  {
    name: "critic-rate-too-low",
    title: "critic's learning rate too low",
    patterns: [
      {
        all: [
          under("probe/critic_step", 1e-4, STEP_SOURCE),
          over("doctor/value_lag", 0.3, "Q has not followed its targets"),
        ],
        sure: 0.85,
      },
    ],
    supports: [],
    brings: ["over-estimation", "noisy-critic", "under-trained", "actor-rate-too-low"],
    explanation:
      "An update hardly moves the critic, which still says about what it said at first, far from its targets.",
    mends: [["agent.criticLearningRate", 0.001]],
    remedy: "Raise agent.criticLearningRate",
  },
  {
    name: "actor-rate-too-low",
    title: "actor's learning rate too low",
    patterns: [
      {
        all: [
          under("probe/actor_step", 1e-4, STEP_SOURCE),
          over("train/actor_grad_norm", 0.01, "the critic does ask for other actions; chosen on seed 1"),
        ],
        sure: 0.85,
      },
    ],
    supports: [],
    brings: ["over-estimation", "under-trained", "noisy-critic"],
    explanation: "The critic asks for other actions, but an update hardly moves the actor.",
    mends: [["agent.actorLearningRate", 0.001]],
    remedy: "Raise agent.actorLearningRate",
  },
  {
    name: "saturated-actor",
    title: "saturated actor",
    patterns: [
      {
        all: [
          over(
            "train/saturation",
            0.7,
            "actors without a penalty learn at 0.4 to 0.65; trackers alarm at 0.8; chosen on seeds 1–3",
          ),
        ],
        sure: 0.7,
      },
    ],
    supports: [
      {
        ...over(
          "train/action_abs_mean",
          0.9,
          "near 1 for saturated units (Rakitianskaia & Engelbrecht 2015)",
        ),
        adds: 0.1,
      },
    ],
    brings: ["noisy-critic", "over-estimation", "under-trained", "actor-rate-too-low"],
    explanation: "Most actions lie on the flat ends of tanh, where hardly any gradient leads back.",
    mends: [
      ["agent.preActivationPenalty", 1],
      ["agent.lastLayerInit", 0.003],
    ],
    remedy: "Penalise the pre-activations, and begin with small last layers",
  },
  {
    name: "noisy-critic",
    title: "noisy critic, oscillating actor",
    patterns: [
      {
        all: [over("doctor/swings", 0.1, "steady runs stay under 0.08; chosen on seeds 1–3")],
        sure: 0.7,
      },
      {
        all: [
          over("doctor/fall", 0.2, "three times the error of a rate of 0.9 over 20 episodes"),
          over("doctor/success_best", 0.8, "a policy that had learned"),
        ],
        sure: 0.5,
      },
      {
        all: [
          under(
            "diagnostics/actor_grad_snr",
            0.5,
            "below 1 a batch is mostly noise (McCandlish et al. 2018)",
          ),
          under("doctor/success_best", 0.8, "a policy that has arrived has no gradient left, only noise"),
          over("doctor/updates", 1000, "the first thousand are noisy in runs that learn, too"),
        ],
        sure: 0.55,
      },
    ],
    supports: [
      {
        ...under("diagnostics/actor_grad_cosine", 0.3, "Ilyas et al. 2018: near 0 is noise"),
        adds: 0.1,
      },
    ],
    brings: ["over-estimation", "under-trained"],
    explanation:
      "What the actor has learned comes and goes: each change of the critic swings it, because batches disagree on where to go, or because saturated outputs turn small changes into whole torques.",
    mends: [
      ["agent.preActivationPenalty", 1],
      ["agent.batchSize", 256],
      ["agent.tau", 0.02],
    ],
    remedy: "Larger batches, slower targets, a penalty on the pre-activations; then twin critics",
  },
  {
    name: "over-estimation",
    title: "over-estimating critic",
    patterns: [
      {
        all: [
          over("doctor/bias_share", 0.25, "a quarter of what values can differ by; every critic begins so"),
          over("doctor/updates", 5000, "time enough to forget the first guess"),
        ],
        sure: 0.25,
      },
    ],
    supports: [],
    brings: [],
    explanation: "Q promises more than the policy earns, so the actor seeks what the critic knows least.",
    mends: [
      ["agent.critics.count", 2],
      ["agent.critics.targetMin", 2],
    ],
    remedy: "Take the least of two critics in the target (TD3)",
  },
  {
    name: "horizon-too-long",
    title: "horizon too long",
    patterns: [
      {
        all: [over("doctor/horizon_updates", 1, "updates that values need to settle, over the updates done")],
        sure: 0.3,
      },
    ],
    supports: [],
    brings: [],
    explanation: "Values need about 1 / (τ (1 − γ)) updates to settle, more than there have been.",
    mends: [["agent.gamma", 0.95]],
    remedy: "Lower agent.gamma towards 1 − 1/T, or train longer",
  },
  {
    name: "under-trained",
    title: "not trained for long enough",
    patterns: [
      {
        all: [under("doctor/updates", 6000, "first updates at which 0.95 is usual here: docs/ddpg.md")],
        sure: 0.45,
      },
      { all: [over("doctor/rise", 0.1, "success still rises")], sure: 0.4 },
    ],
    supports: [],
    brings: [],
    explanation:
      "Nothing is found wrong, but there were few updates or success was still rising when it ended.",
    mends: [],
    remedy: "Go on: steadyarm train --resume <run> --steps <more>",
  },
];
