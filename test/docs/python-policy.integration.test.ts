/** @file docs/policies.md's Python code computes a policy's actions; needs python3 with numpy and safetensors, or PYTHON. */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readPolicy } from "../../storage/policy-file.ts";
import { actionsOf, observationsFor, policiesOfEachKind } from "../policies-of-each-kind.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { blockOf } from "./code-block.ts";

const PYTHON = process.env["PYTHON"] ?? "python3";
const found = spawnSync(PYTHON, ["-c", "import numpy, safetensors"], { encoding: "utf8" });
const missing = found.status === 0 ? "" : ` (skipped: ${PYTHON} has no numpy and safetensors)`;

it.skipIf(missing !== "")(`the Python code of docs/policies.md acts as the policy${missing}`, () => {
  const folder = temporaryFolder();
  const cases = policiesOfEachKind(folder).map(([name, path]) => {
    const loaded = readPolicy(path);
    const observations = observationsFor(loaded, 20);
    const inputs = observations.map((each) => [[...each.observation], [...each.desiredGoal]]);
    return { name, path, inputs, expected: actionsOf(loaded, observations) };
  });
  writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
  const main = [
    'for case in json.load(open("cases.json")):',
    '    act = load(case["path"])',
    '    got = np.concatenate([act(np.array(o), np.array(g)) for o, g in case["inputs"]])',
    '    print(case["name"], np.abs(got - case["expected"]).max() < 1e-5)',
  ];
  writeFileSync(join(folder, "main.py"), `${blockOf("docs/policies.md", "python")}\n${main.join("\n")}\n`);
  const { stdout, stderr } = spawnSync(PYTHON, ["main.py"], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.trim().split("\n")).toEqual(cases.map(({ name }) => `${name} True`));
});
