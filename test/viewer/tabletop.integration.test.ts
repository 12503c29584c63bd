/** @file Objects on a table in Chromium: drawn at their simulated positions, with goals for objects. */

import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ENVIRONMENTS } from "../../env/registry.ts";
import type { Clip } from "../../shared/protocol-clip.ts";
import { distance } from "../../shared/vec3.ts";
import { Library } from "../../viewer/server/library.ts";
import { readPageFiles } from "../../viewer/server/page-files.ts";
import { startWatchServer, type WatchServer } from "../../viewer/server/watch-server.ts";
import type { PageSnapshot } from "../../viewer/web/state/page-snapshot.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { POLL } from "../time-limits.ts";
import { launchChromium } from "./chromium.ts";
import { snapshot, untilDrawn, untilState, untilTrue } from "./page-state.ts";
import { writeScript } from "./server/scripted-controller.ts";

const PAGE = join(import.meta.dirname, "../../dist/viewer/web");
const PICK = "panda-gripper-pick-and-place";
const PUSH = "panda-push";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

async function serve(named: readonly string[] = []): Promise<WatchServer> {
  const none = temporaryFolder();
  const library = new Library({ named, runs: join(none, "runs"), zoo: join(none, "zoo") });
  const server = await startWatchServer({ library, page: readPageFiles(PAGE), version: "test", port: 0 });
  onTestFinished(() => server.close());
  return server;
}

/** Opens a source, paused at the start of its first episode. The test fails on errors in the browser. */
async function open(server: WatchServer, source: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 760, height: 480 },
    locale: "en-US",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(POLL.timeout);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  onTestFinished(async () => {
    await context.close();
    expect(errors).toEqual([]);
  });
  await page.goto(server.address.replace("/#", `/?slot=${encodeURIComponent(source)}&seed=1#`));
  await untilState(page, ({ slots }) => (slots[0]?.objects.length ?? 0) > 0);
  return page;
}

/** Waits until the page has drawn a time, seconds. Returns the first slot. */
async function drawnAt(page: Page, time: number): Promise<PageSnapshot["slots"][number]> {
  await untilState(page, (state) => Math.abs(state.time - time) < 1e-9);
  await untilDrawn(page);
  const { slots } = await snapshot(page);
  const [slot] = slots;
  if (slot === undefined) throw new Error("no policy is displayed");
  return slot;
}

/** Returns the position of the object in a clip at a time, seconds. */
function objectAt({ objectPositions, momentTimestep }: Clip, time: number): number[] {
  const moment = Math.round(time / momentTimestep);
  return [...objectPositions.subarray(3 * moment, 3 * moment + 3)];
}

/** Returns red, green and blue of the page at a position, CSS pixels. */
async function colorAt(page: Page, [x, y]: readonly [number, number]): Promise<readonly number[]> {
  const clip = { x: Math.round(x) - 1, y: Math.round(y) - 1, width: 3, height: 3 };
  const png = await page.screenshot({ clip });
  const reader = await browser.newPage();
  onTestFinished(() => reader.close());
  return reader.evaluate<number[]>(
    `(async () => {
      const image = new Image();
      image.src = "data:image/png;base64,${png.toString("base64")}";
      await image.decode();
      const canvas = document.createElement("canvas");
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      return [...context.getImageData(1, 1, 1, 1).data].slice(0, 3);
    })()`,
  );
}

