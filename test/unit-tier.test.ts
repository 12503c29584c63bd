import { execFileSync, fork, spawn, spawnSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";

it("a unit test that starts a process fails", () => {
  const start = [
    () => execFileSync("true"),
    () => fork("none.js"),
    () => spawn("true"),
    () => spawnSync("true"),
  ];
  for (const each of start) expect(each).toThrow("a unit test starts no process");
});

it("a unit test that starts a worker thread fails", () => {
  expect(() => new Worker("none.js")).toThrow("a unit test starts no thread");
});
