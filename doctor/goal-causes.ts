/** @file Causes in the goals: not shown, out of reach, not paid for, or achieved before anything was done. */

import { type Cause, DOWNSTREAM, over, under } from "./cause.ts";
import { changed } from "./update-symptoms.ts";

const FOLLOW =
  "variance of the shown goals that is a linear function of the intact environment's; by definition 1";

export const GOAL_CAUSES: readonly Cause[] = [
  {
    name: "goal-not-seen",
    differsIn: ["goals"],
    origins: ["environment", "updates"],
    title: "the agent does not see its goal",
    patterns: [
      { all: changed("goals"), confidence: 0.96, proves: true },
      {
        all: [over("exam/blank_goals", 0.5, "goals that are all zeros")],
        confidence: 0.95,
        proves: true,
      },
      {
        all: [
          over("exam/goal_mismatch", 0.2, "episodes are judged by other goals; by definition 0"),
          under("exam/goals_follow", 0.5, FOLLOW),
        ],
        confidence: 0.975,
        proves: true,
      },
      {
        all: [
          over(
            "exam/goal_mismatch",
            0.2,
            "by definition 0: an episode succeeds if and only if it achieves the goal that it shows",
          ),
        ],
        confidence: 0.95,
      },
      {
        all: [
          under("exam/goal_spread", 0.05, "goals that hardly differ, relative to the intact environment"),
          under("exam/unreachable_goals", 0.5, "but are within reach"),
        ],
        confidence: 0.85,
      },
      {
        all: [
          under(
            "exam/critic_goal_use",
            0.15,
            "change of Q by another state's goal, over that by another state; 0.5 to 1.2",
          ),
          under("exam/actor_goal_use", 0.15, "the same for the actor"),
          over("doctor/updates", 1000, "enough updates to learn from goals"),
        ],
        confidence: 0.75,
      },
    ],
    supports: [],
    effects: [...DOWNSTREAM, "unreachable-goals", "unpaid-success", "relabelling-fault", "trivial-hindsight"],
    explanation: "The goal in the observation is not the one that the episode is judged by.",
    fixes: [],
    remedy:
      "Let the observation's desiredGoal be the goal of the episode, from reset to the last step, and check that batches have each transition's own",
  },
  {
    name: "unreachable-goals",
    origins: ["environment", "settings"],
    title: "goals out of reach",
    patterns: [
      {
        all: [over("exam/unreachable_goals", 0.5, "inverse kinematics misses these goals")],
        confidence: 0.93,
        proves: true,
      },
    ],
    supports: [],
    effects: [...DOWNSTREAM, "trivial-hindsight"],
    explanation: "Most goals cannot be reached within the joint limits, whatever the policy does.",
    fixes: [],
    remedy: "Draw goals where the arm can go; for an imported arm, bend it with env.urdf.home",
  },
  {
    name: "unpaid-success",
    origins: ["environment", "updates"],
    title: "reward and success disagree",
    patterns: [
      {
        all: [
          over(
            "exam/other_rewards",
            0.5,
            "1 if evaluations succeed as in the intact environment and are rewarded otherwise; by definition 0",
          ),
        ],
        // Above a fault of relabelling, which changes no evaluation, and below the wrong sign, which does.
        confidence: 0.955,
      },
      {
        all: [
          under("doctor/success_paid", -1.5, "by definition 1 for a sparse reward, −1 for the wrong sign"),
        ],
        confidence: 0.97,
        proves: true,
      },
      {
        all: [over("doctor/success_paid", 1.5, "by definition 1 for a sparse reward")],
        confidence: 0.97,
        proves: true,
      },
      {
        all: [under("doctor/success_paid", 0.9, "by definition 1 for a sparse reward")],
        confidence: 0.85,
      },
      {
        all: [
          under(
            "doctor/own_success_paid",
            0.9,
            "by definition at least 1: goals held at the end of an evaluation episode are paid for once or more",
          ),
          under("doctor/success_paid", 0.9, "by definition 1 for a sparse reward"),
        ],
        confidence: 0.96,
        proves: true,
      },
    ],
    supports: [],
    effects: [...DOWNSTREAM, "trivial-hindsight", "relabelling-fault", "wrong-targets", "actor-does-nothing"],
    explanation:
      "Transitions that achieve their goal are not all paid for it, or by other amounts: reward and success disagree.",
    fixes: [],
    remedy:
      "Check computeReward against isAchieved: one success distance, nothing random, values within rewardRange",
  },
  {
    name: "trivial-hindsight",
    origins: ["settings"],
    title: "hindsight teaches to stay",
    patterns: [
      {
        all: [
          over(
            "exam/trivial_hindsight",
            0.8,
            "relabelled goals that were achieved before; 0.2 to 0.5 in runs that learn to reach",
          ),
          under("doctor/success_best", 0.8, "the policy has not learned"),
        ],
        confidence: 0.75,
      },
    ],
    supports: [],
    effects: DOWNSTREAM,
    explanation:
      "Hardly anything moves in an episode, so relabelled goals are achieved already and teach nothing but to stay.",
    fixes: [
      ["agent.her.skipTrivial", true],
      ["agent.replay.movedShare", 0.5],
    ],
    remedy:
      "Use the preset of the task (--preset push, slide or pick-and-place), which leaves out such goals, or --demos",
  },
  {
    name: "wrong-goals",
    differsIn: ["goals"],
    origins: ["environment"],
    title: "goals in another place or unit",
    patterns: [
      {
        all: [
          over(
            "exam/other_goals",
            0.5,
            "of stored episodes, played again: other desired goals; by definition 0",
          ),
        ],
        confidence: 0.84,
      },
      {
        all: [
          over("exam/goal_spread", 3, "standard deviation of the goals over the intact environment's"),
          over("exam/goal_mismatch", 0.2, "episodes are judged by other goals"),
          over("exam/goals_follow", 0.5, FOLLOW),
        ],
        confidence: 0.97,
        proves: true,
      },
      {
        all: [
          over(
            "exam/goal_shift",
            1,
            "distance of the mean goal from the intact environment's, in its standard deviations",
          ),
        ],
        confidence: 0.9,
      },
      {
        all: [over("exam/goal_spread", 3, "standard deviation of the goals over the intact environment's")],
        confidence: 0.9,
      },
    ],
    supports: [],
    effects: [...DOWNSTREAM, "trivial-hindsight", "goal-not-seen", "unreachable-goals", "unpaid-success"],
    explanation: "Goals are drawn elsewhere than the settings say: in another frame, unit or region.",
    fixes: [],
    remedy: "Check the frame and the unit of desiredGoal, and where goals are drawn",
  },
  {
    name: "wrong-achieved-goal",
    differsIn: ["tracker"],
    origins: ["environment"],
    title: "achieved goals do not belong to the observations",
    patterns: [
      {
        all: [
          over(
            "exam/other_tracker",
            0.5,
            "of stored episodes, played again: other achieved goals for the same observations; by definition 0",
          ),
        ],
        confidence: 0.92,
        proves: true,
      },
      {
        all: [
          under(
            "exam/achieved_seen",
            0.5,
            "variance of the achieved goal that is a linear function of the observation as in the intact environment; by definition 1",
          ),
          over("exam/dynamics", 0.7, "while observations move as they should"),
        ],
        confidence: 0.88,
      },
    ],
    supports: [],
    effects: [...DOWNSTREAM, "trivial-hindsight", "wrong-targets", "unpaid-success"],
    explanation:
      "The achieved goal is not where the observation shows it, so hindsight teaches goals that were not achieved.",
    fixes: [],
    remedy: "Check the frame, the unit and the moment of achievedGoal against the observation",
  },
  {
    name: "early-termination",
    differsIn: ["ends"],
    origins: ["environment"],
    title: "episodes end as terminated",
    patterns: [
      {
        all: [
          over(
            "exam/terminated",
            0.1,
            "share of episodes; by definition 0, for a time limit truncates and does not terminate",
          ),
        ],
        confidence: 0.93,
        proves: true,
      },
    ],
    supports: [],
    effects: [...DOWNSTREAM, "wrong-targets", "trivial-hindsight", "actor-does-nothing"],
    explanation:
      "Values after the last step count as 0, so the critic learns that ending an episode is better than any step with a negative reward.",
    fixes: [],
    remedy: "Return truncated instead of terminated at a time limit, and end no episode for its success",
  },
];
