/** @file Too few file descriptors or too little memory for Node end in one line with a remedy, and write nothing. */

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { MAIN, shortRun } from "./steadyarm.ts";

function run(limit: string, words: readonly string[]) {
  const cwd = temporaryFolder();
  const { status, stdout, stderr } = spawnSync(
    "sh",
    ["-c", `${limit}; exec "$0" "$@"`, process.execPath, ...words],
    { cwd, encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } },
  );
  return { status, stdout, stderr, files: readdirSync(cwd) };
}

it.each([
  [20, ["train"]],
  [64, ["train"]],
  [64, ["watch"]],
  [64, ["envs"]],
  [110, shortRun("run", 200, 1, 2)],
  [200, shortRun("run", 200, 1, 2)],
])("names the limit of %i open files, with %j", (files, words) => {
  const { stderr, ...result } = run(`ulimit -n ${files}`, [MAIN, ...words]);
  expect({ ...result }).toEqual({ status: 2, stdout: "", files: [] });
  expect(stderr).toBe(
    `steadyarm: open files: expected a limit of 1024, got ${files}. Raise the limit: ulimit -n 1024\n`,
  );
});

it("trains on one thread with 128 open files", () => {
  const { status, stderr } = run("ulimit -n 128", [MAIN, ...shortRun("run", 200)]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

it.each([8, 24])("names the size of a heap of %i MiB", (heap) => {
  const { stderr, ...result } = run("true", [`--max-old-space-size=${heap}`, MAIN, "train"]);
  expect(result).toEqual({ status: 2, stdout: "", files: [] });
  expect(stderr).toMatch(
    /^steadyarm: Node's heap: expected at least 96 MiB, got \d+ MiB\. Raise it: NODE_OPTIONS=--max-old-space-size=512\n$/,
  );
});

it("names the version of Node that is too old", () => {
  const old = `data:text/javascript,Object.defineProperty(process.versions, "node", { value: "18.20.4" });`;
  const { stderr, ...result } = run("true", ["--import", old, MAIN, "envs"]);
  expect({ ...result, stderr }).toEqual({
    ...{ status: 2, stdout: "", files: [] },
    stderr: "steadyarm: expected Node 20.19 or newer, got 18.20.4\n",
  });
});
