/**
 * @file The Python package steadyarm_gym against the built program; needs python3 with gymnasium, or PYTHON, and for some
 * tests stable-baselines3.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "../../env/registry.ts";
import { MAIN } from "./steadyarm.ts";

const PACKAGE = join(import.meta.dirname, "../../python/steadyarm_gym/src");
const PYTHON = process.env["PYTHON"] ?? "python3";

/** Returns a note for the test's name if Python lacks a module. */
function missing(module: string): string {
  const found = spawnSync(PYTHON, ["-c", `import ${module}`]).status === 0;
  return found ? "" : ` (skipped: ${PYTHON} has no ${module})`;
}

const noGymnasium = missing("gymnasium");
const noSb3 = noGymnasium === "" ? missing("stable_baselines3") : noGymnasium;

function check(name: string): void {
  const { status, stdout, stderr } = spawnSync(
    PYTHON,
    [join(import.meta.dirname, "gymnasium_checks.py"), name],
    {
      encoding: "utf8",
      env: {
        ...process.env,
        PYTHONPATH: PACKAGE,
        STEADYARM: `"${process.execPath}" "${MAIN}"`,
      },
    },
  );
  expect({ status, stdout, stderr: status === 0 ? "" : stderr }).toEqual({
    status: 0,
    stdout: `${name}\n`,
    stderr: "",
  });
}

describe("steadyarm_gym", () => {
  it("registers every built-in environment", () => {
    const [, listed = ""] =
      /_IDS = \(([^)]*)\)/.exec(readFileSync(join(PACKAGE, "steadyarm_gym/__init__.py"), "utf8")) ?? [];
    const ids = [...listed.matchAll(/"([^"]+)"/g)].map(([, id]) => id);
    expect(ids.sort()).toEqual(Object.keys(ENVIRONMENTS).sort());
  });

  it.skipIf(noGymnasium !== "").each([
    ["passes Gymnasium's checker on every id", "gymnasium_checker"],
    ["computes the rewards of its steps again, single and in batches", "rewards"],
    ["has the same episodes for the same seed, and different ones without", "seeds"],
    ["raises errors that say what to do, and continues", "errors"],
    ["runs in gymnasium's asynchronous vector environment", "vectors"],
  ])(`%s${noGymnasium}`, (_, name) => check(name));

  it.skipIf(noSb3 !== "").each([
    ["passes Stable-Baselines3's checker on every id", "sb3_checker"],
    ["trains Stable-Baselines3's DDPG + HER in parallel processes", "sb3_her"],
  ])(`%s${noSb3}`, (_, name) => check(name));
});
