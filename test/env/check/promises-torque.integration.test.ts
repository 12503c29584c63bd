/** @file Every environment and reward under torque control keeps every promise of the contract. */

import { describePromises } from "./promises.ts";

describePromises("torque");
