/** @file Causes in the agent's data: rewards, relabelling, inputs, exploration, replay. */

import { type Cause, CHOSEN, DOWNSTREAM, over, under } from "./cause.ts";

export const TASK_CAUSES: readonly Cause[] = [
  {
    name: "wrong-reward-sign",
    origins: ["environment", "updates"],
    title: "wrong sign of the reward",
    patterns: [
      {
        all: [
          under(
            "doctor/success_paid",
            -0.5,
            "by definition 1 for a sparse reward and −1 for the wrong sign; 0 if the reward ignores success",
          ),
        ],
        confidence: 0.965,
        proves: true,
      },
      {
        all: [over("doctor/pay_without_success", 0.5, "by definition at most 0 for a sparse reward")],
        confidence: 0.9,
      },
    ],
    supports: [],
    effects: [
      "relabelling-fault",
      "unpaid-success",
      "wrong-targets",
      "actor-does-nothing",
      "divergence",
      "over-estimation",
      "noisy-critic",
      "saturated-actor",
      "under-trained",
    ],
    explanation:
      "Transitions that achieve their goal get a lower reward than the others, so the actor learns to avoid the goal.",
    fixes: [],
    remedy: "Fix the sign of computeReward: 0 if the goal is achieved, −1 otherwise",
  },
  {
    name: "relabelling-fault",
    origins: ["environment", "updates"],
    title: "relabelled goals are not rewarded",
    patterns: [
      {
        all: [
          under(
            "doctor/hindsight_paid",
            0.5,
            "by definition 1 for every sparse reward that is computed for the given goal",
          ),
          over("doctor/batches_paid", 0.05, "the batches have achieved goals, relabelled ones included"),
        ],
        confidence: 0.95,
      },
    ],
    supports: [],
    effects: [
      "credit-starvation",
      "over-estimation",
      "under-trained",
      "noisy-critic",
      "wrong-targets",
      "actor-does-nothing",
    ],
    explanation:
      "Relabelled transitions that achieve their goal are not rewarded for it, so hindsight has no effect.",
    fixes: [],
    remedy:
      "Let computeReward(achieved, desired) depend on its two arguments only, not on the goal of the current episode",
  },
  {
    name: "costs-outweigh-goal",
    origins: ["environment", "updates", "settings"],
    title: "other rewards outweigh the goal",
    patterns: [
      {
        all: [over("exam/terms_share", 1, "mean size of env.rewardTerms over that of the goal's reward")],
        confidence: 0.85,
      },
    ],
    supports: [],
    effects: ["actor-does-nothing", "goal-not-seen", "over-estimation", "noisy-critic", "under-trained"],
    explanation:
      "The costs of env.rewardTerms are several times what the goal pays, so the policy minimises them alone.",
    fixes: [
      ["env.rewardTerms.posture", 0],
      ["env.rewardTerms.jointLimit", 0],
      ["env.rewardTerms.action", 0],
      ["env.rewardTerms.smoothness", 0],
    ],
    remedy: "Lower env.rewardTerms",
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
            "hindsight gives at least 0.13 here; Matheron et al. 2019 still find a deadlock at 0.001; chosen on seed 1",
          ),
        ],
        confidence: 0.8,
      },
    ],
    supports: [
      { ...under("doctor/success_best", 0.1, "the run has not learned"), adds: 0.1 },
      {
        ...under(
          "doctor/slope_share",
          0.1,
          "‖∂Q/∂a‖ at the policy's actions over that at random ones: a deadlock (Matheron et al. 2019)",
        ),
        adds: 0.05,
      },
    ],
    effects: ["over-estimation", "noisy-critic", "under-trained", "too-little-exploration"],
    explanation:
      "Hardly any transition in the batches achieves its goal, so the critic learns a constant and the actor has no gradient.",
    fixes: [
      ["agent.her.k", 4],
      ["agent.replay.rewardingShare", 0.25],
    ],
    remedy: "Reward more transitions: hindsight, or env.reward=dense",
  },
  {
    name: "bad-normalisation",
    origins: ["environment", "updates", "settings"],
    title: "inputs far from unit scale",
    patterns: [
      {
        all: [over("probe/input_rms", 5, "OpenAI Baselines HER clips inputs at 5 standard deviations")],
        confidence: 0.85,
      },
      { all: [under("probe/input_rms", 0.05, CHOSEN)], confidence: 0.88 },
      {
        all: [over("probe/clipped_inputs", 0.3, "of the inputs are at the bound of the normaliser; near 0")],
        confidence: 0.88,
      },
    ],
    supports: [],
    effects: [
      "coarse-inputs",
      "actor-rate-too-low",
      "critic-rate-too-low",
      "wrong-targets",
      "actor-does-nothing",
      "saturated-actor",
      "noisy-critic",
      "over-estimation",
      "dead-units",
      "under-trained",
    ],
    explanation:
      "The network inputs are far from unit scale, so a few inputs dominate all others, including the goal.",
    fixes: [["agent.normalize", true]],
    remedy: "Normalise the inputs, or scale the observations in the environment",
  },
  {
    name: "coarse-inputs",
    origins: ["environment", "updates", "settings"],
    title: "inputs too coarse for the goal",
    patterns: [
      {
        all: [
          under(
            "probe/success_in_inputs",
            0.1,
            "reach learns from 0.2 on, push with its 5 cm does not learn at 0.25; chosen on seed 1",
          ),
        ],
        confidence: 0.75,
      },
      {
        all: [under("probe/success_in_inputs", 0.01, "a tenth of that")],
        confidence: 0.9,
      },
    ],
    supports: [],
    effects: [
      "over-estimation",
      "noisy-critic",
      "under-trained",
      "actor-rate-too-low",
      "critic-rate-too-low",
      "wrong-targets",
      "misaligned-batch",
    ],
    explanation:
      "The success distance is a small fraction of an input's unit, so the networks hardly distinguish near the goal from at the goal.",
    fixes: [["agent.normalize", true]],
    remedy:
      "Normalise the inputs; if they are normalised, remove outliers from the goals: a few inflate the standard deviation for the rest of the run",
  },
  {
    name: "too-little-exploration",
    origins: ["settings"],
    title: "too little exploration",
    patterns: [
      {
        all: [
          under("probe/exploration_jitter", 0.02, "a fifth of the noise of HER 2017"),
          under("probe/exploration", 0.3, CHOSEN),
        ],
        confidence: 0.8,
      },
    ],
    supports: [
      {
        ...under("diagnostics/goal_coverage", 0.5, "share of the goals that a stored state achieves"),
        adds: 0.05,
      },
    ],
    effects: ["over-estimation", "noisy-critic", "under-trained", "saturated-actor"],
    explanation:
      "The newest episodes contain hardly any actions but the policy's own, so the critic cannot learn the value of others.",
    fixes: [
      ["agent.exploration.noiseScale", 0.1],
      ["agent.exploration.randomActionProbability", 0.1],
      ["agent.warmupSteps", 1000],
    ],
    remedy: "Train with action noise and random actions",
  },
  {
    name: "replay-too-small",
    title: "replay buffer too small",
    patterns: [
      {
        all: [
          under(
            "probe/replay_episodes",
            20,
            "a batch should come from many episodes; not verified: harmless on the arms here",
          ),
          over("doctor/episodes_per_stored", 5, "most episodes have been overwritten"),
        ],
        confidence: 0.4,
      },
      {
        all: [
          over(
            "doctor/batch_gap",
            8,
            "TD error of stored transitions over the loss of the updates' batches; 0.3 to 1.6 in runs that learn",
          ),
          over("exam/bellman_fit", 0.2, "although targets are right"),
        ],
        confidence: 0.85,
      },
    ],
    supports: [
      {
        ...over("doctor/overfit", 2, "ratio proposed after Nauman et al. 2024, arXiv:2403.00514"),
        adds: 0.2,
      },
    ],
    effects: DOWNSTREAM,
    explanation:
      "All batches are alike: the replay buffer holds a few episodes only, or batches come from a few of them.",
    fixes: [["agent.replayCapacity", 1_000_000]],
    remedy:
      "Raise agent.replayCapacity, and check that each batch is drawn anew from all of the replay buffer",
  },
];
