import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { type OutputStream, ProgressLine } from "../../training/progress-line.ts";

/** A stream that records its writes and can fail like a closed pipe. */
class Screen extends EventEmitter implements OutputStream {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly writes: string[] = [];
  throws = false;

  constructor(columns: number | undefined, isTTY = true) {
    super();
    this.columns = columns;
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    if (this.throws) throw new Error("EPIPE");
    this.writes.push(text);
    return true;
  }

  /** The current line without control characters. */
  get line(): string {
    return plain(this.writes.at(-1) ?? "");
  }
}

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escape sequences
  return text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "").replace("\r", "");
}

/** Reports a run of 20,000 steps in episodes of 50, at 1,000 steps and 800 updates per second. */
function run(screen: Screen, env: Record<string, string> = {}, seconds = 12) {
  let time = 5;
  const progress = new ProgressLine({ stream: screen, total: 20_000, now: () => time, env });
  progress.advance(0, 0);
  for (let step = 50; step <= 1000 * seconds; step += 50) {
    time += 0.05;
    progress.advance(step, Math.round(0.8 * step));
    if (step % 1000 === 0) progress.evaluated(step / 20_000 + 0.4);
  }
  return { progress, advanceClock: (by: number) => (time += by) };
}

describe("the progress line on a terminal", () => {
  it("prints steps, success rate, time left and speed", () => {
    const screen = new Screen(100);
    run(screen).progress.close();
    expect(plain(screen.writes.at(-2) ?? "")).toBe(
      "12,000/20,000 steps  success 1.00  0:08 left  800 updates/s",
    );
    expect(screen.writes.at(-1)).toBe("\n");
  });

  it("prints steps per second before the first update, and no speed before it can be measured", () => {
    const screen = new Screen(100);
    let time = 0;
    const progress = new ProgressLine({ stream: screen, total: 7_400_000, now: () => time, env: {} });
    progress.advance(200_000, 0);
    expect(screen.line).toBe("200,000/7,400,000 steps  success -");
    time = 2;
    progress.advance(202_000, 0);
    expect(screen.line).toBe("202,000/7,400,000 steps  success -  1:59:58 left  1,000 steps/s");
  });

  it("counts the time of evaluations in the speed and the time left", () => {
    const screen = new Screen(100, false);
    let time = 0;
    const progress = new ProgressLine({ stream: screen, total: 100_000, now: () => time, env: {} });
    progress.advance(0, 0);
    const lines: string[] = [];
    for (let step = 50; step <= 10_000; step += 50) {
      time += 0.5;
      progress.advance(step, step);
      if (step % 1000 > 0) continue;
      time += 15;
      progress.advance(step, step);
      progress.evaluated(0.5);
      lines.push(screen.line.trim());
    }
    expect(lines[0]).toBe("1,000/100,000 steps  success 0.50  41:15 left  40 updates/s");
    expect(lines.at(-1)).toBe("10,000/100,000 steps  success 0.50  37:30 left  40 updates/s");
  });

  it("forgets the speed of the warm-up", () => {
    const screen = new Screen(100);
    let time = 0;
    const progress = new ProgressLine({ stream: screen, total: 1_000_000, now: () => time, env: {} });
    for (let i = 0; i <= 100; i++) progress.advance(100 * i, 0);
    for (let i = 1; i <= 40; i++) {
      time += 0.5;
      progress.advance(10_000 + 50 * i, 50 * i);
    }
    expect(screen.line).toBe("12,000/1,000,000 steps  success -  2:44:40 left  100 updates/s");
  });

  it("is redrawn in place at most ten times per second", () => {
    const screen = new Screen(100);
    run(screen);
    expect(screen.writes.length).toBeGreaterThan(100);
    expect(screen.writes.length).toBeLessThanOrEqual(121);
    expect(screen.writes.every((text) => text.startsWith("\r") && text.endsWith("\x1b[K"))).toBe(true);
    expect(screen.writes.join("")).not.toContain("\n");
  });

  it.each([
    [200, "12,000/20,000 steps  success 1.00  0:08 left  800 updates/s"],
    [60, "12,000/20,000 steps  success 1.00  0:08 left  800 updates/s"],
    [59, "12,000/20,000 steps  success 1.00  0:08 left"],
    [40, "12,000/20,000 steps  success 1.00"],
    [25, "12,000/20,000 steps"],
    [10, "12,000/20"],
    [1, ""],
    [0, "12,000/20,000 steps  success 1.00  0:08 left  800 updates/s"],
    [undefined, "12,000/20,000 steps  success 1.00  0:08 left  800 updates/s"],
  ])("fits a width of %s", (columns, expected) => {
    const screen = new Screen(columns);
    const { progress, advanceClock } = run(screen);
    advanceClock(1e-9);
    progress.close();
    expect(plain(screen.writes.at(-2) ?? "")).toBe(expected);
  });

  it("is green from a success rate of 0.95, unless NO_COLOR is set", () => {
    const colored = new Screen(100);
    run(colored, {}, 10).progress.close();
    expect(colored.writes.join("")).not.toContain("\x1b[32m");
    run(colored, { NO_COLOR: "" }).progress.close();
    expect(colored.writes.join("")).toContain("\x1b[32msuccess 1.00\x1b[39m");
    const bare = new Screen(100);
    run(bare, { NO_COLOR: "0" }).progress.close();
    expect(bare.writes.join("")).not.toContain("\x1b[32m");
  });

  it("is redrawn below a permanent line", () => {
    const screen = new Screen(100);
    const { progress } = run(screen);
    progress.print("a warning");
    expect(screen.writes.at(-2)).toBe("\ra warning\x1b[K\n");
    expect(screen.line).toBe("12,000/20,000 steps  success 1.00  0:08 left  800 updates/s");
  });
});

describe("progress without a terminal", () => {
  it.each([
    ["piped", new Screen(undefined, false), {}],
    ["in continuous integration", new Screen(100), { CI: "true" }],
    ["on a terminal that cannot move its cursor", new Screen(100), { TERM: "dumb" }],
  ])("is one plain line per evaluation when %s", (_case, screen, env) => {
    const { progress } = run(screen, env);
    progress.print("a warning");
    progress.close();
    expect(screen.writes).toHaveLength(13);
    expect(screen.writes[0]).toBe("1,000/20,000 steps  success 0.45  0:19 left  800 updates/s\n");
    expect(screen.writes[11]).toBe("12,000/20,000 steps  success 1.00  0:08 left  800 updates/s\n");
    expect(screen.writes[12]).toBe("a warning\n");
  });

  it("treats CI=false as not in CI", () => {
    const screen = new Screen(100);
    run(screen, { CI: "false" });
    expect(screen.writes[0]).toMatch(/^\r/);
  });
});

describe("progress with a closed output", () => {
  it("stops writing after an error", () => {
    const screen = new Screen(100);
    const { progress, advanceClock } = run(screen);
    screen.emit("error", new Error("EPIPE"));
    const { length } = screen.writes;
    advanceClock(1);
    progress.advance(13_000, 9000);
    progress.close();
    expect(screen.writes).toHaveLength(length);

    const throwing = new Screen(100);
    throwing.throws = true;
    run(throwing).progress.close();
    expect(throwing.writes).toEqual([]);
  });
});
