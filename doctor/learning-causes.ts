/** @file Causes in the learning itself: networks, values, learning rates, gradient noise, duration. */

import { type Cause, over, under } from "./cause.ts";

const GROWTH_SOURCE = "2 to 5 in runs of 20,000 steps that learn; chosen on seeds 1–3";
const LARGE_STEP_SOURCE = "five times the usual relative update of 1e-3; chosen on seed 1";
const SMALL_STEP_SOURCE = "a tenth of the usual relative update of 1e-3; chosen on seed 1";
const ONE_WAY =
  "share of what Adam could move: near 1 if every update goes the same way, so that the rate limits it; 0.02 to 0.1 in runs that learn";
const ENOUGH = "enough updates to turn back";
const DEAD_BY_STEPS_SOURCE = "large steps can push a unit's bias below every input";

const DEAD_SOURCE = "a layer of dead units passes no signal; Sokar et al. 2023 with τ = 0";
const DEAD_ACTOR = over("probe/dead_actor", 0.9, DEAD_SOURCE);
const DEAD_CRITIC = over("probe/dead_critic", 0.9, DEAD_SOURCE);
const DORMANT_AT_START = over(
  "doctor/dormant_at_start",
  0.9,
  "dead before the first update, so not by learning",
);

export const LEARNING_CAUSES: readonly Cause[] = [
  {
    name: "dead-units",
    title: "dead units",
    patterns: [
      { all: [DEAD_ACTOR, DORMANT_AT_START], confidence: 0.92 },
      { all: [DEAD_CRITIC, DORMANT_AT_START], confidence: 0.92 },
      { all: [DEAD_ACTOR], confidence: 0.6 },
      { all: [DEAD_CRITIC], confidence: 0.6 },
    ],
    supports: [],
    effects: [
      "actor-rate-too-low",
      "critic-rate-too-low",
      "noisy-critic",
      "over-estimation",
      "under-trained",
      "too-little-exploration",
    ],
    explanation:
      "A hidden layer outputs 0 for every state, so its network is a constant and passes no gradient.",
    fixes: [
      ["agent.layerNorm.actor", true],
      ["agent.layerNorm.critic", true],
    ],
    remedy: "Check the initial weights and biases; layer normalisation keeps units alive",
  },
  {
    name: "divergence",
    title: "diverging values",
    patterns: [
      {
        all: [over("doctor/value_over_bound", 1.5, "1 is the largest possible return (clip of HER 2017)")],
        confidence: 0.95,
      },
    ],
    supports: [],
    effects: [
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
      "Q is larger than any possible return: bootstrapping amplifies its errors, and the actor maximises the errors.",
    fixes: [
      ["agent.clipTargets", true],
      ["agent.targetNetworks", true],
      ["agent.criticLearningRate", 0.001],
    ],
    remedy: "Clip the targets, use target networks and lower agent.criticLearningRate",
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
  {
    name: "saturated-actor",
    title: "saturated actor",
    patterns: [
      {
        all: [
          over(
            "train/saturation",
            0.7,
            "actors without a penalty learn at 0.4 to 0.65; experiment trackers warn at 0.8; chosen on seeds 1–3",
          ),
        ],
        confidence: 0.7,
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
    effects: ["noisy-critic", "over-estimation", "under-trained", "actor-rate-too-low"],
    explanation: "Most actions lie in the saturated range of tanh, where the gradient is almost 0.",
    fixes: [
      ["agent.preActivationPenalty", 1],
      ["agent.lastLayerInit", 0.003],
    ],
    remedy: "Penalise the pre-activations and initialise the last layers with small weights",
  },
  {
    name: "noisy-critic",
    title: "noisy critic, oscillating actor",
    patterns: [
      {
        all: [over("doctor/swings", 0.1, "stable runs stay under 0.08; chosen on seeds 1–3")],
        confidence: 0.7,
      },
      {
        all: [
          over("doctor/fall", 0.2, "three standard errors of a rate of 0.9 over 20 episodes"),
          over("doctor/success_best", 0.8, "the policy had learned"),
        ],
        confidence: 0.5,
      },
      {
        all: [
          under(
            "diagnostics/actor_grad_snr",
            0.5,
            "below 1 a batch is mostly noise (McCandlish et al. 2018)",
          ),
          under("doctor/success_best", 0.8, "a converged policy has only gradient noise left"),
          over("doctor/updates", 1000, "the first 1,000 updates are noisy in runs that learn, too"),
        ],
        confidence: 0.55,
      },
    ],
    supports: [
      {
        ...under("diagnostics/actor_grad_cosine", 0.3, "near 0 is noise (Ilyas et al. 2018)"),
        adds: 0.1,
      },
    ],
    effects: ["over-estimation", "under-trained"],
    explanation:
      "The policy learns and forgets: each change of the critic moves it far, because the gradients of batches disagree, or because saturated outputs turn small changes into full torques.",
    fixes: [
      ["agent.preActivationPenalty", 1],
      ["agent.batchSize", 256],
      ["agent.tau", 0.02],
    ],
    remedy:
      "Penalise the pre-activations, use larger batches and slower target networks; then try two critics",
  },
  {
    name: "over-estimation",
    title: "over-estimating critic",
    patterns: [
      {
        all: [
          over(
            "doctor/bias_share",
            0.25,
            "a quarter of the range of returns; high at the start of every run",
          ),
          over("doctor/updates", 5000, "enough updates to correct the initial values"),
        ],
        confidence: 0.25,
      },
    ],
    supports: [],
    effects: [],
    explanation:
      "Q is larger than the returns of the policy, so the actor prefers actions whose value the critic overrates.",
    fixes: [
      ["agent.critics.count", 2],
      ["agent.critics.targetMin", 2],
    ],
    remedy: "Use the minimum over two critics in the target (TD3)",
  },
  {
    name: "horizon-too-long",
    title: "horizon too long",
    patterns: [
      {
        all: [over("doctor/horizon_updates", 1, "updates needed for values to converge, over updates done")],
        confidence: 0.3,
      },
    ],
    supports: [],
    effects: [],
    explanation: "Values need about 1 / (τ (1 − γ)) updates to converge, more than the run has done.",
    fixes: [["agent.gamma", 0.95]],
    remedy: "Lower agent.gamma towards 1 − 1/T for episodes of T steps, or train longer",
  },
  {
    name: "under-trained",
    title: "not trained for long enough",
    patterns: [
      {
        all: [under("doctor/updates", 6000, "runs here usually need this many to reach 0.95 (docs/ddpg.md)")],
        confidence: 0.2,
      },
      { all: [over("doctor/rise", 0.1, "success is still rising")], confidence: 0.4 },
    ],
    supports: [],
    effects: [],
    explanation: "The run had few updates, or its success was still rising at the end.",
    fixes: [],
    remedy: "Train longer: steadyarm train --resume <run> --steps <more>",
  },
];
