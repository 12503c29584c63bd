/** @file A short run and a server that shows it in the built page, for tests in the browser. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diagnose } from "../../doctor/diagnose.ts";
import { readRunRecord } from "../../doctor/run-record.ts";
import { RunFindings } from "../../shared/protocol-findings.ts";
import { Library } from "../../viewer/server/library.ts";
import { readPageFiles } from "../../viewer/server/page-files.ts";
import { startWatchServer, type WatchServer } from "../../viewer/server/watch-server.ts";

const ROOT = join(import.meta.dirname, "../..");

const SETTINGS = [
  "train.evaluateEvery=200",
  "train.checkpointEvery=200",
  "train.evaluationEpisodes=4",
  "train.finalEpisodes=4",
  "agent.hidden=[16,16]",
  "agent.batchSize=32",
  "agent.warmupSteps=100",
];

/** A run of panda-reach with 600 steps and four checkpoints. It has not learned the task. */
export class TrainedRun {
  readonly #folder = mkdtempSync(join(tmpdir(), "steadyarm-viewer-"));
  readonly #path = join(this.#folder, "short");

  constructor() {
    const main = join(ROOT, "dist/cli/main.js");
    const words = ["train", "--steps", "600", "--out", this.#path, "--seed", "1"];
    const settings = SETTINGS.flatMap((each) => ["--set", each]);
    const { status, stderr } = spawnSync(process.execPath, [main, ...words, ...settings], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`the training failed: ${stderr}`);
  }

  serve(port = 0): Promise<WatchServer> {
    const none = join(this.#folder, "none");
    return startWatchServer({
      library: new Library({ named: [this.#path], runs: none, zoo: none }),
      page: readPageFiles(join(ROOT, "dist/viewer/web")),
      version: "test",
      port,
      examine: async (run) => RunFindings.parse(await diagnose(readRunRecord(run))),
    });
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
