/** @file Errors in timers and event handlers are printed and end nothing. */

import { expect, it, onTestFinished, vi } from "vitest";
import { ExaminationQueue } from "../../../viewer/server/examination-queue.ts";
import { guarded } from "../../../viewer/server/guarded.ts";

function printed(): string[] {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  return lines;
}

it("prints an error that repeats once, in one line, and again after a success", () => {
  const lines = printed();
  let error: Error | undefined = new Error("first\nsecond");
  const handler = guarded("count", (n: number) => {
    if (error !== undefined) throw error;
    return n;
  });
  handler(1);
  handler(2);
  error = undefined;
  handler(3);
  error = new Error("first");
  handler(4);
  expect(lines).toEqual(["steadyarm watch: cannot count: first\n", "steadyarm watch: cannot count: first\n"]);
});

it("examines the next run after an examination that fails", async () => {
  const lines = printed();
  const queue = new ExaminationQueue(async (run) => {
    if (run === "bad") throw new Error("no pipe");
    return { verdict: "healthy", findings: [] };
  });
  const report = vi.fn();
  queue.add("bad", report);
  queue.add("good", report);
  await expect.poll(() => report.mock.calls.length).toBe(1);
  expect(lines).toEqual(["steadyarm watch: cannot examine bad: no pipe\n"]);
});
