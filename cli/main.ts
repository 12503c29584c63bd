#!/usr/bin/env node
/** @file Entry point: checks the version of Node, then runs the command. */

const MIN_NODE = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  process.stderr.write(
    `steadyarm: expected Node ${MIN_NODE.join(".")} or newer, got ${process.versions.node}\n`,
  );
  process.exit(2);
}

// A reader may close the pipe early (`| head`); that does not stop the command.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// Imported after the check: an older Node could not parse these modules.
const { run } = await import("./program.ts");
process.exitCode = await run(process.argv.slice(2));

export {};
