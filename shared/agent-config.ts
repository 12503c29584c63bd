/** @file Settings of the agent: networks, updates, stabilisers, replay, hindsight, exploration. */

import { z } from "zod";
import { choice, flag, integer, notes, real } from "./setting.ts";

const OURS = "measured here, docs/ddpg.md";
const DDPG = "DDPG 2015, arXiv:1509.02971";
const HER = "HER 2017, arXiv:1707.01495";
const BASELINES_HER = "OpenAI Baselines HER";

export const AgentConfig = z.strictObject({
  engine: choice(
    ["onnx", "tfjs"],
    "onnx",
    "Runs the updates: ONNX Runtime, or TensorFlow.js (tfjs-node if installed, otherwise WASM).",
    "the faster one, bench/update.ts",
  ),
  hidden: z.array(z.int().min(1).max(4096)).min(1).max(8).default([64, 64]).register(notes, {
    expected: "1 to 8 layer sizes, each an integer in [1, 4096], such as [64, 64]",
    meaning: "Units of each hidden layer, in actor and critics.",
    origin: "rl-baselines3-zoo, PandaReach",
  }),
  gamma: real({ above: 0, below: 1 }, 0.95, "Discount factor γ.", "rl-baselines3-zoo, PandaReach"),
  tau: real(
    { above: 0, max: 1 },
    0.02,
    "Polyak averaging: share of the online weights blended into the target networks per update.",
    OURS,
  ),
  actorLearningRate: real({ above: 0, max: 1 }, 1e-3, "Adam's learning rate for the actor.", HER),
  criticLearningRate: real({ above: 0, max: 1 }, 1e-3, "Adam's learning rate for the critics.", HER),
  learningRateDecay: z
    .strictObject({
      updates: integer(
        { min: 0 },
        0,
        "Updates over which both learning rates decrease linearly to the share `to`; 0 keeps them constant.",
        "off",
      ),
      to: real(
        { above: 0, max: 1 },
        0.1,
        "Share of the learning rates that remains after those updates.",
        "off; Stable-Baselines3's linear schedule ends at 0",
      ),
    })
    .prefault({}),
  batchSize: integer({ min: 1, max: 65_536 }, 256, "Transitions per update.", BASELINES_HER),
  updatesPerStep: real(
    { min: 0, max: 64 },
    1,
    "Updates per environment step after warm-up; 0.5 is one every other step, 0 none.",
    "Stable-Baselines3",
  ),
  warmupSteps: integer(
    { min: 0 },
    1000,
    "Environment steps with uniformly random actions before the first update.",
    "rl-baselines3-zoo, PandaReach",
  ),
  actorAveraging: real(
    { min: 0, max: 1 },
    0,
    "Weight averaging: share of the actor's weights blended per update into an averaged actor, which is evaluated and saved; 0 is off, 0.001 averages about 1,000 updates.",
    "off; 0.001 in the steady preset; Polyak & Juditsky 1992",
  ),
  targetNetworks: flag(
    true,
    "Bootstrap from target networks; false bootstraps from the online networks.",
    DDPG,
  ),
  clipTargets: flag(
    true,
    "Clip TD targets to the range of possible returns: [−1/(1−γ), 0] for the sparse reward.",
    BASELINES_HER,
  ),
  critics: z
    .strictObject({
      count: integer(
        { min: 1, max: 32 },
        1,
        "Number of critics, trained independently.",
        "DDPG; TD3 has 2, REDQ 10",
      ),
      targetMin: integer(
        { min: 1, max: 32 },
        1,
        "The TD target is the minimum over this many target critics, a random subset of all in each update.",
        "DDPG; TD3 uses 2 of 2, REDQ 2 of 10",
      ),
      actorUses: choice(
        ["first", "mean", "least"],
        "mean",
        "Q in the actor's loss: the first critic's (TD3), the mean (REDQ) or the minimum over critics (SAC).",
        "REDQ 2021, arXiv:2101.05982",
      ),
    })
    .prefault({}),
  targetSmoothing: z
    .strictObject({
      scale: real(
        { min: 0, max: 2 },
        0,
        "Target policy smoothing: std of the noise on the target action; TD3 has 0.2, 0 is off.",
        "DDPG",
      ),
      clip: real({ min: 0, max: 2 }, 0.5, "Bound of that noise.", "TD3 2018, arXiv:1802.09477"),
    })
    .prefault({}),
  actorEvery: integer(
    { min: 1, max: 1000 },
    1,
    "Policy delay: critic updates per update of the actor and the target networks; TD3 has 2.",
    "DDPG",
  ),
  gradientClip: z
    .strictObject({
      actor: real({ min: 0 }, 0, "Maximum norm of the actor's gradient; 0 does not clip.", "off"),
      critic: real({ min: 0 }, 0, "Maximum norm of the critics' gradient; 0 does not clip.", "off"),
    })
    .prefault({}),
  layerNorm: z
    .strictObject({
      actor: flag(
        false,
        "Layer normalisation before each hidden activation of the actor.",
        "off, as in DDPG and HER",
      ),
      critic: flag(
        false,
        "Layer normalisation before each hidden activation of the critics, as in RLPD (arXiv:2302.02948).",
        "off, as in DDPG and HER",
      ),
    })
    .prefault({}),
  batchNorm: z
    .strictObject({
      actor: choice(
        ["off", "batch", "renorm"],
        "off",
        "Batch normalisation, or batch renormalisation, before each hidden activation of the actor.",
        "off, as in HER",
      ),
      critic: choice(
        ["off", "batch", "renorm"],
        "off",
        "The same for the critics; with targetNetworks false, over states and next states jointly, as in CrossQ (arXiv:1902.05605).",
        "off, as in HER",
      ),
      rate: real(
        { above: 0, max: 1 },
        0.01,
        "Share of each batch's mean and variance blended into the running statistics, which the policy uses.",
        "CrossQ: momentum 0.99",
      ),
    })
    .prefault({}),
  preActivationPenalty: real(
    { min: 0 },
    1,
    "Weight in the actor's loss of the mean squared input of its output tanh; prevents saturation and oscillation.",
    OURS,
  ),
  actionPenalty: real(
    { min: 0 },
    0,
    "Weight in the actor's loss of the mean squared action; OpenAI Baselines has 1.",
    "off: preActivationPenalty is more effective",
  ),
  invertGradients: flag(
    false,
    "Inverting gradients: scale ∂Q/∂a by the distance to the action bound in its direction, reversed beyond the bound.",
    "off; Hausknecht & Stone 2016, arXiv:1511.04143",
  ),
  rewardScale: real({ above: 0, max: 1000 }, 1, "Factor on all rewards in the TD target.", "no scaling"),
  normalizeReturns: flag(
    false,
    "Divide rewards by the running std of discounted returns.",
    "off; Stable-Baselines3's VecNormalize",
  ),
  nStep: integer(
    { min: 1, max: 100 },
    1,
    "Steps of the n-step return; recomputed for relabelled goals, and ended where such a goal is achieved.",
    "DDPG; D4PG has 5",
  ),
  lastLayerInit: real(
    { above: 0, max: 1000 },
    3e-3,
    "Initial weights of the output layers are uniform in ± this.",
    DDPG,
  ),
  actorLastLayerInit: real(
    { min: 0, max: 1000 },
    0,
    "The same for the actor only: 30 starts it saturated; 0 uses lastLayerInit.",
    "off; for experiments on saturation",
  ),
  normalize: flag(true, "Normalise observations and goals by their running mean and std.", HER),
  normalizeClip: real({ above: 0 }, 5, "Clip normalised inputs to ± this many stds.", BASELINES_HER),
  replayCapacity: integer(
    { min: 1, max: 100_000_000 },
    1_000_000,
    "Maximum number of transitions in the replay buffer, in complete episodes; memory grows as it fills.",
    BASELINES_HER,
  ),
  replay: z
    .strictObject({
      kind: choice(
        ["uniform", "prioritized"],
        "uniform",
        "How transitions are sampled: uniformly, or by their last TD error.",
        "uniform; prioritized is Schaul et al. 2016, arXiv:1511.05952",
      ),
      alpha: real(
        { min: 0, max: 1 },
        0.6,
        "Prioritized replay: exponent of |TD error|; 0 is uniform.",
        "Schaul et al. 2016",
      ),
      beta: real(
        { min: 0, max: 1 },
        0.4,
        "Prioritized replay: initial exponent of the importance weights.",
        "Schaul et al. 2016",
      ),
      betaSteps: integer(
        { min: 1 },
        20_000,
        "Prioritized replay: updates over which beta rises to 1.",
        "the default of train.steps",
      ),
      rewardingShare: real(
        { min: 0, max: 1 },
        0,
        "Share of each batch sampled from episodes that achieved their goal.",
        "off",
      ),
      movedShare: real(
        { min: 0, max: 1 },
        0,
        "Share of each batch sampled from episodes whose achieved goal moved by more than 5 cm.",
        "off; for tasks with an object",
      ),
    })
    .prefault({}),
  her: z
    .strictObject({
      k: integer(
        { min: 0, max: 1000 },
        4,
        "Transitions with a relabelled goal per transition with its original goal; 0 turns HER off.",
        HER,
      ),
      strategy: choice(
        ["future", "final", "episode"],
        "future",
        "Relabelled goals are goals achieved later in the episode, at its end, or at any time in it.",
        HER,
      ),
      skipTrivial: flag(
        false,
        "Do not relabel with goals that are already achieved before the transition.",
        "off; for tasks with an object",
      ),
      goalDither: real(
        { min: 0, max: 1 },
        0,
        "Move relabelled goals randomly by up to this many metres, if they stay achieved at their own time step.",
        "off; for tasks with an object",
      ),
    })
    .prefault({}),
  demos: z
    .strictObject({
      share: real(
        { min: 0, max: 1 },
        0,
        "Share of each batch sampled from the demonstrations of train.demos; 0 samples them like any other episode.",
        "off; RLPD (arXiv:2302.02948) has 0.5",
      ),
      bcWeight: real(
        { min: 0, max: 1000 },
        0,
        "Behaviour cloning: weight in the actor's loss of the mean over a batch's demonstrated transitions of ‖μ(s) − a‖².",
        "off; Nair et al. 2018, arXiv:1709.10089",
      ),
      qFilter: flag(
        true,
        "Clone a demonstrated action only where the critic values it higher than the policy's.",
        "Nair et al. 2018",
      ),
    })
    .prefault({}),
  exploration: z
    .strictObject({
      noise: choice(
        ["gaussian", "ou"],
        "gaussian",
        "Action noise in training: independent Gaussian, or an Ornstein–Uhlenbeck process.",
        "HER 2017; DDPG 2015 has ou",
      ),
      noiseScale: real(
        { min: 0, max: 10 },
        0.1,
        "Std of the action noise; for ou, of its stationary distribution.",
        OURS,
      ),
      ouTheta: real({ above: 0, max: 1 }, 0.15, "Share of the ou noise that decays per step.", "DDPG 2015"),
      randomActionProbability: real(
        { min: 0, max: 1 },
        0.1,
        "Probability per step of starting a uniformly random action (ε-greedy).",
        "about HER 2017's share of random actions, held",
      ),
      randomActionHold: integer(
        { min: 1, max: 1000 },
        5,
        "A random action is repeated for 1 to this many steps, since white torque noise averages out.",
        OURS,
      ),
      parameterNoise: real(
        { min: 0, max: 10 },
        0,
        "Parameter noise on the actor, resampled each episode, adapted until actions differ by this std; 0 is off.",
        "off; Plappert et al. 2018, arXiv:1706.01905",
      ),
      decaySteps: integer(
        { min: 0 },
        0,
        "Steps over which all exploration decreases linearly to the share decayTo; 0 keeps it constant.",
        "off",
      ),
      decayTo: real(
        { min: 0, max: 1 },
        0.1,
        "Share of exploration that remains after decaySteps.",
        "Stable-Baselines3's DQN",
      ),
    })
    .prefault({}),
});
export type AgentConfig = z.infer<typeof AgentConfig>;
