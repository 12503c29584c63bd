/** @file Causes in the learning itself: networks, values, gradient noise, duration. */

import { type Cause, over, under } from "./cause.ts";
import { UNUSUAL_FACTOR } from "./unusual-settings.ts";
import { DIFFERS, gradientUnder, SAME_BATCH } from "./update-symptoms.ts";

const DEAD_SOURCE = "a layer of dead units passes no signal; Sokar et al. 2023 with τ = 0";
const DEAD_ACTOR = over("probe/dead_actor", 0.9, DEAD_SOURCE);
const DEAD_CRITIC = over("probe/dead_critic", 0.9, DEAD_SOURCE);
const DORMANT_AT_START = over(
  "doctor/dormant_at_start",
  0.9,
  "dead before the first update, so not by learning",
);

const BEYOND = "factor by which a setting lies beyond those of all presets";

/** Environment and updates do what the settings say. */
const INTACT = [
  under("exam/other_episodes", 0.01, "the environment repeats the run's episodes"),
  over("exam/critic_agrees", 0.99, "and intact updates its networks"),
];

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
    supports: [
      { ...over("diagnostics/q_out_of_range", 0.1, "share of the values beyond any return"), adds: 0.03 },
    ],
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
        all: [
          DIFFERS,
          ...SAME_BATCH,
          gradientUnder("critic", 0.9),
          over("exam/critic_gradient_size", 1.1, "size of the gradient over the intact one"),
          under("exam/critic_old_gradient", 0.5, "what it has more is not what was there before"),
        ],
        confidence: 0.93,
      },
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
      {
        ...over("diagnostics/policy_drift", 0.5, "RMS change of the actions in about 1/τ updates"),
        adds: 0.05,
      },
      {
        ...over("diagnostics/ensemble_spread", 0.5, "critics differ by half of their mean"),
        adds: 0.05,
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
    origins: ["settings"],
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
    name: "unusual-settings",
    origins: ["settings"],
    title: "settings unlike those of every preset",
    patterns: [
      {
        all: [over("doctor/unusual_factor", UNUSUAL_FACTOR, BEYOND), ...INTACT],
        confidence: 0.75,
        proves: true,
      },
      {
        all: [over("doctor/unusual_factor", 100, BEYOND), ...INTACT],
        confidence: 0.8,
        proves: true,
      },
      { all: [over("doctor/unusual_factor", UNUSUAL_FACTOR, BEYOND)], confidence: 0.45 },
    ],
    supports: [],
    effects: ["under-trained", "noisy-critic", "over-estimation", "horizon-too-long", "credit-starvation"],
    explanation:
      "Some settings are far from those of every preset, with which the tasks of this project are learned.",
    fixes: [],
    remedy: "Put the settings back to the presets', the first of them first",
  },
  {
    name: "under-trained",
    origins: ["settings"],
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