describe("objects on a table", () => {
  it("are drawn at their recorded positions, and cards and plots are about them", async () => {
    const file = join(temporaryFolder(), "push.episode");
    const { clip, goal } = await writeScript(file, "panda-push", 3);
    const page = await open(await serve([file]), "episode:push");
    const card = page.locator(".slot-card .card-now");
    const positions: number[][] = [];
    for (const [key, time] of [
      ["Home", 0],
      ["Alt+ArrowRight", 0.5],
      ["Shift+ArrowRight", 0.51],
      ["End", 2],
    ] as const) {
      await page.keyboard.press(key);
      const { objects, distance: goalDistance } = await drawnAt(page, time);
      const position = objectAt(clip, time);
      for (const [axis, x] of position.entries()) expect(objects[0]?.[axis]).toBeCloseTo(x, 6);
      // A push's goal has no height.
      const [x = 0, y = 0] = position;
      expect(goalDistance).toBeCloseTo(Math.hypot(x - goal[0], y - goal[1]), 5);
      positions.push(position);
      expect(await card.innerText()).toMatch(time < 1 ? /^cube .* from the goal/ : /^cube .* at the goal/);
    }
    const [start = [], end = []] = [positions[0], positions.at(-1)];
    expect(distance(start, end)).toBeGreaterThan(0.1);
    await page.getByRole("tab", { name: "Episode" }).click();
    await page.getByText("Distance of the cube to the goal").waitFor();
  });

  it("are visible: the cube is blue and the table is not, in light and dark mode", async () => {
    const page = await open(await serve(), `builtin:no torque, ${PUSH}`);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await untilTrue(page, `document.documentElement.dataset.theme === "${colorScheme}"`);
      const slot = await drawnAt(page, 0);
      const [at] = slot.objectsOnScreen;
      if (at === undefined || at === null) throw new Error("the cube has no position in the picture");
      const [red = 0, , blue = 0] = await colorAt(page, at);
      expect(blue).toBeGreaterThan(red + 50);
      // The table beside it is grey.
      const [r = 0, , b = 0] = await colorAt(page, [at[0] + 40, at[1]]);
      expect(Math.abs(b - r)).toBeLessThan(30);
    }
  });

  it("are held by fingers that are drawn with their recorded openings", async () => {
    const file = join(temporaryFolder(), "pick.episode");
    const { clip } = await writeScript(file, PICK, 2);
    const page = await open(await serve([file]), "episode:pick");
    for (const [key, time] of [
      ["Home", 0],
      ["End", 2],
    ] as const) {
      await page.keyboard.press(key);
      const { openings } = await drawnAt(page, time);
      const moment = time === 0 ? 0 : clip.moments - 1;
      expect(openings).toHaveLength(2);
      for (const [i, opening] of openings.entries()) {
        expect(opening).toBeCloseTo(clip.openings[2 * moment + i] ?? Number.NaN, 6);
      }
    }
  });

  it("have goals that follow the pointer in the plane of the table, and stay on it", async () => {
    const page = await open(await serve(), "builtin:no torque, panda-push");
    const { goal: before = [], goalOnScreen } = await drawnAt(page, 0);
    const [x, y] = goalOnScreen ?? [0, 0];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 25, y - 12, { steps: 4 });
    await page.mouse.up();
    const moved = await untilState(page, ({ slots }) => {
      const [nowX, nowY] = slots[0]?.goalOnScreen ?? [0, 0];
      return Math.hypot(nowX - x - 25, nowY - y + 12) < 2;
    });
    const [nowX, nowY] = moved.slots[0]?.goalOnScreen ?? [0, 0];
    expect(distance(moved.slots[0]?.goal ?? before, before)).toBeGreaterThan(0.02);
    expect(moved.slots[0]?.goal[2]).toBe(before[2]);
    // Far outside of the table.
    const dragAway = async ([fromX, fromY]: readonly [number, number]) => {
      await page.mouse.move(fromX, fromY);
      await page.mouse.down();
      await page.mouse.move(5, 470, { steps: 4 });
      await page.mouse.up();
    };
    await dragAway([nowX, nowY]);
    const region = ENVIRONMENTS[PUSH]?.makeTask({ relativeInputs: true }).goalRegion;
    const { low, high } = region ?? { low: [], high: [] };
    const limited = await untilState(
      page,
      ({ slots }) => Math.abs((slots[0]?.goal[1] ?? 0) - (low[1] ?? Number.NaN)) < 1e-6,
    );
    const [x1 = 0] = limited.slots[0]?.goal ?? [];
    expect(x1).toBeGreaterThanOrEqual((low[0] ?? Number.NaN) - 1e-6);
    expect(x1).toBeLessThanOrEqual((high[0] ?? Number.NaN) + 1e-6);
    await page.keyboard.down("Shift");
    await dragAway(limited.slots[0]?.goalOnScreen ?? [0, 0]);
    await page.keyboard.up("Shift");
    await untilState(page, ({ slots }) => Math.abs((slots[0]?.goal[1] ?? 0) + 0.35) < 1e-6);
  });

  it("are drawn in live mode, and another environment gets another camera", async () => {
    const page = await open(await serve(), "builtin:random torques, panda-push");
    const before = await drawnAt(page, 0);
    await page.keyboard.press("l");
    const live = await untilState(page, (state) => state.live && state.time > 0.3);
    expect(live.slots[0]?.objects[0]?.[2]).toBeCloseTo(before.objects[0]?.[2] ?? 0, 2);
    await page.keyboard.press("l");
    await page.keyboard.press("o");
    await page.getByRole("checkbox", { name: "random torques, panda-push" }).uncheck();
    await page.getByRole("checkbox", { name: "no torque, panda-slide" }).check();
    await page.getByRole("button", { name: "Show", exact: true }).click();
    const other = await untilState(page, ({ slots }) => slots[0]?.name === "no torque, panda-slide");
    expect(other.camera?.[0]).toBeGreaterThan((live.camera?.[0] ?? 9) + 0.1);
  });
});
