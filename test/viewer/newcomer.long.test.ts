/**
 * @file A newcomer's ten minutes in Chromium, with a training that is watched from its first step to its end. No message in
 * the console, no control that cannot be pressed, no serious accessibility violation.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import type { PageSnapshot } from "../../viewer/web/state/page-snapshot.ts";
import { start } from "../cli/steadyarm.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { POLL } from "../time-limits.ts";
import { launchChromium } from "./chromium.ts";
import { snapshot, untilDrawn, untilState, untilTrue } from "./page-state.ts";

const SETTINGS = [
  "train.collectors=0",
  "train.evaluateEvery=200",
  "train.checkpointEvery=200",
  "train.evaluationEpisodes=4",
  "train.finalEpisodes=4",
  "agent.hidden=[32,32]",
  "agent.warmupSteps=200",
];
const STEPS = 3000;

/** Controls that lie under something else, or outside of the window. */
const COVERED = `[...document.querySelectorAll("button, input, select, [role=tab]")]
  .filter((each) => !each.disabled && each.checkVisibility() && each.closest("dialog:not([open])") === null)
  .filter((each) => {
    each.scrollIntoView({ block: "nearest" });
    const { left, top, width, height } = each.getBoundingClientRect();
    const found = document.elementFromPoint(left + width / 2, top + height / 2);
    return found === null || !(each.contains(found) || found.contains(each) || found.closest("label")?.control === each);
  })
  .map((each) => each.ariaLabel ?? each.textContent ?? each.id)`;

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
});

/** Opens an address; everything that the browser says goes to `said`. */
async function open(context: BrowserContext, address: string, said: string[]): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(POLL.timeout);
  page.on("pageerror", (error) => said.push(error.message));
  page.on("console", (message) => {
    // The driver warns that reading pixels is slow.
    if (!message.text().includes("GPU stall")) said.push(message.text());
  });
  await page.goto(address);
  return page;
}

async function expectSound(page: Page): Promise<void> {
  expect(await page.evaluate<string[]>(COVERED)).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join()}`),
  ).toEqual([]);
}

async function download(page: Page, key: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press(key)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Presses the mouse at a point, moves it, and lets it go after `during`. */
async function drag(
  page: Page,
  [x, y]: readonly [number, number],
  [dx, dy]: readonly [number, number],
  during: () => Promise<unknown>,
): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx, y + dy, { steps: 5 });
  await during();
  await page.mouse.up();
}

it("lead from the first step of a training to a link that shows the same again", async () => {
  const said: string[] = [];
  const cwd = temporaryFolder();
  const words = [
    "train",
    "--env",
    "panda-reach",
    "--steps",
    `${STEPS}`,
    "--out",
    "first",
    "--watch",
    "--no-open",
  ];
  const training = start([...words, ...SETTINGS.flatMap((each) => ["--set", each])], cwd);
  await expect.poll(training.stdout).toContain("#token=");
  const address = /http:\S+/.exec(training.stdout())?.[0] ?? "";
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  onTestFinished(() => context.close());
  const page = await open(context, address, said);
  const until = (condition: (state: PageSnapshot) => boolean) => untilState(page, condition);

  // The policy of the first steps plays while the run trains, and each later one follows.
  const first = await until((s) => s.slots.length === 1 && s.loadedSeeds.includes(s.seed));
  expect(first.slots[0]?.step).toBeLessThan(STEPS);
  await expectSound(page);
  await page.getByRole("tab", { name: "Training" }).click();
  await page.locator("#page-training .plot canvas").first().waitFor();
  await until((s) => s.slots[0]?.step === STEPS);

  await page.keyboard.press("o");
  await page.locator(".picker-row", { hasText: /first.*finished/ }).waitFor();
  await page.getByRole("searchbox").fill("no torque, panda-reach");
  await page.getByRole("checkbox").first().click();
  await page.getByRole("button", { name: "Compare 2" }).click();
  await until((s) => s.slots.length === 2 && s.loadedSeeds.includes(s.seed));

  const track = await page.locator("#scrubber").boundingBox();
  if (track === null) throw new Error("the scrubber is not visible");
  if ((await snapshot(page)).playing) await page.keyboard.press(" ");
  await page.mouse.click(track.x + track.width / 2, track.y + track.height / 2);
  const middle = await until((s) => !s.playing && s.time > 0);
  expect(middle.time).toBeCloseTo(middle.duration / 2, 1);

  await untilDrawn(page);
  const before = await snapshot(page);
  const goal = before.slots[0]?.goalOnScreen ?? [0, 0];
  await drag(page, goal, [30, -40], async () => {});
  await until(
    ({ slots }) =>
      slots[1]?.goal.join() === slots[0]?.goal.join() &&
      slots[0]?.goal.join() !== before.slots[0]?.goal.join(),
  );

  await page.keyboard.press("l");
  await until((s) => s.live && s.time > 0.2);
  const tip = (await snapshot(page)).slots[1]?.endEffectorOnScreen ?? [0, 0];
  // The last link above the fingertips is wide enough to hit.
  await drag(page, [tip[0], tip[1] - 14], [90, -20], () => until((s) => s.push > 5));
  await until((s) => s.push === 0);
  await expectSound(page);
  await page.keyboard.press("l");
  await until((s) => !s.live && s.loadedSeeds.includes(s.seed));

  await page.getByRole("tab", { name: "Findings" }).click();
  await page
    .locator(".finding", { hasText: "Doctor: first" })
    .getByText(/confidence \d+ %|healthy/)
    .first()
    .waitFor();
  await expectSound(page);

  expect((await download(page, "p")).bytes.subarray(1, 4).toString()).toBe("PNG");
  for (let i = 0; i < 2; i++) await page.keyboard.press("=");
  expect((await download(page, "v")).bytes.readUInt32BE(0)).toBe(0x1a45dfa3);
  const html = join(cwd, "episode.html");
  writeFileSync(html, (await download(page, "x")).bytes);
  const recorded = await open(context, pathToFileURL(html).href, said);
  await untilState(recorded, (s) => s.connection === "recording" && s.slots.length === 2);
  await recorded.close();

  await page.keyboard.press("Home");
  await page.keyboard.press("c");
  const link = await page.evaluate<string>("navigator.clipboard.readText()");
  const shown = await snapshot(page);
  const again = await open(context, link, said);
  const same = await untilState(again, (s) => s.slots.length === 2 && s.loadedSeeds.includes(s.seed));
  // A link has millimetres.
  const rounded = ({ slots }: PageSnapshot) =>
    slots.map(({ source, goal: at }) => [source, ...at.map((x) => x.toFixed(3))]);
  expect(rounded(same)).toEqual(rounded(shown));
  expect(same).toMatchObject({ seed: shown.seed, compare: shown.compare });
  await untilTrue(
    again,
    `document.querySelector("[role=tab][aria-selected=true]")?.textContent.includes("Findings")`,
  );
  expect(said).toEqual([]);
});
