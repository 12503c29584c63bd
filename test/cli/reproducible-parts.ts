/** @file The parts of a run that must not depend on interruptions. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { WALL_CLOCK_METRICS } from "../../training/metric-names.ts";

/** The checksum covers the others. */
const WALL_CLOCK_RESULTS = ["wallSeconds", "updatesPerSecond", "envStepsPerSecond", "checksum"];

/**
 * Returns metrics and result without wall-clock times, and hashes of the newest policy and of the tensors of its checkpoint.
 *
 * A run that is stopped during its last evaluation keeps a checkpoint with that evaluation in progress, which it
 * completes when resumed. So the evaluation is left out.
 */
export function reproducibleParts(run: string) {
  const without = (record: object, names: readonly string[]) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
  const policies = readdirSync(join(run, "policies"));
  const newest =
    policies.sort((a, b) => Number(a.match(/\d+/)?.[0]) - Number(b.match(/\d+/)?.[0])).at(-1) ?? "";
  const checkpoint = join(run, "checkpoints", newest.replace(".safetensors", ""));
  const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  return {
    metrics: readFileSync(join(run, "metrics.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => without(JSON.parse(line), WALL_CLOCK_METRICS)),
    result: without(JSON.parse(readFileSync(join(run, "result.json"), "utf8")), WALL_CLOCK_RESULTS),
    newest,
    policy: hash(join(run, "policies", newest)),
    checkpoint: Object.fromEntries(
      readdirSync(checkpoint)
        .filter((name) => name.endsWith(".safetensors") && name !== "evaluation.safetensors")
        .map((name) => [name, hash(join(checkpoint, name))]),
    ),
  };
}
