import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { nextLine, startChild } from "../child-process.ts";

it("standard input is read to its end, however slowly it comes", async () => {
  const child = startChild("cli/reading-child");
  expect(await nextLine(child)).toBe("reading");
  await wait(100);
  child.stdin.write("env:\n");
  await wait(100);
  child.stdin.end(`  id: panda-reach # ${"x".repeat(80_000)}\n`);
  expect(await nextLine(child)).toBe("read 80026");
});

it("standard input without an end is refused at its limit", async () => {
  const child = startChild("cli/reading-child");
  expect(await nextLine(child)).toBe("reading");
  child.stdin.on("error", () => undefined);
  child.stdin.write("x".repeat(200_000));
  expect(await nextLine(child)).toBe("standard input: expected at most 100000 bytes, got more");
});
