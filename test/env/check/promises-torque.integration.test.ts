/** @file Every environment keeps every promise of GoalEnv under torque control; the other modes: promises.long.test.ts. */

import { describeTorquePromises } from "./promises.ts";

describeTorquePromises();
