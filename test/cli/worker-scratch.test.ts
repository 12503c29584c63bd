/** @file Scratch folders of workers: those of dead workers are removed, those in use are not. */

import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createScratch } from "../../cli/worker-scratch.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Larger than any process number of Linux. */
const DEAD = 2 ** 30;

function folderOf(parent: string, name: string, pid: number | undefined, host = hostname()): string {
  const path = join(parent, name);
  mkdirSync(path);
  if (pid !== undefined) writeFileSync(join(path, "run.lock"), JSON.stringify({ pid, host, birth: null }));
  return path;
}

it("a worker removes the scratch folders of killed workers, and its own at the end", () => {
  const parent = temporaryFolder();
  const left = folderOf(parent, "steadyarm-worker-dead", DEAD);
  mkdirSync(join(left, "j1"));
  folderOf(join(parent, "steadyarm-worker-dead"), "j2", DEAD);
  const saving = folderOf(parent, "steadyarm-worker-saving", DEAD);
  folderOf(saving, "j1", process.pid);
  const others = ["steadyarm-worker-alive", "steadyarm-worker-elsewhere", "steadyarm-worker-new", "mine"];
  folderOf(parent, others[0]!, process.pid);
  folderOf(parent, others[1]!, DEAD, "another-machine");
  folderOf(parent, others[2]!, undefined);
  folderOf(parent, others[3]!, DEAD);
  const outside = folderOf(temporaryFolder(), "outside", DEAD);
  symlinkSync(outside, join(parent, "steadyarm-worker-link"));

  const scratch = createScratch(parent);
  const kept = [...others, "steadyarm-worker-link", "steadyarm-worker-saving"].sort();
  expect(
    readdirSync(parent)
      .filter((name) => join(parent, name) !== scratch.path)
      .sort(),
  ).toEqual(kept);
  expect(readdirSync(outside)).toEqual(["run.lock"]);
  scratch.remove();
  expect(readdirSync(parent).sort()).toEqual(kept);
});
