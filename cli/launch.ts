/** @file Starts this program as a child process, for commands that train many runs. */

import { join } from "node:path";
import { type Launch, startProgram } from "../training/training-pool.ts";

export const launchSteadyarm: Launch = startProgram(join(import.meta.dirname, "main.js"));
