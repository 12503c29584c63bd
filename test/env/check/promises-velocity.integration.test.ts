/** @file Every environment with every reward keeps every promise of GoalEnv under velocity control. */

import { describePromises } from "./promises.ts";

describePromises("velocity");
