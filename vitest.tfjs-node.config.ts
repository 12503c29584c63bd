import { defineConfig } from "vitest/config";
import { HANG_MS } from "./test/time-limits.ts";

/** Every engine test on TensorFlow's native library, which `npm run tfjs-node:local` builds. */
export default defineConfig({
  test: {
    include: ["test/agent/engine/**/*.test.ts"],
    pool: "forks",
    testTimeout: HANG_MS,
    hookTimeout: HANG_MS,
    reporters: ["default", "./test/count-reporter.ts"],
  },
});
