/** @file The cause of a policy that reaches its goals and leaves them after its time limit. */

import { isRecord } from "../shared/is-record.ts";
import { PRESETS } from "../shared/presets.ts";
import { type Cause, over, under } from "./cause.ts";

export const HOLD_CAUSE: Cause = {
  name: "no-hold",
  title: "does not hold its goal beyond the time limit",
  patterns: [
    {
      all: [
        under("doctor/held", 0.9, "as much as a healthy run's success rate, at every moment from 3 to 20 s"),
      ],
      confidence: 0.9,
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
  ],
  effects: [],
  explanation:
    "The policy reaches its goals and drifts away from them after the seconds that a training episode lasts: the goal leaves some joints free, and they end where it never trained.",
  fixes: settingsOf("steady"),
  remedy:
    "Train episodes that start where earlier ones ended, with a cost on leaving the home posture and an averaged actor, as the steady preset does (docs/holding.md)",
};

/** Returns the settings of a preset by their paths. */
function settingsOf(preset: string): (readonly [path: string, value: unknown])[] {
  const leaves = (node: unknown, path: string): (readonly [string, unknown])[] =>
    isRecord(node)
      ? Object.entries(node).flatMap(([key, value]) => leaves(value, path === "" ? key : `${path}.${key}`))
      : [[path, node]];
  return leaves(PRESETS.find(({ name }) => name === preset)?.settings ?? {}, "");
}
