/**
 * @file Takes the pictures of the viewer for the documents: `npx tsx test/viewer/take-pictures.ts RUN RUN [FOLDER]`.
 *
 * The first run should oscillate and the second be steady; both of panda-reach. A third is trained beside
 * them, to be seen while it goes on; a push is a script's. The page and the program must be built.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { Library } from "../../viewer/server/library.ts";
import { readPageFiles } from "../../viewer/server/page-files.ts";
import { startWatchServer } from "../../viewer/server/watch-server.ts";
import type { PageSnapshot } from "../../viewer/web/page-snapshot.ts";
import { launchChromium } from "./chromium.ts";
import { writeScript } from "./server/scripted-player.ts";

const ROOT = join(import.meta.dirname, "../..");
const DESK = { width: 1280, height: 760 };
const PHONE = { width: 390, height: 800 };

/** What the recording of a scripted push is called. */
const PUSH = "a script that pushes";

/** One picture: what to open, and what to do before it is taken. */
interface Picture {
  readonly name: string;
  readonly query: string;
  readonly options: BrowserContextOptions;
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Milliseconds after which a picture is given up. */
const PATIENCE = 60_000;

async function until(page: Page, condition: (state: PageSnapshot) => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE; ; ) {
    const state = await page.evaluate<PageSnapshot | undefined>("window.steadyarm");
    if (state !== undefined && condition(state)) return;
    if (Date.now() > end) throw new Error(`waited for ${condition}, had ${JSON.stringify(state)}`);
    await page.waitForTimeout(50);
  }
}

async function take(browser: Browser, address: string, picture: Picture, folder: string): Promise<void> {
  const context = await browser.newContext({ locale: "en-US", reducedMotion: "reduce", ...picture.options });
  const page = await context.newPage();
  await page.goto(address.replace("/#", `/?${picture.query}#`));
  await until(page, (state) => state.known.length >= 8);
  await picture.prepare?.(page);
  // A picture at rest is drawn once more, finely.
  await page.waitForTimeout(2500);
  await page.screenshot({ path: join(folder, `${picture.name}.png`), timeout: 120_000 });
  await context.close();
  process.stdout.write(`${join(folder, picture.name)}.png\n`);
}

async function pushed(page: Page): Promise<void> {
  await page.keyboard.press("l");
  await until(page, (state) => state.live && state.time > 0.8);
  const hand = (await page.evaluate<PageSnapshot>("window.steadyarm")).slots[1]?.endEffectorOnScreen ?? [
    0, 0,
  ];
  await page.getByRole("tab", { name: "Hands on" }).click();
  // Up along the arm, beyond the goal's reach, to where there is something to take hold of.
  const cursor = 'document.getElementById("picture").style.cursor';
  let [x, y] = [hand[0], hand[1] - 60];
  for (; y > hand[1] - 200; y -= 6) {
    await page.mouse.move(x, y);
    if ((await page.evaluate<string>(cursor)) === "grab") break;
    x -= 2;
  }
  await page.mouse.down();
  await page.mouse.move(x + 90, y - 60, { steps: 3 });
  await until(page, (state) => state.push > 20);
  await page.keyboard.press(" ");
  await until(page, (state) => !state.playing);
}

function pictures([first, second]: readonly [string, string], growing: string): readonly Picture[] {
  const cast = `slot=${encodeURIComponent(`run:${first}`)}&slot=${encodeURIComponent(`run:${second}`)}`;
  const still = `${cast}&fine=1`;
  return [
    {
      name: "viewer-compare",
      query: `${still}&seed=1&t=0.14`,
      options: { viewport: DESK, colorScheme: "light" },
    },
    {
      name: "viewer-dark",
      query: `${still}&seed=3&t=0.1&compare=ghost`,
      options: { viewport: DESK, colorScheme: "dark" },
    },
    {
      name: "viewer-push",
      query: `slot=${encodeURIComponent(`episode:${PUSH}`)}&fine=1&t=0.6`,
      options: { viewport: DESK, colorScheme: "light" },
    },
    {
      name: "viewer-phone",
      query: `${still}&seed=4&t=0.14`,
      options: { viewport: PHONE, colorScheme: "light", deviceScaleFactor: 2 },
    },
    {
      name: "viewer-training",
      query: `slot=${encodeURIComponent(`run:${growing}`)}&fine=1&seed=2&t=0.3`,
      options: { viewport: DESK, colorScheme: "light" },
      prepare: async (page) => {
        await page.getByRole("tab", { name: "Training" }).click();
        await page.locator("#page-training .plot canvas").first().waitFor();
      },
    },
    {
      name: "viewer-hands-on",
      query: `${cast}&seed=1`,
      options: { viewport: DESK, colorScheme: "dark" },
      prepare: pushed,
    },
  ];
}

/** Trains beside us until it is stopped; resolves once a policy of some steps is there. */
async function trainBeside(run: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [
    join(ROOT, "dist/cli/main.js"),
    "train",
    "--steps",
    "60000",
    "--seed",
    "2",
    "--out",
    run,
  ]);
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (text) => {
      if (/^\s*7,000\//m.test(String(text))) resolve();
    });
  });
  return child;
}

const [first, second, folder = join(ROOT, "docs/images")] = process.argv.slice(2);
if (first === undefined || second === undefined) {
  process.stderr.write("name two runs: one that oscillates, and one that is steady\n");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const beside = mkdtempSync(join(tmpdir(), "steadyarm-pictures-"));
const push = join(beside, `${PUSH}.episode`);
await writeScript(push, "panda-push", 3);
const training = await trainBeside(join(beside, "in-training"));
const browser = await launchChromium();
const library = new Library({
  named: [first, second, join(beside, "in-training"), push],
  runs: beside,
  zoo: beside,
});
const server = await startWatchServer({
  library,
  page: readPageFiles(join(ROOT, "dist/viewer/web")),
  version: "",
  port: 0,
});
try {
  for (const picture of pictures([basename(first), basename(second)], "in-training")) {
    await take(browser, server.address, picture, folder);
    // Only this one is of a run that goes on.
    if (picture.name === "viewer-training") training.kill("SIGTERM");
  }
} finally {
  training.kill("SIGTERM");
  await browser.close();
  await server.close();
  rmSync(beside, { recursive: true, force: true });
}
