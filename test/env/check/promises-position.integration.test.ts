/** @file Every environment and reward under position control keeps every promise of the contract. */

import { describePromises } from "./promises.ts";

describePromises("position");
