/** @file Causes in what the critic learns: target networks that stand still, wrong targets, a horizon of a few steps. */

import { type Cause, DOWNSTREAM, over, under } from "./cause.ts";
import { changed, DIFFERS, gradientOver, gradientUnder, SAME_BATCH, STEP_ALONG } from "./update-symptoms.ts";

/** Targets follow networks, so their step says nothing where these are held. */
const NETWORKS_MOVE = ["actor", "critic"].map((network) =>
  over(`exam/${network}_layer_step`, 1e-4, "size of a layer's step over Adam's; by definition 1"),
);

export const TARGET_CAUSES: readonly Cause[] = [
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
        proves: true,
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
          under("exam/critic_step_direction", -0.5, STEP_ALONG),
          over("exam/critic_step", 0.5, "and the step is not missing"),
        ],
        confidence: 0.92,
      },
      ...["rewards", "ends", "next_states", "targets"].map((part) => ({
        all: changed(part),
        // Rewards may be changed by the environment already.
        ...(part === "rewards" ? { confidence: 0.92 } : { confidence: 0.96, proves: true }),
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
        proves: true,
      },
    ],
    supports: [],
    effects: DOWNSTREAM,
    explanation:
      "Rewards more than a few steps ahead count for nothing, so the actor does not move towards its goal.",
    fixes: [["agent.gamma", 0.95]],
    remedy: "Raise agent.gamma towards 1 − 1/T for episodes of T steps",
  },
];
