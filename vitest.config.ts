import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.long.test.ts"],
    pool: "forks",
    testTimeout: 60_000,
    // Tests that start processes and a browser share two cores there with whatever else runs; a second failure counts.
    retry: process.env["CI"] === undefined ? 0 : 1,
    reporters: ["default", "./test/count-reporter.ts"],
  },
});
