import { defineConfig } from "vitest/config";
import { POLL } from "./test/time-limits.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.long.test.ts"],
    pool: "forks",
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    expect: { poll: POLL },
    reporters: ["verbose", "./test/count-reporter.ts"],
  },
});
