/** @file Every environment keeps every promise of GoalEnv under torque control; promises.long.test.ts: all. */

import { describeTorquePromises } from "./promises.ts";

describeTorquePromises();
