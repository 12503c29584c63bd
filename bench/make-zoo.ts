/**
 * @file Trains the policies of the zoo and writes each with its card.json.
 *
 *     npm run build && npx tsx bench/make-zoo.ts
 */

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeVersions } from "../storage/machine.ts";
import { readResult } from "../storage/run-result.ts";

const ROOT = join(import.meta.dirname, "..");

/** Steps between the policies that are copied from each run. */
const POLICY_EVERY = 2000;
const STEPS = 20_000;

const ENTRIES = [
  {
    name: "panda-reach-plain",
    title: "Plain: oscillates",
    about:
      "A single critic and no stabilisers. The success rate varies strongly from checkpoint to checkpoint.",
    preset: "plain",
    seed: 1,
  },
  {
    name: "panda-reach-steady",
    title: "Steady: does not oscillate",
    about:
      "The default preset, with a penalty on the actor's pre-activations. The success rate stays high once the goals are reached.",
    preset: "steady",
    seed: 1,
  },
] as const;

const work = mkdtempSync(join(tmpdir(), "steadyarm-zoo-"));
for (const { name, title, about, preset, seed } of ENTRIES) {
  const args = [
    "train",
    "--env",
    "panda-reach",
    "--preset",
    preset,
    "--seed",
    `${seed}`,
    "--steps",
    `${STEPS}`,
    // The same policies on every machine.
    "--set",
    "train.collectors=0",
  ];
  const run = join(work, name);
  execFileSync(process.execPath, [join(ROOT, "dist/cli/main.js"), ...args, "--out", run], {
    stdio: "inherit",
  });
  const result = readResult(run);
  if (result === undefined) throw new Error(`${run} has no result`);
  const entry = join(ROOT, "zoo", name);
  rmSync(entry, { recursive: true, force: true });
  mkdirSync(join(entry, "policies"), { recursive: true });
  for (let step = POLICY_EVERY; step <= STEPS; step += POLICY_EVERY) {
    const file = `step-${step}.safetensors`;
    copyFileSync(join(run, "policies", file), join(entry, "policies", file));
  }
  copyFileSync(join(run, "metrics.jsonl"), join(entry, "metrics.jsonl"));
  const rates = readFileSync(join(run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line)["eval/success_rate"]);
  const {
    steadyarm,
    "@dimforge/rapier3d-compat": rapier,
    "onnxruntime-node": onnxruntime,
  } = describeVersions();
  const card = {
    title,
    about,
    command: `npx steadyarm ${args.join(" ")}`,
    env: "panda-reach",
    seed,
    steps: STEPS,
    successRate: result.successRate,
    episodes: result.episodes,
    stepsTo95: result.stepsTo95,
    evaluations: rates,
    versions: { steadyarm, rapier, onnxruntime },
  };
  writeFileSync(join(entry, "card.json"), `${JSON.stringify(card, null, 2)}\n`);
}
rmSync(work, { recursive: true, force: true });
