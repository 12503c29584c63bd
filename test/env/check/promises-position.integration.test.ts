/** @file Every environment keeps every promise of GoalEnv under position control; every reward: promises.long.test.ts. */

import { describePromises } from "./promises.ts";

describePromises("position");
