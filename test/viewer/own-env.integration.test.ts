/** @file A run of an environment from a module, which has no arm: the page shows its curves and findings, in Chromium. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diagnose } from "../../doctor/diagnose.ts";
import { readRunRecord } from "../../doctor/run-record.ts";
import { RunFindings } from "../../shared/protocol-findings.ts";
import { Library } from "../../viewer/server/library.ts";
import { readPageFiles } from "../../viewer/server/page-files.ts";
import { startWatchServer, type WatchServer } from "../../viewer/server/watch-server.ts";
import { steadyarm } from "../cli/steadyarm.ts";
import { blockOf } from "../docs/code-block.ts";
import { POLL } from "../time-limits.ts";
import { launchChromium } from "./chromium.ts";
import { untilState } from "./page-state.ts";

const ROOT = join(import.meta.dirname, "../..");

let folder: string;
let server: WatchServer;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "steadyarm-own-env-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/steadyarm"), "junction");
  writeFileSync(join(folder, "rail.ts"), blockOf("docs/own-task.md", "ts"));
  const settings = [
    ...["train.evaluateEvery=200", "train.evaluationEpisodes=2", "train.finalEpisodes=2"],
    ...["train.collectors=0", "agent.hidden=[16]", "agent.batchSize=32", "agent.warmupSteps=100"],
  ];
  const words = ["train", "--env", "./rail.ts", "--steps", "400", "--out", "cart"];
  const { code, stderr } = await steadyarm(
    [...words, ...settings.flatMap((each) => ["--set", each])],
    folder,
  );
  if (code !== 0) throw new Error(`the training failed: ${stderr}`);
  const none = join(folder, "none");
  server = await startWatchServer({
    library: new Library({ named: [join(folder, "cart")], runs: none, zoo: none }),
    page: readPageFiles(join(ROOT, "dist/viewer/web")),
    version: "test",
    port: 0,
    examine: async (run) => RunFindings.parse(await diagnose(readRunRecord(run))),
  });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a run of one's own environment", () => {
  it("shows its training curves and the doctor's findings, and says that there is no arm", async () => {
    const page = await browser.newPage({
      viewport: { width: 1100, height: 640 },
      locale: "en-US",
      reducedMotion: "reduce",
    });
    page.setDefaultTimeout(POLL.timeout);
    const pageErrors: string[] = [];
    page.on("pageerror", (error) => pageErrors.push(error.message));
    await page.goto(server.address);
    const { notice, slots } = await untilState(page, (state) => state.notice !== "");
    expect(notice).toMatch(
      /^cart: expected an arm to draw, got the environment of .*rail\.ts\. Its training/,
    );
    expect(slots).toEqual([]);
    await page.getByRole("heading", { name: "No arm to draw" }).waitFor();
    await page.getByRole("tabpanel", { name: "Training" }).locator("canvas").first().waitFor();
    expect(await page.getByRole("tabpanel", { name: "Training" }).textContent()).toContain("Success rate");
    await page.getByRole("tab", { name: "Findings" }).click();
    const findings = page.getByRole("tabpanel", { name: "Findings" });
    await findings.getByText("Success in training").waitFor();
    await findings.getByText("The doctor is examining the run").waitFor({ state: "detached" });
    const text = await findings.textContent();
    // The diagnosis has arrived, and the examination has not failed.
    expect(text).toMatch(/Doctor: cart(?!.*could not)/);
    expect(text).toContain("400 steps of training");
    expect(pageErrors).toEqual([]);
    await page.close();
  });
});
