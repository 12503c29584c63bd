/** @file Every environment and reward under ee control keeps every promise of the contract. */

import { describePromises } from "./promises.ts";

describePromises("ee");
