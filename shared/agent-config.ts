/** @file The agent's settings: the algorithm, and a switch for each thing that steadies it. */

import { z } from "zod";
import { choice, flag, notes, real, whole } from "./setting.ts";

const OURS = "measured here, docs/ddpg.md";
const HER_PAPER = "HER 2017, arXiv:1707.01495";

export const AgentConfig = z.strictObject({
  engine: choice(
    ["onnx", "tfjs"],
    "onnx",
    "What runs the update graph: ONNX Runtime, or TensorFlow.js (tfjs-node if installed, else WASM).",
    "bench/update.ts",
  ),
  hidden: z.array(z.int().min(1).max(4096)).min(1).max(8).default([64, 64]).register(notes, {
    expected: "1 to 8 layer sizes, each a whole number in [1, 4096], such as [64, 64]",
    meaning: "Units in each hidden layer, of actor and critic alike.",
    origin: "rl-baselines3-zoo, PandaReach",
  }),
  gamma: real({ above: 0, below: 1 }, 0.95, "Discount factor γ.", "rl-baselines3-zoo, PandaReach"),
  tau: real(
    { above: 0, max: 1 },
    0.02,
    "Share of the online weights blended into the targets at each update.",
    OURS,
  ),
  actorLearningRate: real({ above: 0, max: 1 }, 1e-3, "Adam's step size for the actor.", HER_PAPER),
  criticLearningRate: real({ above: 0, max: 1 }, 1e-3, "Adam's step size for the critic.", HER_PAPER),
  batchSize: whole({ min: 1, max: 65_536 }, 256, "Transitions in one update.", "OpenAI Baselines HER"),
  updatesPerStep: real(
    { min: 0, max: 64 },
    1,
    "Updates after each environment step once warm-up is over; 0.5 is one every other step, 0 trains nothing.",
    "Stable-Baselines3",
  ),
  warmupSteps: whole(
    { min: 0 },
    1000,
    "Environment steps of uniformly random actions before the first update.",
    "rl-baselines3-zoo, PandaReach",
  ),
  targetNetworks: flag(
    true,
    "Whether targets come from slow copies of the networks; off bootstraps from the moving networks themselves.",
    "DDPG 2015, arXiv:1509.02971",
  ),
  clipTargets: flag(
    true,
    "Whether Q-targets are clipped to what the rewards allow: [−1/(1−γ), 0] for the sparse reward.",
    "OpenAI Baselines HER",
  ),
  critics: z
    .strictObject({
      count: whole(
        { min: 1, max: 32 },
        1,
        "Critics, each with weights of its own.",
        "DDPG; TD3 has 2, REDQ 10",
      ),
      targetMin: whole(
        { min: 1, max: 32 },
        1,
        "The target takes the least value of this many critics, drawn anew for each update if there are more.",
        "DDPG; TD3 takes 2 of 2, REDQ 2 of 10",
      ),
      actorUses: choice(
        ["first", "mean", "least"],
        "mean",
        "What the actor climbs: the first critic (TD3), the mean of all (REDQ), or the least (SAC).",
        "REDQ 2021, arXiv:2101.05982",
      ),
    })
    .prefault({}),
  targetSmoothing: z
    .strictObject({
      scale: real(
        { min: 0, max: 2 },
        0,
        "Deviation of the noise on the target's action; TD3 has 0.2.",
        "DDPG",
      ),
      clip: real({ min: 0, max: 2 }, 0.5, "Bound of that noise.", "TD3 2018, arXiv:1802.09477"),
    })
    .prefault({}),
  actorEvery: whole(
    { min: 1, max: 1000 },
    1,
    "The actor and the targets move only every this many updates; TD3 has 2.",
    "DDPG",
  ),
  gradientClip: z
    .strictObject({
      actor: real(
        { min: 0 },
        0,
        "The actor's gradient is no longer than this; 0 leaves it as it is.",
        "off: no need seen",
      ),
      critic: real(
        { min: 0 },
        0,
        "The critic's gradient is no longer than this; 0 leaves it as it is.",
        "off: no need seen",
      ),
    })
    .prefault({}),
  layerNorm: z
    .strictObject({
      actor: flag(
        false,
        "Layer normalisation before each hidden activation of the actor.",
        "DDPG with HER has none",
      ),
      critic: flag(
        false,
        "The same in the critic, as RLPD has it (arXiv:2302.02948).",
        "DDPG with HER has none",
      ),
    })
    .prefault({}),
  batchNorm: z
    .strictObject({
      actor: choice(
        ["off", "batch", "renorm"],
        "off",
        "Batch normalisation before each hidden activation of the actor, or renormalisation.",
        "DDPG with HER has none",
      ),
      critic: choice(
        ["off", "batch", "renorm"],
        "off",
        "The same in the critic; with targetNetworks off, of states and next states together, as CrossQ has it.",
        "CrossQ 2024, arXiv:1902.05605",
      ),
      rate: real(
        { above: 0, max: 1 },
        0.01,
        "Share of a batch's mean and variance blended into the running ones, which play goes by.",
        "CrossQ: momentum 0.99",
      ),
    })
    .prefault({}),
  preActivationPenalty: real(
    { min: 0 },
    1,
    "Weight of the mean squared input of the actor's last tanh in its loss: keeps the actor off the flat ends, and steady.",
    OURS,
  ),
  actionPenalty: real(
    { min: 0 },
    0,
    "Weight of the mean squared action in the actor's loss; OpenAI Baselines has 1.",
    "off: the pre-activations' does more",
  ),
  invertGradients: flag(
    false,
    "Whether ∂Q/∂a shrinks with the room that is left in its direction, and turns round beyond the bounds.",
    "Hausknecht & Stone 2016, arXiv:1511.04143",
  ),
  rewardScale: real(
    { above: 0, max: 1000 },
    1,
    "What rewards are multiplied by before the critic sees them.",
    "none",
  ),
  normalizeReturns: flag(
    false,
    "Whether rewards are divided by the running deviation of discounted returns as well.",
    "Stable-Baselines3's VecNormalize",
  ),
  nStep: whole(
    { min: 1, max: 100 },
    1,
    "Rewards summed before bootstrapping; paid again under hindsight, and cut where the hindsight goal was reached.",
    "DDPG; D4PG has 5",
  ),
  lastLayerInit: real(
    { above: 0, max: 1000 },
    3e-3,
    "The last layer's first weights are uniform in ± this.",
    "DDPG 2015, arXiv:1509.02971",
  ),
  actorLastLayerInit: real(
    { min: 0, max: 1000 },
    0,
    "The same for the actor alone: 30 begins it saturated; 0 takes lastLayerInit.",
    "off: to study actors that begin badly",
  ),
  normalize: flag(
    true,
    "Whether observations and goals are normalised by running mean and deviation.",
    HER_PAPER,
  ),
  normalizeClip: real(
    { above: 0 },
    5,
    "Normalised inputs are clipped to ± this many deviations.",
    "OpenAI Baselines HER",
  ),
  replayCapacity: whole(
    { min: 1, max: 100_000_000 },
    1_000_000,
    "Transitions kept, whole episodes at a time; memory is taken as they come.",
    "OpenAI Baselines HER",
  ),
  replay: z
    .strictObject({
      kind: choice(
        ["uniform", "prioritized"],
        "uniform",
        "How transitions are drawn: all alike, or by their last TD error.",
        "Schaul et al. 2016, arXiv:1511.05952",
      ),
      alpha: real(
        { min: 0, max: 1 },
        0.6,
        "Prioritised: exponent on |TD error|; 0 is uniform.",
        "Schaul et al. 2016",
      ),
      beta: real(
        { min: 0, max: 1 },
        0.4,
        "Prioritised: exponent of the importance weights at the start.",
        "Schaul et al. 2016",
      ),
      betaSteps: whole(
        { min: 1 },
        20_000,
        "Prioritised: updates until that exponent is 1.",
        "the main job's length",
      ),
      rewardingShare: real(
        { min: 0, max: 1 },
        0,
        "Share of a batch drawn from episodes in which the goal was achieved.",
        "off: no need seen",
      ),
      movedShare: real(
        { min: 0, max: 1 },
        0,
        "Share of a batch drawn from episodes in which the achieved goal moved by more than 5 cm.",
        "for tasks with an object",
      ),
    })
    .prefault({}),
  her: z
    .strictObject({
      k: whole(
        { min: 0, max: 1000 },
        4,
        "Hindsight goals for each real one; 0 turns hindsight off.",
        HER_PAPER,
      ),
      strategy: choice(
        ["future", "final", "episode"],
        "future",
        "Where a hindsight goal is from: a later moment of the episode, its end, or any moment.",
        HER_PAPER,
      ),
      skipTrivial: flag(
        false,
        "Whether hindsight leaves alone goals that were achieved already before the transition.",
        "for tasks with an object",
      ),
      goalDither: real(
        { min: 0, max: 1 },
        0,
        "Hindsight goals are moved by up to this many metres, where that stays a success at their moment.",
        "for tasks with an object",
      ),
    })
    .prefault({}),
  exploration: z
    .strictObject({
      noise: choice(
        ["gaussian", "ou"],
        "gaussian",
        "Noise added to actions while training: independent, or an Ornstein–Uhlenbeck process.",
        "HER 2017; DDPG 2015 has ou",
      ),
      noiseScale: real({ min: 0, max: 10 }, 0.1, "Deviation of that noise, at rest for ou.", OURS),
      ouTheta: real(
        { above: 0, max: 1 },
        0.15,
        "Share by which ou noise falls back to 0 in a step.",
        "DDPG 2015",
      ),
      randomActionProbability: real(
        { min: 0, max: 1 },
        0.1,
        "Chance that a uniformly random action is begun, which is then held (epsilon-greedy).",
        "as HER 2017's share, held instead of single",
      ),
      randomActionHold: whole(
        { min: 1, max: 1000 },
        5,
        "A random action is held for 1 to this many steps, evenly drawn: white torque noise averages out.",
        OURS,
      ),
      parameterNoise: real(
        { min: 0, max: 10 },
        0,
        "Deviation between actions that noise on the actor's weights is adapted to; drawn anew each episode.",
        "Plappert et al. 2018, arXiv:1706.01905",
      ),
      decaySteps: whole(
        { min: 0 },
        0,
        "Steps over which noise, parameter noise and random actions shrink linearly to decayTo; 0 never shrinks.",
        "off: no need seen",
      ),
      decayTo: real(
        { min: 0, max: 1 },
        0.1,
        "Share of exploration that is left after that.",
        "Stable-Baselines3's DQN",
      ),
    })
    .prefault({}),
});
export type AgentConfig = z.infer<typeof AgentConfig>;
