import { describe, expect, it } from "vitest";
import { SweepProgress } from "../../cli/sweep-progress.ts";
import { parseConfig } from "../../shared/config.ts";
import type { JobState } from "../../training/training-pool.ts";
import { resultOf } from "../experiments/run-result.ts";

const config = parseConfig({ train: { steps: 1000 } }, "test");

function state(name: string, status: JobState["status"], steps = 0): JobState {
  return {
    job: { name, config, run: name },
    status,
    steps,
    successRate: steps > 0 ? 0.25 : undefined,
    result: status === "done" ? resultOf() : undefined,
    error: status === "failed" ? "disk full\nmore" : undefined,
  };
}

function setUp(isTTY: boolean, env = {}) {
  let text = "";
  let time = 0;
  const stream = {
    isTTY,
    columns: 60,
    write(part: string) {
      text += part;
    },
  };
  const progress = new SweepProgress(stream, () => time, env);
  const wait = (seconds: number) => {
    time += seconds;
  };
  return { progress, text: () => text, wait };
}

describe("sweep progress", () => {
  it("prints a line per completed or failed run if not on a terminal", () => {
    const { progress, text, wait } = setUp(false);
    progress.show([state("a", "running"), state("b", "waiting")]);
    progress.show([state("a", "running", 500), state("b", "waiting")]);
    wait(10);
    progress.show([state("a", "done", 1000), state("b", "running")]);
    progress.show([state("a", "done", 1000), state("b", "failed")]);
    expect(text()).toBe(
      [
        "done  success 0.50  a  1/2 done · 1 running · 0:10 left · mean success 0.50",
        "failed  b: disk full  1/2 done · 1 failed · mean success 0.50",
        "",
      ].join("\n"),
    );
  });

  it("counts runs that were complete before without listing them", () => {
    const { progress, text } = setUp(false);
    progress.show([state("a", "done"), state("b", "waiting")]);
    expect(text()).toBe("1/2 done · mean success 0.50\n");
  });

  it("redraws lines cut to the terminal's width, below printed messages", () => {
    const { progress, text } = setUp(true);
    const long = "x".repeat(100);
    progress.show([state(long, "running", 250)]);
    progress.print("failed once");
    progress.show([state(long, "running", 500)]);
    const up = String.fromCharCode(27);
    const lines = text().split("\n");
    expect(lines[0]).toBe("0/1 done · 1 running");
    expect(lines[1]?.length).toBe(59);
    expect(lines[1]).toMatch(/^ {3}25 % {2}success 0\.25 {2}x+$/);
    expect(lines[2]).toBe(`${up}[2A${up}[Jfailed once`);
    expect(lines[4]).toMatch(/^ {3}50 %/);
  });
});
