/**
 * @file Makes the zoo: trains its policies anew and writes them with a card each.
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

/** Steps between the policies that are kept of each run. */
const EVERY = 2000;
const STEPS = 20_000;

const ENTRIES = [
  {
    name: "panda-reach-plain",
    title: "Plain: it oscillates",
    about:
      "A single critic and nothing that steadies the actor: success goes up and down from checkpoint to checkpoint.",
    preset: "plain",
    seed: 1,
  },
  {
    name: "panda-reach-steady",
    title: "Steady: it holds",
    about:
      "The default: a penalty on the actor's pre-activations. Once it reaches its goals it goes on doing so.",
    preset: "steady",
    seed: 1,
  },
] as const;

const work = mkdtempSync(join(tmpdir(), "steadyarm-zoo-"));
for (const { name, title, about, preset, seed } of ENTRIES) {
  const words = [
    "train",
    "--env",
    "panda-reach",
    "--preset",
    preset,
    "--seed",
    `${seed}`,
    "--steps",
    `${STEPS}`,
  ];
  const run = join(work, name);
  execFileSync(process.execPath, [join(ROOT, "dist/cli/main.js"), ...words, "--out", run], {
    stdio: "inherit",
  });
  const result = readResult(run);
  if (result === undefined) throw new Error(`${run} has no result`);
  const entry = join(ROOT, "zoo", name);
  rmSync(entry, { recursive: true, force: true });
  mkdirSync(join(entry, "policies"), { recursive: true });
  for (let step = EVERY; step <= STEPS; step += EVERY) {
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
    command: `npx steadyarm ${words.join(" ")}`,
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
