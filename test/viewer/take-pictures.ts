/**
 * @file Takes the viewer's pictures for the documents: `npx tsx test/viewer/take-pictures.ts RUN RUN [FOLDER]`.
 *
 * Both runs are of panda-reach: the first oscillates, the second is steady. The command trains a third one
 * for the picture of a running training, and records a scripted push. Run `npm run build` first.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Page } from "playwright-core";
import { Library } from "../../viewer/server/library.ts";
import { readPageFiles } from "../../viewer/server/page-files.ts";
import { startWatchServer } from "../../viewer/server/watch-server.ts";
import { launchChromium } from "./chromium.ts";
import { snapshot, untilState } from "./page-state.ts";
import { type Picture, takePicture } from "./picture-page.ts";
import { writeScript } from "./server/scripted-controller.ts";

const ROOT = join(import.meta.dirname, "../..");
const DESKTOP = { width: 1280, height: 760 };
const PHONE = { width: 390, height: 800 };

/** Name of the recording of a scripted push. */
const PUSH = "scripted push";

/** Pushes the second arm in a live session and pauses. */
async function pushArm(page: Page): Promise<void> {
  await page.keyboard.press("l");
  await untilState(page, (state) => state.live && state.time > 0.8);
  const tool = (await snapshot(page)).slots[1]?.endEffectorOnScreen ?? [0, 0];
  await page.getByRole("tab", { name: "Interact" }).click();
  // Move up from the tool until the cursor shows that a link can be dragged.
  const cursor = 'document.getElementById("picture").style.cursor';
  let [x, y] = [tool[0], tool[1] - 60];
  for (; y > tool[1] - 200; y -= 6) {
    await page.mouse.move(x, y);
    if ((await page.evaluate<string>(cursor)) === "grab") break;
    x -= 2;
  }
  await page.mouse.down();
  await page.mouse.move(x + 90, y - 60, { steps: 3 });
  await untilState(page, (state) => state.push > 20);
  await page.keyboard.press(" ");
  await untilState(page, (state) => !state.playing);
}

function pictures([first, second]: readonly [string, string], running: string): readonly Picture[] {
  const slots = `slot=${encodeURIComponent(`run:${first}`)}&slot=${encodeURIComponent(`run:${second}`)}`;
  const fine = `${slots}&fine=1`;
  return [
    {
      name: "viewer-compare",
      query: `${fine}&seed=1&t=0.14`,
      options: { viewport: DESKTOP, colorScheme: "light" },
    },
    {
      name: "viewer-dark",
      query: `${fine}&seed=3&t=0.1&compare=ghost`,
      options: { viewport: DESKTOP, colorScheme: "dark" },
    },
    {
      name: "viewer-push",
      query: `slot=${encodeURIComponent(`episode:${PUSH}`)}&fine=1&t=0.6`,
      options: { viewport: DESKTOP, colorScheme: "light" },
    },
    {
      name: "viewer-phone",
      query: `${fine}&seed=4&t=0.14`,
      options: { viewport: PHONE, colorScheme: "light", deviceScaleFactor: 2 },
    },
    {
      name: "viewer-training",
      query: `slot=${encodeURIComponent(`run:${running}`)}&fine=1&seed=2&t=0.3`,
      options: { viewport: DESKTOP, colorScheme: "light" },
      prepare: async (page) => {
        await page.getByRole("tab", { name: "Training" }).click();
        await page.locator("#page-training .plot canvas").first().waitFor();
      },
    },
    {
      name: "viewer-hands-on",
      query: `${slots}&seed=1`,
      options: { viewport: DESKTOP, colorScheme: "dark" },
      prepare: pushArm,
    },
  ];
}

/** Starts a training; resolves at 7,000 steps, when it has curves and a policy to show. */
async function startTraining(run: string): Promise<ChildProcess> {
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
  process.stderr.write(
    "take-pictures: expected two run folders, one that oscillates and one that is steady\n",
  );
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const work = mkdtempSync(join(tmpdir(), "steadyarm-pictures-"));
const push = join(work, `${PUSH}.episode`);
await writeScript(push, "panda-push", 3);
const training = await startTraining(join(work, "in-training"));
const browser = await launchChromium();
const library = new Library({
  named: [first, second, join(work, "in-training"), push],
  runs: work,
  zoo: work,
});
const server = await startWatchServer({
  library,
  page: readPageFiles(join(ROOT, "dist/viewer/web")),
  version: "",
  port: 0,
});
try {
  for (const picture of pictures([basename(first), basename(second)], "in-training")) {
    await takePicture(browser, server.address, picture, folder);
    // The other pictures do not need the training.
    if (picture.name === "viewer-training") training.kill("SIGTERM");
  }
} finally {
  training.kill("SIGTERM");
  await browser.close();
  await server.close();
  rmSync(work, { recursive: true, force: true });
}
