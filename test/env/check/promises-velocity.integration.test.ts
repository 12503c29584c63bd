/** @file Every environment and reward under velocity control keeps every promise of the contract. */

import { describePromises } from "./promises.ts";

describePromises("velocity");
