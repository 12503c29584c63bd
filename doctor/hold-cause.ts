/** @file The cause of a policy that reaches its goals and leaves them after its time limit. */

import { parseConfig } from "../shared/config.ts";
import { presetSettings } from "../shared/presets.ts";
import { type Cause, over, under } from "./cause.ts";

const STEADY = parseConfig(presetSettings("steady"), "preset steady");

export const HOLD_CAUSE: Cause = {
  name: "no-hold",
  title: "does not hold its goal beyond the time limit",
  patterns: [
    {
      all: [
        under("doctor/held", 0.9, "as much as a healthy run's success rate, at every moment from 3 to 20 s"),
      ],
      confidence: 0.9,
      proves: true,
    },
  ],
  supports: [
    {
      ...over(
        "doctor/lost_at_limit",
        0.3,
        "the arm drifts until a joint stops it; chosen on panda-reach, seed 1",
      ),
      adds: 0.05,
    },
    {
      ...over(
        "doctor/lost_speed",
        0.3,
        "the arm still moves, far from where it trained; chosen on panda-reach, seed 1",
      ),
      adds: 0.04,
    },
    {
      ...over("diagnostics/joint_limit_time", 0.3, "share of the evaluations' steps near a joint limit"),
      adds: 0.03,
    },
  ],
  effects: [],
  explanation:
    "The policy reaches its goals and drifts away from them once a training episode would be over: the goal leaves some joints free, and they move to angles at which the policy never trained.",
  fixes: [
    ["train.carryOver.probability", STEADY.train.carryOver.probability],
    ["env.rewardTerms.posture", STEADY.env.rewardTerms.posture],
    ["agent.actorAveraging", STEADY.agent.actorAveraging],
  ],
  remedy:
    "Train episodes that start where earlier ones ended, with a cost on leaving the home posture and an averaged actor (docs/holding.md)",
};
