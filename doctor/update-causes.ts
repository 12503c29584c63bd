/** @file Causes in the updates: too few, on the wrong batches, or against the critic. */

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
  STEP_ALONG,
} from "./update-symptoms.ts";

/** What follows from a cause that misaligned batches can have. */
const AFTER_BATCHES = DOWNSTREAM.filter((name) => name !== "misaligned-batch");

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
        proves: true,
      },
      {
        all: [under("doctor/updates_done", 0.5, "share of the updates that are due at this step")],
        confidence: 0.96,
        proves: true,
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
    name: "misaligned-batch",
    origins: ["environment", "updates"],
    title: "batches are not what the replay buffer holds",
    patterns: [
      ...["actions", "states", "scale"].map((part) => ({
        all: changed(part),
        confidence: 0.96,
        proves: true,
      })),
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
        proves: true,
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
          under("exam/actor_step_direction", -0.5, STEP_ALONG),
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
          under(`exam/${network}_step_direction`, 0.5, STEP_ALONG),
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
