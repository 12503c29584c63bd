/** @file What of a run must be the same however often it was interrupted. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { WALL_CLOCK_METRICS } from "../../training/metric-names.ts";

const WALL_CLOCK_RESULTS = ["wallSeconds", "updatesPerSecond", "envStepsPerSecond"];

/** All that must not depend on when or how often a run was interrupted. */
export function essence(run: string) {
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
    weightsAndOptimiser: hash(join(checkpoint, "agent.safetensors")),
    replay: hash(join(checkpoint, "replay.safetensors")),
  };
}

/** Waits until a run has saved a checkpoint of at least this step. */
export async function checkpointReached(run: string, step: number): Promise<void> {
  for (;;) {
    const folder = join(run, "checkpoints");
    const steps = existsSync(folder)
      ? readdirSync(folder).map((name) => Number(/^step-(\d+)$/.exec(name)?.[1]))
      : [];
    if (steps.some((each) => each >= step)) return;
    await setTimeout(5);
  }
}
