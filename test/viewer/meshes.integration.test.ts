/** @file Meshes of an imported arm in Chromium: each format is drawn, nothing else is fetched, and the body switches. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { readUrdfFile } from "../../env/urdf/urdf-file.ts";
import { Library } from "../../viewer/server/library.ts";
import { readPageFiles } from "../../viewer/server/page-files.ts";
import { startWatchServer } from "../../viewer/server/watch-server.ts";
import { threeJoints } from "../env/urdf/arm-urdf.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { POLL } from "../time-limits.ts";
import { launchChromium } from "./chromium.ts";
import { colladaText, gltfText, meshVisual, objText, stlText } from "./mesh-texts.ts";
import { snapshot, untilDrawn, untilState } from "./page-state.ts";
import { sampleConfig, writeSampleRun } from "./server/sample-runs.ts";

const PAGE = join(import.meta.dirname, "../../dist/viewer/web");

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  /** Paths that the page requested, and addresses elsewhere. */
  readonly requests: readonly string[];
  readonly warnings: readonly string[];
}

/** Opens a run with an arm whose second link has a mesh of the given name and content. */
async function open(name: string, content: string): Promise<Opened> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "runs"));
  const file = join(folder, "arm.urdf");
  writeFileSync(file, threeJoints({ shapes: meshVisual(name) }));
  writeFileSync(join(folder, name), content);
  const { sha256 } = readUrdfFile(file);
  const config = sampleConfig(1, { id: "bench-arm-reach", urdf: { file, sha256, home: [0, 0.5, 1.2] } });
  await writeSampleRun(join(folder, "runs", "mine"), 1, [0], config);
  const library = new Library({ named: [], runs: join(folder, "runs"), zoo: join(folder, "zoo") });
  const server = await startWatchServer({ library, page: readPageFiles(PAGE), version: "test", port: 0 });
  onTestFinished(() => server.close());
  const context = await browser.newContext({
    viewport: { width: 760, height: 480 },
    locale: "en-US",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(POLL.timeout);
  const [requests, warnings, errors]: string[][] = [[], [], []];
  page.on("pageerror", ({ message }) => errors?.push(message));
  page.on("console", (message) => warnings?.push(message.text()));
  page.on("request", (request) => {
    const { origin, pathname, protocol } = new URL(request.url());
    if (protocol !== "data:" && protocol !== "blob:")
      requests?.push(server.address.startsWith(origin) ? pathname : request.url());
  });
  onTestFinished(async () => {
    await context.close();
    expect(errors).toEqual([]);
  });
  await page.goto(server.address.replace("/#", "/?slot=run%3Amine&seed=1#"));
  await untilState(page, ({ slots }) => slots.length > 0);
  return { page, requests: requests ?? [], warnings: warnings ?? [] };
}

function bodyOf(page: Page) {
  return snapshot(page).then(({ slots }) => slots[0]?.body);
}

describe("a mesh", () => {
  it.each([
    ["link.stl", stlText()],
    ["link.obj", objText()],
    ["link.dae", colladaText()],
    ["link.gltf", gltfText()],
  ])("%s is drawn, and nothing that it names is fetched", async (name, content) => {
    const { page, requests } = await open(name, content);
    await untilState(page, ({ slots }) => slots[0]?.body === "visual");
    const fetched = requests.filter((path) => !/^\/(assets\/.*|favicon.*|icon.*)?$/.test(path));
    expect(fetched).toEqual([expect.stringMatching(/^\/meshes\/[\w-]{22}$/)]);
  });

  it.each([
    ["damaged.dae", "<COLLADA"],
    ["scattered.gltf", gltfText("elsewhere.bin")],
  ])("%s that cannot be read leaves the collision shapes, and is named", async (name, content) => {
    const { page, warnings } = await open(name, content);
    await page.waitForFunction("true");
    for (const end = Date.now() + POLL.timeout; !warnings.some((line) => line.includes("is not shown")); ) {
      expect(Date.now()).toBeLessThan(end);
      await page.waitForTimeout(POLL.interval);
    }
    expect(await bodyOf(page)).toBe("collision");
  });
});

describe("the body of an arm", () => {
  it("is its visual shapes, then its collision shapes, then both", async () => {
    const { page } = await open("link.stl", stlText());
    await untilState(page, ({ slots }) => slots[0]?.body === "visual");
    await untilDrawn(page);
    const pictures = [await page.locator("#scene").screenshot()];
    for (const body of ["collision", "both"] as const) {
      await page.keyboard.press("b");
      await untilState(page, ({ slots }) => slots[0]?.body === body);
      await untilDrawn(page);
      pictures.push(await page.locator("#scene").screenshot());
    }
    expect(pictures[1]?.equals(pictures[0] ?? Buffer.alloc(0))).toBe(false);
    await page.keyboard.press("b");
    expect((await untilState(page, ({ slots }) => slots[0]?.body === "visual")).slots).toHaveLength(1);
  });
});
