/** @file Every environment with every reward keeps every promise of GoalEnv under torque control. */

import { describePromises } from "./promises.ts";

describePromises("torque");
