/** @file What views of policies, recordings and exported files allow, in Chromium with the real server and the zoo. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Library } from "../../viewer/server/library.ts";
import { readPageFiles } from "../../viewer/server/page-files.ts";
import { startWatchServer, type WatchServer } from "../../viewer/server/watch-server.ts";
import type { PageSnapshot } from "../../viewer/web/state/page-snapshot.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { POLL } from "../time-limits.ts";
import { brightnessGrid, GRID } from "./brightness-grid.ts";
import { launchChromium } from "./chromium.ts";
import { snapshot, untilState, untilTrue } from "./page-state.ts";
import { writeScript } from "./server/scripted-controller.ts";

const ROOT = join(import.meta.dirname, "../..");
const PLAIN = "slot=zoo%3Apanda-reach-plain";
const STEADY = "slot=zoo%3Apanda-reach-steady";
const NO_TORQUE = "slot=builtin%3Ano%20torque%2C%20panda-reach";
const RECORDING = "slot=episode%3Aseven";

let folder: string;
let browser: Browser;
let server: WatchServer;
let page: Page;
let pageErrors: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "steadyarm-views-"));
  const recording = join(folder, "seven.episode");
  await writeScript(recording, "panda-push", 7);
  server = await startWatchServer({
    library: new Library({ named: [recording], runs: join(folder, "runs"), zoo: join(ROOT, "zoo") }),
    page: readPageFiles(join(ROOT, "dist/viewer/web")),
    version: "test",
    port: 0,
  });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  await page?.context().close();
  expect(pageErrors).toEqual([]);
});

/** Opens the page with a query and waits for the selected episode, paused, or for the live session. */
async function open(query: string): Promise<Page> {
  pageErrors = [];
  const context = await browser.newContext({
    viewport: { width: 1100, height: 640 },
    locale: "en-US",
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  page = await context.newPage();
  page.setDefaultTimeout(POLL.timeout);
  page.on("pageerror", (error) => pageErrors.push(error.message));
  await page.goto(server.address.replace("/#", `/?${query}#`));
  await until((s) => s.slots.length > 0 && (s.live || s.loadedSeeds.includes(s.seed)));
  return page;
}

const until = (condition: (state: PageSnapshot) => boolean) => untilState(page, condition);
const untilNotice = (text: string) => page.locator("#notice").getByText(text).waitFor();
const sourcesOf = ({ slots }: PageSnapshot) => slots.map(({ source }) => source);

async function downloaded(key: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press(key)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

describe("a comparison", () => {
  it("shows one policy and all again, by keys, by button and by going back", async () => {
    await open(`${PLAIN}&${NO_TORQUE}`);
    const both = sourcesOf(await snapshot(page));
    await page.keyboard.press("2");
    expect(sourcesOf(await until((s) => s.slots.length === 1))).toEqual(both.slice(1));
    await page.keyboard.press("1");
    await until((s) => s.slots.length === 1 && s.slots[0]?.source === both[0]);
    await page.keyboard.press("1");
    expect(sourcesOf(await until((s) => s.slots.length === 2))).toEqual(both);
    await page.keyboard.press("2");
    await until((s) => s.slots.length === 1);
    await page.getByRole("button", { name: "Show all 2" }).click();
    expect(sourcesOf(await until((s) => s.slots.length === 2))).toEqual(both);
    await untilTrue(page, `new URLSearchParams(location.search).getAll("slot").length === 2`);
    await page.keyboard.press("2");
    await untilTrue(page, `new URLSearchParams(location.search).getAll("slot").length === 1`);
    await page.goBack();
    expect(sourcesOf(await until((s) => s.slots.length === 2))).toEqual(both);
  });

  it("marks each policy's own checkpoint in the training curves, with its own values", async () => {
    await open(`${PLAIN}@8000&${STEADY}@20000`);
    await page.getByRole("tab", { name: "Training" }).click();
    const plot = page.getByRole("region", { name: "Success rate" });
    await plot.locator("canvas").waitFor();
    const rates = [
      ["panda-reach-plain", 8000],
      ["panda-reach-steady", 20000],
    ].map(([name, step]) => {
      const rows = readFileSync(join(ROOT, `zoo/${name}/metrics.jsonl`), "utf8")
        .trim()
        .split("\n");
      const row = rows.map((line) => JSON.parse(line)).find((each) => each.step === step);
      return Number(row["eval/success_rate"]).toFixed(2);
    });
    expect(rates[0]).not.toBe(rates[1]);
    await expect.poll(() => plot.locator(".plot-value").allTextContents()).toEqual(rates);
    const lefts = () =>
      page.evaluate<number[]>(
        `[...document.querySelectorAll("#page-training .plot")[0].querySelectorAll(".playhead")]
          .filter((line) => !line.hidden).map((line) => line.getBoundingClientRect().left)`,
      );
    await expect.poll(async () => (await lefts()).length).toBe(2);
    const [plain = 0, steady = 0] = await lefts();
    expect(steady).toBeGreaterThan(plain + 50);
  });

  it("shows the values under the pointer, and zooms the training curves until a double click", async () => {
    await open(`${PLAIN}&${NO_TORQUE}`);
    const distance = page.getByRole("region", { name: "Distance to the goal" });
    const over = distance.locator(".u-over");
    await over.waitFor();
    const atStart = await distance.locator(".plot-value").first().textContent();
    await over.hover({ position: { x: 150, y: 40 } });
    await distance.getByText(/^[01]\.\d+ s$/).waitFor();
    expect(await distance.locator(".plot-value").first().textContent()).not.toBe(atStart);
    await page.getByRole("tab", { name: "Training" }).click();
    const success = page.locator("#page-training .plot").first();
    const box = await success.locator(".u-over").boundingBox();
    if (box === null) throw new Error("the plot is not visible");
    await page.mouse.move(box.x + 60, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 160, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await untilTrue(
      page,
      `/^Success rate, .* to /.test(document.querySelector("#page-training .plot").ariaLabel)`,
    );
    await page.mouse.dblclick(box.x + 90, box.y + 40);
    await untilTrue(page, `document.querySelector("#page-training .plot").ariaLabel === "Success rate"`);
  });

  it("says why the zoo's policies have no diagnosis, with the command that makes their run", async () => {
    await open(`${PLAIN}`);
    await page.getByRole("tab", { name: "Findings" }).click();
    const doctor = page.locator(".finding").first();
    await doctor.getByText("The doctor examines runs").waitFor();
    await doctor.getByText("npx steadyarm train --env panda-reach --preset plain").waitFor();
    expect(await page.locator(".finding").allInnerTexts()).not.toContain("stepsTo95");
    await page.getByText("Training settings").click();
    await page.getByText("Steps to a success rate of 0.95").waitFor();
  });
});

describe("a live session", () => {
  it("labels a screenshot with its own seed and time", async () => {
    await open(`${NO_TORQUE}&mode=live`);
    await page.keyboard.press("n");
    await until((s) => s.live && s.seed === 9);
    await page.keyboard.press(" ");
    // Frames that the server sent before the pause may still arrive.
    const times: number[] = [];
    const { time } = await until((s) => {
      if (s.playing) return false;
      times.push(s.time);
      return times.length > 10 && times.slice(-10).every((each) => each === s.time);
    });
    const { name } = await downloaded("p");
    expect(name).toBe(`steadyarm-panda-reach-live-seed9-${time.toFixed(2)}s.png`);
  });

  it("shows that action noise is on until it is removed, in both modes and in the link", async () => {
    await open(`${STEADY}&noise=0.5`);
    expect((await snapshot(page)).noise).toBe(0.5);
    const pill = page.getByRole("button", { name: "Noise 0.50" });
    await pill.waitFor();
    await page.keyboard.press("l");
    await until((s) => s.live);
    await pill.waitFor();
    await untilTrue(page, `new URLSearchParams(location.search).get("noise") === "0.50"`);
    await pill.click();
    await until((s) => s.noise === 0);
    await page.keyboard.press("l");
    // The episodes with noise are not shown again.
    await until((s) => !s.live && s.loadedSeeds.length === s.seeds.length);
    await untilTrue(page, `!new URLSearchParams(location.search).has("noise")`);
    await untilTrue(page, `document.querySelector("[data-verdict=steady]") !== null`);
  });
});

describe("a recording", () => {
  it("has one episode, and says why it plays no other and no live session", async () => {
    await open(`${RECORDING}&seed=3&mode=live`);
    const state = await until((s) => s.seed === 7 && s.loadedSeeds.length > 0);
    expect(state).toMatchObject({ mode: "replay", seeds: [7], loadedSeeds: [7] });
    await page.keyboard.press("n");
    await untilNotice("A recording holds one episode.");
    await page.keyboard.press("l");
    await untilNotice("A recording plays in Replay only.");
    expect(await snapshot(page)).toMatchObject({ mode: "replay", seeds: [7], seed: 7 });
    expect(await page.getByRole("button", { name: "Live", exact: true }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "New seed" }).isVisible()).toBe(false);
    await page.getByText("at the end of 1 of 1 episode").first().waitFor();
  });
});

describe("an exported file", () => {
  it("says why it has no other episodes, policies and exports", async () => {
    await open(`${STEADY}&seed=2`);
    const { bytes } = await downloaded("x");
    const path = join(temporaryFolder(), "episode.html");
    writeFileSync(path, bytes);
    await page.goto(pathToFileURL(path).href);
    await until((s) => s.connection === "recording" && s.slots.length === 1);
    for (const [key, text] of [
      ["n", "This file holds one episode."],
      ["o", "This file holds one comparison."],
      ["l", "A live session needs a simulation"],
      ["x", "This page is an exported file already."],
    ] as const) {
      await page.keyboard.press(key);
      await untilNotice(text);
    }
    expect(await snapshot(page)).toMatchObject({ seeds: [2], seed: 2, mode: "replay" });
    expect(await page.getByRole("button", { name: "New seed" }).isVisible()).toBe(false);
  });
});

describe("a screenshot", () => {
  it("fills its frame after a pause, when the picture has been drawn at full resolution", async () => {
    await open(`${NO_TORQUE}&seed=3`);
    await untilTrue(page, `picture.width === picture.clientWidth`);
    const { bytes } = await downloaded("p");
    const grid = await brightnessGrid(browser, bytes);
    const { columns, rows } = GRID;
    // Above the caption, nothing in the light theme is as dark as an empty frame.
    const edge = Array.from({ length: rows - 3 }, (_, row) => grid[row * columns + columns - 1] ?? 0);
    expect(Math.min(...edge)).toBeGreaterThan(100);
  });
});
