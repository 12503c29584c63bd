/**
 * @file Tests in tiers, by file name: `x.test.ts` is a unit test, `x.integration.test.ts` starts a process, a
 * thread, a browser or a database, or computes for more than a few seconds. `x.long.test.ts` is in vitest.long.config.ts,
 * `x.native.test.ts` in vitest.tfjs-node.config.ts.
 */

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { HANG_MS, POLL } from "./test/time-limits.ts";

const UNIT = "test/**/*.test.ts";
const INTEGRATION = "test/**/*.integration.test.ts";
const LONG = "test/**/*.long.test.ts";
const NATIVE = "test/**/*.native.test.ts";

const BASELINE_WASM = new URL("test/baseline-wasm.mjs", import.meta.url).href;
const nodeOptions = `${process.env["NODE_OPTIONS"] ?? ""} --import=${BASELINE_WASM}`.trim();

const DIST = join(import.meta.dirname, "dist");
/** Vite's names of files have slashes on every system. */
const IN_DIST = new RegExp(`${DIST.replaceAll("\\", "/").replace(/[.*+?^${}()|[\]]/g, "\\$&")}/`);

/**
 * Integration tests import the built program: its threads and processes start in a third of the time, as they run
 * JavaScript.
 */
const BUILT_PROGRAM: Plugin = {
  name: "built-program",
  enforce: "pre",
  resolveId(id, importer) {
    if (importer === undefined || !/^\..*\.ts$/.test(id)) return null;
    const source = relative(import.meta.dirname, join(dirname(importer), id));
    const built = join(DIST, source.replace(/ts$/, "js"));
    return existsSync(built) ? { id: built, external: true } : null;
  },
};

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
        plugins: [BUILT_PROGRAM],
        test: {
          name: "integration",
          include: [INTEGRATION],
          server: { deps: { external: [IN_DIST] } },
          // For the processes that tests start.
          env: { NODE_OPTIONS: nodeOptions },
        },
      },
    ],
  },
});
