/** @file The table of all causes. */

import type { Cause } from "./cause.ts";
import { HOLD_CAUSE } from "./hold-cause.ts";
import { LEARNING_CAUSES } from "./learning-causes.ts";
import { TASK_CAUSES } from "./task-causes.ts";

export const CAUSES: readonly Cause[] = [...TASK_CAUSES, ...LEARNING_CAUSES, HOLD_CAUSE];
