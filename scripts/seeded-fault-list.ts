/** @file Faults that are put into the program one at a time; the named test must then fail. */

import { ENVIRONMENT_FAULTS } from "./seeded-faults/environments.ts";
import type { SeededFault } from "./seeded-faults/fault.ts";
import { INPUT_FAULTS } from "./seeded-faults/input.ts";
import { LEARNING_FAULTS } from "./seeded-faults/learning.ts";
import { STORAGE_FAULTS } from "./seeded-faults/storage.ts";
import { SWEEP_FAULTS } from "./seeded-faults/sweeps.ts";
import { VIEWER_FAULTS } from "./seeded-faults/viewer.ts";

export const SEEDED_FAULTS: readonly SeededFault[] = [
  ...ENVIRONMENT_FAULTS,
  ...LEARNING_FAULTS,
  ...STORAGE_FAULTS,
  ...VIEWER_FAULTS,
  ...SWEEP_FAULTS,
  ...INPUT_FAULTS,
];
