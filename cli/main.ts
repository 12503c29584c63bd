#!/usr/bin/env node
/** @file The program's first words: is this Node new enough, and what to print when something is wrong. */

const NEEDED = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write(
    `steadyarm: expected Node ${NEEDED.join(".")} or newer, got ${process.versions.node}\n`,
  );
  process.exit(2);
}

// Whoever reads our output may stop early (`| head`); the work goes on, or ends by itself.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// Imported only now, so that an old Node meets the line above and not a syntax it cannot read.
const { run } = await import("./program.ts");
process.exitCode = await run(process.argv.slice(2));

export {};
