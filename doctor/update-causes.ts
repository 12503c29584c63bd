/** @file Causes in the updates: too few, towards the wrong targets, on the wrong batches, or against the critic. */

import { type Cause, DOWNSTREAM, over, under } from "./cause.ts";
import {
  changed,
  DIFFERS,
  gradientOver,
  gradientUnder,
  OTHER_ACTIONS,
  OTHER_VALUES,
  SAME_BATCH,
  SAME_TARGETS,
} from "./update-symptoms.ts";

/** Targets follow networks, so their step says nothing where these are held. */
const NETWORKS_MOVE = ["actor", "critic"].map((network) =>
  over(`exam/${network}_layer_step`, 1e-4, "size of a layer's step over Adam's; by definition 1"),
);

/** What follows from a cause that misaligned batches can have. */
const AFTER_BATCHES = DOWNSTREAM.filter((name) => name !== "misaligned-batch");

const ALONG = "cosine of a layer's step and Adam's; by definition 1";

const REPEATED = "the first updates, made again from the stored episodes; by definition the same";

export const UPDATE_CAUSES: readonly Cause[] = [
  {
    name: "too-few-updates",
    title: "hardly any updates",
    patterns: [
      {
        all: [
          under(
            "doctor/planned_updates",
            0.1,
            "(train.steps − agent.warmupSteps) × agent.updatesPerStep, for each step of the run; presets have 0.4 to 1",
          ),
        ],
        confidence: 0.97,
      },
      {
        all: [under("doctor/updates_done", 0.5, "share of the updates that are due at this step")],
        confidence: 0.96,
      },
      ...(["actor", "critic"] as const).map((network) => ({
        all: [
          DIFFERS,
          under(`exam/${network}_step`, 1e-4, "size of the step over Adam's; by definition 1"),
          over(`exam/${network}_travel`, 0.003, "although its weights have changed before"),
        ],
        confidence: 0.96,
      })),
    ],
    supports: [],
    effects: [
      ...DOWNSTREAM,
      "frozen-network",
      "targets-too-slow",
      "wrong-targets",
      "trivial-hindsight",
      "unpaid-success",
    ],
    explanation:
      "As the run is set, or because some updates do not change a network, it ends before its networks have learned anything.",
    fixes: [
      ["agent.updatesPerStep", 1],
      ["agent.warmupSteps", 1000],
    ],
    remedy:
      "Let agent.warmupSteps be a small part of train.steps, and agent.updatesPerStep near 1; check that each update steps both networks",
  },
  {
    name: "targets-too-slow",
    title: "target networks stand still",
    patterns: [
      {
        all: [
          DIFFERS,
          ...NETWORKS_MOVE,
          under("exam/target_step", 0.5, "step of the targets over τ (θ − θ′); by definition 1"),
          over("exam/target_step", -0.1, "and not in the opposite direction"),
        ],
        confidence: 0.95,
      },
      {
        all: [
          over(
            "exam/target_lag",
            0.6,
            "distance of the targets from the critic, over the way that the critic has come; 0.01 to 0.1 in runs that learn",
          ),
        ],
        confidence: 0.93,
      },
    ],
    supports: [],
    effects: [
      ...DOWNSTREAM,
      "wrong-targets",
      "critic-rate-too-low",
      "actor-does-nothing",
      "actor-against-critic",
    ],
    explanation: "The target networks are almost as they began, so values never reach beyond one step.",
    fixes: [["agent.tau", 0.02]],
    remedy: "Raise agent.tau",
  },
  {
    name: "wrong-targets",
    origins: ["updates"],
    title: "values do not follow the Bellman equation",
    patterns: [
      {
        all: [
          DIFFERS,
          under("exam/critic_step_direction", -0.5, ALONG),
          over("exam/critic_step", 0.5, "and the step is not missing"),
        ],
        confidence: 0.92,
      },
      ...["rewards", "ends", "next_states", "targets"].map((part) => ({
        all: changed(part),
        // Rewards may be changed by the environment already.
        confidence: part === "rewards" ? 0.92 : 0.96,
      })),
      {
        all: [
          DIFFERS,
          gradientUnder("critic", 0.98),
          gradientOver("actor", 0.999),
          under("exam/other_values", 0.5, "Q of the batch is the intact one"),
        ],
        // Below a reward that is shown to be wrong, which does this too.
        confidence: 0.89,
      },
      {
        all: [DIFFERS, ...SAME_BATCH, gradientUnder("critic", -0.5)],
        confidence: 0.94,
      },
      {
        all: [
          DIFFERS,
          ...NETWORKS_MOVE,
          under("exam/target_step", -0.1, "step of the targets over τ (θ − θ′); by definition 1"),
        ],
        confidence: 0.95,
      },
      {
        all: [
          DIFFERS,
          ...NETWORKS_MOVE,
          over("exam/target_step", 2, "step of the targets over τ (θ − θ′); by definition 1"),
        ],
        confidence: 0.93,
      },
      {
        all: [
          under("exam/bellman_fit", -0.5, "share of the variance of Q; above 0.8 in runs that learn"),
          over("doctor/updates", 1000, "enough updates to approach the targets"),
        ],
        confidence: 0.72,
      },
      {
        all: [
          over(
            "exam/relearned",
            4,
            "what the Bellman equation leaves open before 200 intact updates, over that after them; 1 to 2 in runs that learn",
          ),
          under("exam/bellman_fit", 0.5, "share of the variance of Q; above 0.8 in runs that learn"),
          over("doctor/updates", 1000, "enough updates to approach the targets"),
        ],
        confidence: 0.78,
      },
      {
        all: [
          over(
            "exam/relearned",
            20,
            "what the Bellman equation leaves open before 200 intact updates, over that after them",
          ),
          under("exam/bellman_fit", 0.5, "share of the variance of Q; above 0.8 in runs that learn"),
          over("doctor/updates", 1000, "enough updates to approach the targets"),
        ],
        confidence: 0.86,
      },
    ],
    supports: [
      {
        ...under("exam/value_order", 0.1, "Q does not rank states as their returns do"),
        adds: 0.05,
      },
    ],
    effects: [...DOWNSTREAM, "actor-does-nothing", "actor-against-critic"],
    explanation:
      "Q(s, a) differs from r + γ Q(s′, μ(s′)) by more than it varies: the critic learns something else.",
    fixes: [],
    remedy:
      "Check the target: reward, discount, the next state and its action, what ends an episode; and that each update lowers the critic's loss",
  },
  {
    name: "horizon-too-short",
    title: "horizon too short",
    patterns: [
      {
        all: [under("doctor/horizon_steps", 3, "1 / (1 − γ) steps; goals here are ten and more away")],
        confidence: 0.8,
      },
    ],
    supports: [],
    effects: DOWNSTREAM,
    explanation:
      "Rewards more than a few steps ahead count for nothing, so the actor does not move towards its goal.",
    fixes: [["agent.gamma", 0.95]],
    remedy: "Raise agent.gamma towards 1 − 1/T for episodes of T steps",
  },
  {
    name: "misaligned-batch",
    origins: ["environment", "updates"],
    title: "batches are not what the replay buffer holds",
    patterns: [
      ...["actions", "states", "scale"].map((part) => ({ all: changed(part), confidence: 0.96 })),
      { all: [DIFFERS, OTHER_ACTIONS, gradientUnder("actor", 0.98)], confidence: 0.9 },
      {
        all: [
          DIFFERS,
          OTHER_VALUES,
          SAME_TARGETS,
          gradientUnder("critic", 0.98),
          gradientOver("actor", 0.999),
        ],
        confidence: 0.92,
      },
      {
        all: [over("exam/blank_actions", 0.5, "stored random actions that are all zeros; by definition 0")],
        confidence: 0.95,
      },
      {
        all: [
          under(
            "exam/critic_action_use",
            0.02,
            "change of Q by a random action, over that by another state; 0.1 and more in runs that learn",
          ),
          over("doctor/updates", 1000, "enough updates to learn what actions do"),
        ],
        confidence: 0.8,
        origins: ["updates"],
      },
    ],
    supports: [],
    effects: [
      ...AFTER_BATCHES.filter((name) => name !== "changed-environment"),
      "actor-against-critic",
      "actor-does-nothing",
    ],
    explanation:
      "The batches of the updates are not the transitions that were stored, so the networks learn from states, actions or goals that do not belong together.",
    fixes: [],
    remedy: "Check that each row of a batch has state, action, goal and next state of one transition",
  },
  {
    name: "actor-against-critic",
    origins: ["updates"],
    title: "the actor does not follow its critic",
    patterns: [
      { all: [DIFFERS, ...SAME_BATCH, gradientUnder("actor", -0.5)], confidence: 0.95 },
      {
        all: [
          DIFFERS,
          under("exam/actor_step_direction", -0.5, ALONG),
          over("exam/actor_step", 0.5, "and the step is not missing"),
        ],
        confidence: 0.92,
      },
      { all: [DIFFERS, ...SAME_BATCH, gradientUnder("actor", 0.7)], confidence: 0.9 },
      {
        all: [
          over(
            "exam/actor_uphill",
            0.4,
            "cosine of a layer's way and its mean gradient; at most 0.15 in runs that learn",
          ),
          over("exam/actor_travel", 1e-4, "of weights that change"),
        ],
        confidence: 0.88,
      },
      {
        all: [
          under(
            "exam/actor_rank",
            0.35,
            "share of states in which the critic prefers the policy's action to a random one; above 0.8 in runs that learn",
          ),
          over("doctor/updates", 500, "enough updates to follow"),
        ],
        confidence: 0.85,
      },
      {
        all: [
          over("exam/actor_regain", 0.2, "by how much 200 intact updates raise that share"),
          under("exam/actor_rank", 0.7, "share of states; above 0.8 in runs that learn"),
          over("doctor/updates", 500, "enough updates to follow"),
        ],
        confidence: 0.72,
      },
    ],
    supports: [],
    effects: [...AFTER_BATCHES, "actor-does-nothing", "actor-rate-too-low"],
    explanation:
      "The actor's updates do not maximise Q: its weights move up their gradient, or the critic values its actions no more than random ones.",
    fixes: [],
    remedy:
      "Check the sign and the inputs of the actor's loss and of the optimiser's step, which motor each output drives, and that the gradient reaches all layers",
  },
  {
    name: "actor-does-nothing",
    title: "the actor does nothing",
    patterns: [
      {
        all: [
          under("exam/action_size", 0.05, "RMS action; 0.2 and more in runs that learn"),
          over("exam/actor_travel", 1e-4, "although its weights change"),
          over("doctor/updates", 500, "and had time to"),
        ],
        confidence: 0.7,
      },
    ],
    supports: [],
    effects: AFTER_BATCHES,
    explanation:
      "The policy's actions are almost 0 everywhere: a penalty on them outweighs all that they could gain.",
    fixes: [
      ["agent.actionPenalty", 0],
      ["agent.preActivationPenalty", 1],
    ],
    remedy: "Lower agent.actionPenalty and agent.preActivationPenalty",
  },
  {
    name: "changed-updates",
    origins: ["updates"],
    title: "updates are not those of the settings",
    patterns: [
      ...(["actor", "critic"] as const).map((network) => ({
        all: [
          DIFFERS,
          gradientOver("critic", 0.99),
          gradientOver("actor", 0.99),
          under(`exam/${network}_step_direction`, 0.5, ALONG),
        ],
        confidence: 0.9,
      })),
      { all: [DIFFERS], confidence: 0.6 },
      { all: [over("exam/other_weights", 0.5, REPEATED)], confidence: 0.6 },
      { all: [under("exam/critic_agrees", 0.9, REPEATED)], confidence: 0.6 },
      { all: [under("exam/actor_agrees", 0.9, REPEATED)], confidence: 0.6 },
    ],
    supports: [],
    effects: [],
    explanation:
      "The same episodes and random numbers give other networks than the run's: initial weights, batches, losses or the optimiser are not as the settings say.",
    fixes: [],
    remedy:
      "Compare the learner with the one of this version: initial weights, what a batch holds, gradients, what is done to the weights after an update",
  },
];
