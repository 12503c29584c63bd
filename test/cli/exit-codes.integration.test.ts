/** @file What the process of a command adds to it: exit code, output, and no stack trace. Its messages: see inProcess. */

import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { steadyarm } from "./steadyarm.ts";

it.each<[kind: string, words: string[], line: RegExp]>([
  ["an unknown command", ["trian"], /^steadyarm: unknown command "trian"\. Did you mean "train"\?\n$/],
  ["an unknown flag", ["train", "--sed", "1"], /^steadyarm train: unknown option '--sed'.*\n$/],
  ["a missing argument", ["eval"], /^steadyarm eval: .*'run'.*\n$/],
  ["an invalid setting", ["train", "--set", "agent.tau=2"], /^steadyarm: --set: agent\.tau: expected .*\n$/],
  ["a missing file", ["watch", "none"], /^steadyarm: none: expected .*\n$/],
])("a process given %s exits with 2 after one line on stderr", async (_kind, words, line) => {
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = await steadyarm(words, cwd);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(line);
  expect(readdirSync(cwd)).toEqual([]);
});

it.each([[[]], [["--version"]], [["settings", "--json"]]])(
  "a process given %j exits with 0",
  async (words) => {
    const { code, stdout, stderr } = await steadyarm(words, temporaryFolder());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.length).toBeGreaterThan(4);
  },
);
