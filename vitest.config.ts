import { defineConfig } from "vitest/config";

const FIRST_TIER = new URL("test/first-tier.mjs", import.meta.url).href;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.long.test.ts"],
    pool: "forks",
    // Left to itself, vitest keeps one core for its own: half of a machine of two, while most tests wait for processes.
    maxWorkers: "100%",
    testTimeout: 60_000,
    // For the processes that tests start, not for the tests' own.
    env: { NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --import=${FIRST_TIER}`.trim() },
    // Tests that start processes and a browser share two cores there with whatever else runs; a second failure counts.
    retry: process.env["CI"] === undefined ? 0 : 1,
    reporters: ["default", "./test/count-reporter.ts"],
  },
});
