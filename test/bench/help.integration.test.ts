/** @file Scripts of bench/ answer `--help` with their `@file` comment, and do nothing else. */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { usageOf } from "../../bench/help.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");
const BENCH = join(ROOT, "bench");

/** The scripts: files whose comment has the command that starts them. */
const SCRIPTS = readdirSync(BENCH).filter(
  (name) =>
    name.endsWith(".ts") &&
    usageOf(readFileSync(join(BENCH, name), "utf8")).includes(`npx tsx bench/${name}`),
);

it("are all files that read arguments", () => {
  const reading = readdirSync(BENCH).filter(
    (name) =>
      name.endsWith(".ts") && /process\.argv|parseArgs\(/.test(readFileSync(join(BENCH, name), "utf8")),
  );
  expect(SCRIPTS.length).toBeGreaterThan(20);
  expect(SCRIPTS).toEqual(expect.arrayContaining(reading.filter((name) => name !== "help.ts")));
});

it.each(SCRIPTS)("%s asks for help before anything else", (name) => {
  const [first] = /^import .*$/m.exec(readFileSync(join(BENCH, name), "utf8")) ?? [];
  expect(first).toBe('import "./help.ts";');
});

it.each([
  ["env.ts", "--help"],
  ["make-zoo.ts", "-h"],
])("%s %s prints its usage", (name, flag) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "node_modules/tsx/dist/cli.mjs"), join(BENCH, name), flag],
    { cwd: temporaryFolder(), encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(`${usageOf(readFileSync(join(BENCH, name), "utf8"))}\n`);
  expect(stdout).toMatch(/^[A-Z][^\n]+\n/);
  expect(stdout).not.toMatch(/@file|\*/);
});
