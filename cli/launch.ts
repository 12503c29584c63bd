/** @file How commands that train many runs start this same program for each. */

import { join } from "node:path";
import { type Launch, startProgram } from "../training/training-pool.ts";

export const launchSteadyarm: Launch = startProgram(join(import.meta.dirname, "main.js"));
