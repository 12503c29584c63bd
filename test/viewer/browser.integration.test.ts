/**
 * @file The page in a real Chromium, fed by the real server. What is asserted is the page's state and its
 * pixels; nothing waits for a length of time.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Download, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { WatchServer } from "../../viewer/server/watch-server.ts";
import type { PageSnapshot } from "../../viewer/web/page-snapshot.ts";
import { launchChromium } from "./chromium.ts";
import { brightnessGrid, correlation } from "./picture-region.ts";
import { Watchable } from "./viewed-server.ts";

const SIZE = { width: 760, height: 480 };
/** Brightness of the picture in "draws the arm where it is". */
const REFERENCE = join(import.meta.dirname, "arm-picture.json");
const PHONE = { width: 390, height: 780 };

/** The short run beside arms that hold still. */
const CAST = "slot=run%3Ashort&slot=builtin%3Ano%20torque%2C%20panda-reach";

/** An arm that holds still, alone. */
const STILL = "slot=builtin%3Ano%20torque%2C%20panda-reach";

let browser: Browser;
let watchable: Watchable;
let server: WatchServer;
let page: Page;
/** Everything that the browser complained of. */
let complaints: string[] = [];

beforeAll(async () => {
  watchable = new Watchable();
  server = await watchable.serve();
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  watchable?.dispose();
});

afterEach(async () => {
  await page?.context().close();
  expect(complaints).toEqual([]);
});

/**
 * Opens the page with a query; it does not move until it is told to.
 *
 * @param before a script that runs before the page's own
 */
async function open(query = "", options: BrowserContextOptions = {}, before = ""): Promise<Page> {
  await page?.context().close();
  complaints = [];
  const context = await browser.newContext({
    viewport: SIZE,
    locale: "en-US",
    reducedMotion: "reduce",
    acceptDownloads: true,
    ...options,
  });
  if (before !== "") await context.addInitScript(before);
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // Reading pixels back is slow; the driver says so.
    if (/error|warning/.test(message.type()) && !message.text().includes("GPU stall"))
      complaints.push(message.text());
  });
  await page.goto(address(query));
  await until((s) => s.slots.length > 0 && s.known.includes(s.seed));
  return page;
}

function address(query: string): string {
  return server.address.replace("/#", `/?${query}#`);
}

function look(): Promise<PageSnapshot> {
  return page.evaluate<PageSnapshot>("window.steadyarm");
}

/** How long a state may take to come about on a slow machine, milliseconds. */
const PATIENCE = 20_000;

/** Milliseconds between two looks, so that the page has time to go on. */
const POLL = 20;

/** Waits until a condition on the page's state holds, and gives that state. */
async function until(condition: (state: PageSnapshot) => boolean): Promise<PageSnapshot> {
  for (const end = Date.now() + PATIENCE; ; ) {
    const state = await page.evaluate<PageSnapshot | undefined>("window.steadyarm");
    if (state !== undefined && condition(state)) return state;
    await page.waitForTimeout(POLL);
    if (Date.now() > end) throw new Error(`waited for ${condition}, had ${JSON.stringify(state)}`);
  }
}

/** Waits until an expression is true in the page. */
async function untilTrue(expression: string): Promise<void> {
  for (const end = Date.now() + PATIENCE; !(await page.evaluate<boolean>(expression)); ) {
    await page.waitForTimeout(POLL);
    if (Date.now() > end) throw new Error(`waited for ${expression}`);
  }
}

async function downloaded(press: () => Promise<void>): Promise<{ file: Download; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent("download"), press()]);
  return { file, bytes: readFileSync(await file.path()) };
}

