/** @file A manifest for tests of run folders. */

import { parseConfig } from "../../shared/config.ts";
import { describeMachine, describeVersions } from "../../storage/machine.ts";
import type { Manifest } from "../../storage/manifest.ts";

/** The manifest of a run on this machine with default settings. */
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
