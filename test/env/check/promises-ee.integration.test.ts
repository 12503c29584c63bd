/** @file Every environment with every reward keeps every promise of GoalEnv under ee control. */

import { describePromises } from "./promises.ts";

describePromises("ee");
