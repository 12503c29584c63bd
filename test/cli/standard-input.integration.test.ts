import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { startChild } from "../child-process.ts";

/** Starts the reader, writes to it once it reads, and returns what it prints. */
async function output(write: (stdin: NodeJS.WritableStream) => Promise<void> | void): Promise<string> {
  const child = startChild("cli/reading-child");
  // The reader may refuse its input before all of it is written.
  child.stdin.on("error", () => undefined);
  const printed = text(child.stdout);
  await once(child.stdout, "data");
  await write(child.stdin);
  return printed;
}

it("standard input is read to its end, however slowly it comes", async () => {
  const printed = await output(async (stdin) => {
    await wait(100);
    stdin.write("env:\n");
    await wait(100);
    stdin.end(`  id: panda-reach # ${"x".repeat(80_000)}\n`);
  });
  expect(printed).toBe("reading\nread 80026\n");
});

it("standard input without an end is refused at its limit", async () => {
  const printed = await output((stdin) => {
    stdin.write("x".repeat(200_000));
  });
  expect(printed).toBe("reading\nstandard input: expected at most 100000 bytes, got more\n");
});
