/** @file The local build of tfjs-node ends before it installs anything where a program that it needs is missing. */

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Runs the script where only these programs exist; each notes its name and exits with a code. */
function build(programs: Readonly<Record<string, number>>) {
  const folder = temporaryFolder();
  const calls = join(folder, "calls");
  for (const [name, code] of Object.entries(programs)) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho ${name} >> '${calls}'\necho 'no module' >&2\nexit ${code}\n`);
    chmodSync(path, 0o755);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(ROOT, "scripts/build-tfjs-node.ts")],
    { cwd: ROOT, env: { ...process.env, PATH: folder }, encoding: "utf8" },
  );
  const called = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
  return { status, stdout, stderr, called };
}

it.runIf(process.platform === "linux" && process.arch === "x64").each([
  [
    "g++",
    { npm: 1 },
    "tfjs-node:local: expected to run g++, got spawnSync g++ ENOENT. Install it, for example with `apt-get install g++`",
    [],
  ],
  [
    "pip",
    { npm: 1, "g++": 0, python3: 1 },
    "tfjs-node:local: expected python3 -m pip to succeed, got no module. Install it, for example with `apt-get install python3-pip`",
    ["g++", "python3"],
  ],
])("names the remedy without %s", (_name, programs, message, called) => {
  expect(build(programs)).toEqual({ status: 2, stdout: "", stderr: `${message}\n`, called });
});
