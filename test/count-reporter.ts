/** @file Prints `N passed, N failed` as the last line of a test run, for programs that parse it. */

import type { Reporter, TestModule } from "vitest/node";

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== "pending") count[state] += 1;
      }
      // A module that fails to load has no tests, but counts as a failure.
      if (module.state() === "failed" && [...module.children.allTests("failed")].length === 0)
        count.failed += 1;
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    process.once("exit", () => console.log(`${count.passed} passed, ${count.failed} failed${skipped}`));
  }
}
