/** @file The doctor on a run of a task that is not built in: it reads the run and says what it cannot examine. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadEngine } from "../../agent/engine/select.ts";
import { diagnose } from "../../doctor/diagnose.ts";
import { readRunRecord } from "../../doctor/run-record.ts";
import { parseConfig } from "../../shared/config.ts";
import { createManifest } from "../../storage/manifest.ts";
import { createRunFolder } from "../../storage/run-folder.ts";
import { runTraining } from "../../training/training-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { lineReach } from "../toy-envs.ts";

async function trainedRun(id: string, agent: object): Promise<string> {
  const run = join(temporaryFolder(), "run");
  const settings = {
    env: { id },
    agent: { hidden: [8], batchSize: 8, warmupSteps: 50, ...agent },
    train: { steps: 400, evaluateEvery: 100, evaluationEpisodes: 4, finalEpisodes: 4 },
  };
  const config = parseConfig(settings, "test");
  const engine = await loadEngine("onnx");
  const folder = createRunFolder(run, createManifest(config, engine));
  const env = lineReach();
  try {
    const reporter = { advance() {}, evaluated() {}, print() {} };
    await runTraining({ config, folder, env, engine, reporter, resume: false, stopRequested: () => false });
  } finally {
    folder.lock.release();
    env.dispose();
  }
  return run;
}

describe("a run of one's own task", () => {
  it.each([
    ["line-reach", "expected an environment's name"],
    ["panda-reach", "was not of panda-reach"],
  ])("with the name %s is examined as far as its folder goes", async (id, reason) => {
    const { verdict, findings, unknown } = await diagnose(
      readRunRecord(await trainedRun(id, { warmupSteps: 1_000_000 })),
    );
    expect(verdict).toBe("too-few-updates");
    expect(findings[0]?.evidence.map(({ metric }) => metric)).toContain("doctor/planned_updates");
    expect(unknown.join("\n")).toContain(reason);
    expect(unknown.join("\n")).toContain("response to actions");
  });
});
