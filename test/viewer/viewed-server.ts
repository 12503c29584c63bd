/** @file A server of the built page with something to watch, for the browser's tests. */

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

/** A folder with one small run of the Panda in it, three checkpoints long. It has learned nothing yet. */
export class Watchable {
  readonly folder = mkdtempSync(join(tmpdir(), "steadyarm-viewer-"));
  readonly run = join(this.folder, "short");

  constructor() {
    const settings = ["agent.hidden=[16,16]", "agent.batchSize=32", "agent.warmupSteps=100"];
    const words = ["train", "--steps", "600", "--out", this.run, "--seed", "1"];
    const every = [
      "train.evaluateEvery=200",
      "train.checkpointEvery=200",
      "train.evaluationEpisodes=4",
      "train.finalEpisodes=4",
      ...settings,
    ].flatMap((each) => ["--set", each]);
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, "dist/cli/main.js"), ...words, ...every],
      {
        encoding: "utf8",
      },
    );
    if (status !== 0) throw new Error(`the run to watch failed: ${stderr}`);
  }

  serve(port = 0): Promise<WatchServer> {
    const library = new Library({
      named: [this.run],
      runs: join(this.folder, "none"),
      zoo: join(this.folder, "none"),
    });
    return startWatchServer({
      library,
      page: readPageFiles(join(ROOT, "dist/viewer/web")),
      version: "test",
      port,
      examine: async (run) => RunFindings.parse(await diagnose(readRunRecord(run))),
    });
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
