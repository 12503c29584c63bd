/** @file Every environment with every reward keeps every promise of GoalEnv under position control. */

import { describePromises } from "./promises.ts";

describePromises("position");
