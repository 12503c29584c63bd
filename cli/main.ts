#!/usr/bin/env node
/** @file Entry point: checks the version of Node and the size of its heap, then runs the command. */

import { getHeapStatistics } from "node:v8";
import { isOutOfFiles, outOfFilesMessage } from "../storage/open-files.ts";

const MIN_NODE = [20, 19] as const;

/** MiB. V8 ends the process with a crash dump when its heap is full; loading a command takes more than half of this. */
const MIN_HEAP = 96;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  process.stderr.write(
    `steadyarm: expected Node ${MIN_NODE.join(".")} or newer, got ${process.versions.node}\n`,
  );
  process.exit(2);
}

const heap = getHeapStatistics().heap_size_limit / 2 ** 20;
if (heap < MIN_HEAP) {
  process.stderr.write(
    `steadyarm: Node's heap: expected at least ${MIN_HEAP} MiB, got ${Math.round(heap)} MiB. Raise it: NODE_OPTIONS=--max-old-space-size=512\n`,
  );
  process.exit(2);
}

try {
  // Imported after the checks: an older Node could not parse these modules.
  const { guardOutput } = await import("./output.ts");
  guardOutput();
  const { run } = await import("./program.ts");
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!isOutOfFiles(error)) throw error;
  process.stderr.write(`steadyarm: ${outOfFilesMessage()}\n`);
  process.exitCode = 2;
}
