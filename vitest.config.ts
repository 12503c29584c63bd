/**
 * @file Tests in tiers, by file name: `x.test.ts` is a unit test, `x.integration.test.ts` starts a process, a
 * thread, a browser or a database, or computes for more than a few seconds. `x.long.test.ts` is in vitest.long.config.ts, `x.native.test.ts` in
 * vitest.tfjs-node.config.ts.
 */

import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { HANG_MS, POLL } from "./test/time-limits.ts";

const UNIT = "test/**/*.test.ts";
const INTEGRATION = "test/**/*.integration.test.ts";
const LONG = "test/**/*.long.test.ts";
const NATIVE = "test/**/*.native.test.ts";

const BASELINE_WASM = new URL("test/baseline-wasm.mjs", import.meta.url).href;
const nodeOptions = `${process.env["NODE_OPTIONS"] ?? ""} --import=${BASELINE_WASM}`.trim();

export default defineConfig({
  test: {
    pool: "forks",
    // Many tests wait for processes, sockets and pages.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    testTimeout: HANG_MS,
    hookTimeout: HANG_MS,
    expect: { poll: POLL },
    reporters: ["default", "./test/count-reporter.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [UNIT],
          exclude: [INTEGRATION, LONG, NATIVE],
          setupFiles: ["test/refuse-processes.ts"],
          // Files share loaded modules: half the CPU time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: [INTEGRATION],
          // Imported as a user's Node does, see test/cli/in-process.ts.
          server: { deps: { external: [/\/dist\/cli\/program\.js$/] } },
          // For the processes that tests start.
          env: { NODE_OPTIONS: nodeOptions },
        },
      },
    ],
  },
});
