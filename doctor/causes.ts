/** @file The table of all causes. */

import { ARM_CAUSES } from "./arm-causes.ts";
import type { Cause } from "./cause.ts";
import { GOAL_CAUSES } from "./goal-causes.ts";
import { HOLD_CAUSE } from "./hold-cause.ts";
import { LEARNING_CAUSES } from "./learning-causes.ts";
import { NETWORK_CAUSES } from "./network-causes.ts";
import { RATE_CAUSES } from "./rate-causes.ts";
import { TARGET_CAUSES } from "./target-causes.ts";
import { TASK_CAUSES } from "./task-causes.ts";
import { UPDATE_CAUSES } from "./update-causes.ts";

export const CAUSES: readonly Cause[] = [
  ...GOAL_CAUSES,
  ...ARM_CAUSES,
  ...TASK_CAUSES,
  ...UPDATE_CAUSES,
  ...TARGET_CAUSES,
  ...NETWORK_CAUSES,
  ...RATE_CAUSES,
  ...LEARNING_CAUSES,
  HOLD_CAUSE,
];
