/** @file Every environment with every reward keeps every promise of GoalEnv under every control mode. */

import { CONTROL_MODES } from "../../../env/control/action-meaning.ts";
import { describeAllPromises } from "./promises.ts";

for (const control of CONTROL_MODES) describeAllPromises(control);
