/** @file The manifest of a run that was never trained, for tests of what a run writes. */

import { parseConfig } from "../../shared/config.ts";
import { describeMachine, describeVersions } from "../../storage/machine.ts";
import type { Manifest } from "../../storage/manifest.ts";

/** The manifest of a run on this machine with default settings but for the seed. */
export function manifestOf(seed = 1): Manifest {
  return {
    config: parseConfig({ train: { seed } }, "test"),
    seed,
    engine: "onnx",
    versions: describeVersions(),
    machine: describeMachine(),
    commit: { hash: "0123456789abcdef0123456789abcdef01234567", dirty: false },
    created: "2026-01-02T03:04:05.678Z",
  };
}