describe("the page", { timeout: 60_000 }, () => {
  it("shows what was named, with no complaint of the browser and no breach of its policy", async () => {
    await open();
    const state = await until((s) => s.known.length === s.seeds.length);
    expect(state).toMatchObject({ connection: "open", mode: "replay", playing: false, time: 0, duration: 2 });
    expect(state.slots[0]).toMatchObject({ source: "run:short", name: "short" });
    expect(await page.locator(".chip .mark").count()).toBe(8 * state.slots.length);
  });

  it("comes up under a locale that is no language", async () => {
    await open(
      "",
      {},
      `Object.defineProperty(Navigator.prototype, "language", { get: () => "en-US@posix" })`,
    );
    expect(await page.evaluate("navigator.language")).toBe("en");
  });

  it("draws the arm where it is", async () => {
    await open(`${STILL}&seed=3`);
    const region = await brightnessGrid(browser, await page.locator("#picture").screenshot());
    // Made with STEADYARM_LOOK=write and looked at: the arm at its start, its goal, their shadows.
    if (process.env["STEADYARM_LOOK"] === "write")
      writeFileSync(REFERENCE, `${JSON.stringify(region.map(Math.round))}\n`);
    const reference: unknown = JSON.parse(readFileSync(REFERENCE, "utf8"));
    if (!Array.isArray(reference)) throw new Error("the reference is no picture");
    expect(correlation(region, reference)).toBeGreaterThan(0.9);
    // The same question of the same page without arms must be answered with no.
    await page.keyboard.press("]");
    await page.keyboard.press("]");
    await page.keyboard.press("]");
    const fromAbove = await brightnessGrid(browser, await page.locator("#picture").screenshot());
    expect(correlation(fromAbove, reference)).toBeLessThan(0.6);
  });

  it("plays, pauses, steps and scrubs, by keys and by pointer", async () => {
    await open(CAST);
    await page.keyboard.press(" ");
    const moving = await until((s) => s.playing && s.time > 0.05);
    expect(moving.live).toBe(false);
    await page.keyboard.press(" ");
    await until((s) => !s.playing);
    await page.keyboard.press("Home");
    await until((s) => s.time === 0);
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    expect((await until((s) => s.time > 0.1)).time).toBeCloseTo(0.12, 6);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowRight");
    expect((await look()).time).toBeCloseTo(0.09, 6);
    await page.keyboard.press("End");
    expect((await look()).time).toBe(2);
    const track = await page.locator("#scrubber").boundingBox();
    if (track === null) throw new Error("no scrubber");
    await page.mouse.click(track.x + track.width / 2, track.y + track.height / 2);
    expect((await until((s) => s.time < 1.9)).time).toBeCloseTo(1, 1);
    await page.keyboard.press("=");
    expect((await look()).speed).toBe(2);
  });

  it("moves the arm as the clock does, and puts both policies before the same goal", async () => {
    await open(`${CAST}&seed=5`);
    const start = await look();
    await page.keyboard.press("End");
    const far = start.slots[0]?.endEffector ?? [];
    const end = await until((s) => s.time === 2 && s.slots[0]?.endEffector[0] !== far[0]);
    expect(end.slots[0]?.goal).toEqual(end.slots[1]?.goal);
    const [, still] = end.slots;
    for (const [axis, x] of (start.slots[1]?.endEffector ?? []).entries())
      expect(still?.endEffector[axis]).toBeCloseTo(x, 3);
  });

  it("splits the picture, lays policies over each other, and shows one alone", async () => {
    await open(CAST);
    expect(await page.locator(".viewport.not-first-column").count()).toBe(1);
    const apart = await look();
    await page.keyboard.press("g");
    const together = await until((s) => s.compare === "ghost");
    expect(together.slots[0]?.goalOnScreen).toEqual(together.slots[1]?.goalOnScreen);
    expect(apart.slots[0]?.goalOnScreen).not.toEqual(apart.slots[1]?.goalOnScreen);
    await page.keyboard.press("2");
    expect((await until((s) => s.slots.length === 1)).slots[0]?.name).toContain("no torque");
  });

  it("plays the episode with another goal when the goal is dragged", async () => {
    await open(CAST);
    const before = await look();
    const [x, y] = before.slots[0]?.goalOnScreen ?? [0, 0];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 30, y - 40, { steps: 4 });
    await page.mouse.up();
    const after = await until((s) =>
      s.slots.every(({ goal }) => (goal[2] ?? 0) > (before.slots[0]?.goal[2] ?? 0) + 0.01),
    );
    const [nowX, nowY] = after.slots[0]?.goalOnScreen ?? [0, 0];
    expect(Math.hypot(nowX - x - 30, nowY - y + 40)).toBeLessThan(2);
    expect(after.slots[1]?.goal).toEqual(after.slots[0]?.goal);
  });

  it("goes live: the goal can be moved, and a push is felt while it lasts", async () => {
    await open(CAST);
    await page.keyboard.press("l");
    const live = await until((s) => s.live && s.time > 0.2);
    expect(live.mode).toBe("live");
    const [x, y] = live.slots[1]?.goalOnScreen ?? [0, 0];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y - 40, { steps: 4 });
    await page.mouse.up();
    await until((s) => (s.slots[0]?.goal[2] ?? 0) > (live.slots[0]?.goal[2] ?? 0) + 0.01);
    const [handX, handY] = (await look()).slots[1]?.endEffectorOnScreen ?? [0, 0];
    // Above the fingertips there is the hand, which is wide enough to meet.
    await page.mouse.move(handX, handY - 14);
    await page.mouse.down();
    await page.mouse.move(handX + 70, handY - 30, { steps: 5 });
    const pushed = await until((s) => s.push > 5);
    await page.mouse.up();
    await until((s) => s.push === 0);
    const [before = []] = live.slots.slice(1).map(({ endEffector }) => endEffector);
    // The arm without torque has nothing that holds it.
    await until((s) => Math.abs((s.slots[1]?.endEffector[0] ?? 0) - (before[0] ?? 0)) > 0.005);
    expect(pushed.live).toBe(true);
    await page.keyboard.press("l");
    await until((s) => !s.live);
  });

  it("shows a policy as it was earlier in its training", async () => {
    await open(CAST);
    expect((await look()).slots[0]?.step).toBe(600);
    const slider = page.getByRole("slider", { name: "Training steps of short" });
    await slider.focus();
    await page.keyboard.press("Home");
    const early = await until((s) => (s.slots[0]?.step ?? 600) < 600);
    expect(early.slots[0]?.step).toBe(0);
    await page.getByRole("tab", { name: "Training" }).click();
    await page.locator("#page-training .plot canvas").first().waitFor();
  });

  it("is all in its address", async () => {
    await open(
      `slot=run%3Ashort%40400&slot=builtin%3Arandom%20torques%2C%20panda-reach&seed=11&t=0.44&compare=ghost&cam=180_-60_90_20_0_30`,
    );
    const state = await until((s) => s.slots.length === 2);
    expect(state).toMatchObject({ seed: 11, compare: "ghost", playing: false });
    expect(state.slots.map(({ source, step }) => [source, step])).toEqual([
      ["run:short", 400],
      ["builtin:random torques, panda-reach", null],
    ]);
    expect(state.time).toBeCloseTo(0.44, 6);
    expect(state.camera?.map((each) => Number(each.toFixed(2)))).toEqual([1.8, -0.6, 0.9, 0.2, 0, 0.3]);
    await page.keyboard.press("n");
    await page.keyboard.press("g");
    await untilTrue('/seed=19&.*compare=split/.test(location.search) && location.hash.startsWith("#token=")');
    const again = await look();
    await page.reload();
    const reloaded = await until((s) => s.slots.length === 2);
    expect(reloaded).toMatchObject({ seed: again.seed, compare: "split" });
  });

  it("gives a picture and a file that plays by itself", async () => {
    await open(`${CAST}&seed=2&t=0.4`);
    const { file, bytes } = await downloaded(() => page.keyboard.press("p"));
    expect(file.suggestedFilename()).toBe("steadyarm-panda-reach-seed2-0.40s.png");
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1280, 720]);
    const shown = await look();
    const html = await downloaded(() => page.keyboard.press("x"));
    const folder = mkdtempSync(join(tmpdir(), "steadyarm-file-"));
    try {
      const path = join(folder, "episode.html");
      await html.file.saveAs(path);
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(path).href);
      const recorded = await until((s) => s.slots.length === 2);
      expect(recorded).toMatchObject({ connection: "recording", seed: 2, duration: 2 });
      expect(recorded.slots.map(({ source, goal }) => [source, goal])).toEqual(
        shown.slots.map(({ source, goal }) => [source, goal]),
      );
      await page.keyboard.press("End");
      await until((s) => s.time === 2);
      expect(asked.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("films the episode, frame by frame", async () => {
    await open(`slot=builtin%3Ano%20torque%2C%20panda-reach`);
    for (let i = 0; i < 2; i++) await page.keyboard.press("=");
    await until((s) => s.speed === 4);
    const { file, bytes } = await downloaded(() => page.keyboard.press("v"));
    expect(file.suggestedFilename()).toMatch(/\.webm$/);
    expect(bytes.readUInt32BE(0)).toBe(0x1a45dfa3);
    // The browser itself reads it: 0.5 s at 30 frames a second, the last moment included.
    const film = await page.evaluate<{ width: number; height: number; duration: number }>(
      `new Promise((resolve, reject) => {
        const video = document.createElement("video");
        video.onloadedmetadata = () => resolve({ width: video.videoWidth, height: video.videoHeight, duration: video.duration });
        video.onerror = () => reject(new Error(video.error.message));
        video.src = URL.createObjectURL(new Blob([Uint8Array.from(atob("${bytes.toString("base64")}"), (c) => c.charCodeAt(0))], { type: "video/webm" }));
      })`,
    );
    expect(film).toMatchObject({ width: 1280, height: 720 });
    expect(film.duration).toBeCloseTo(16 / 30, 2);
  });

  it("says that the server is gone, plays on, and comes back when there is one again", async () => {
    await open(CAST);
    await until((s) => s.known.length === s.seeds.length);
    const { port } = server;
    await server.close();
    await until((s) => s.connection === "lost");
    await page.getByText("The server is gone").first().waitFor();
    await page.keyboard.press("End");
    await until((s) => s.time === 2);
    server = await watchable.serve(port);
    await page.evaluate(`location.hash = ${JSON.stringify(new URL(server.address).hash)}`);
    await until((s) => s.connection === "open");
    await page.keyboard.press("n");
    await until((s) => s.known.includes(9) && s.seed === 9);
    // That the socket could not be opened meanwhile is what this is about.
    complaints = complaints.filter((each) => !/WebSocket|ERR_CONNECTION_REFUSED|401|credentials/.test(each));
  });

  it("has no serious fault of accessibility, in light or dark, in any tab or window", async () => {
    await open(CAST);
    const faults = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    };
    for (const tab of ["Episode", "Training", "Hands on", "Findings"]) {
      await page.getByRole("tab", { name: tab }).click();
      expect(await faults()).toEqual([]);
    }
    for (const [key, name] of [
      ["o", "Choose policies"],
      ["?", "Help"],
      ["Control+k", "All commands"],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole("dialog", { name }).waitFor();
      expect(await faults()).toEqual([]);
      await page.keyboard.press("Escape");
    }
    await page.emulateMedia({ colorScheme: "dark" });
    await untilTrue('document.documentElement.dataset.theme === "dark"');
    expect(await faults()).toEqual([]);
  });

  it("tells what the doctor found about the run on stage, with the evidence and the remedy", async () => {
    await open(CAST);
    await page.getByRole("tab", { name: "Findings" }).click();
    const section = page.locator(".finding", { hasText: "Doctor: short" });
    await section.getByText(/ % sure$/).waitFor();
    expect(await section.innerText()).toMatch(/Remedy\s/);
    expect(complaints).toEqual([]);
  });

  it("finds a command by typing", async () => {
    await open(CAST);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("overlaid laid");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("laid over");
    await page.keyboard.press("Enter");
    await until((s) => s.compare === "ghost");
  });

  it("fits a phone: nothing lies beyond the edge, and the sheet opens", async () => {
    await open(CAST, { viewport: PHONE, hasTouch: true });
    const overflow = "document.documentElement.scrollWidth - innerWidth";
    expect(await page.evaluate(overflow)).toBe(0);
    await page.getByRole("tab", { name: "Episode" }).click();
    await page.locator("#page-episode .plot canvas").first().waitFor();
    expect(await page.evaluate(overflow)).toBe(0);
    const box = await page.locator("#play").boundingBox();
    expect(box === null ? 0 : box.y + box.height).toBeLessThan(PHONE.height);
  });

  it("is of use without WebGL", async () => {
    await open();
    await page
      .context()
      .addInitScript(
        "HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, { apply: (f, self, args) => /webgl/.test(args[0]) ? null : Reflect.apply(f, self, args) })",
      );
    await page.reload();
    await until((s) => s.slots.length > 0);
    await page.getByText("WebGL 2 is missing").waitFor();
    await page.keyboard.press("End");
    await until((s) => s.time === 2);
  });
});
