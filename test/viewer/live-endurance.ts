/**
 * @file Holds a policy in the live view of a real browser for minutes, with goals dragged and links pushed by the mouse:
 *
 *     npm run build && npx tsx test/viewer/live-endurance.ts [--policy zoo/panda-reach-steady] [--minutes 10] [--out DIR]
 *
 * Every ten seconds it drags the goal, which stays among the goals of training, or a link, in turn, and notes whether
 * the arm is at its goal when the ten seconds are over. It writes a picture of each disturbance and of each end, and the
 * noted states, to DIR, and exits with 1 if the arm was away from its goal at the end of any interval.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { Rng } from "../../shared/rng.ts";
import { Library } from "../../viewer/server/library.ts";
import { readPageFiles } from "../../viewer/server/page-files.ts";
import { startWatchServer } from "../../viewer/server/watch-server.ts";
import { launchChromium } from "./chromium.ts";
import { snapshot, untilState } from "./page-state.ts";

const ROOT = join(import.meta.dirname, "../..");
const SIZE = { width: 960, height: 600 };

/** Seconds between two disturbances. */
const INTERVAL = 10;
/** Success threshold of reaching, m. */
const AT_GOAL = 0.05;
/** Radius of the goal in the picture, with a margin. */
const GOAL_PIXELS = 40;

const { values: flags } = parseArgs({
  options: {
    policy: { type: "string", default: join(ROOT, "zoo/panda-reach-steady") },
    minutes: { type: "string", default: "10" },
    out: { type: "string", default: "live-endurance" },
  },
});

interface Interval {
  readonly kind: "goal dragged" | "pushed";
  /** Largest force of the push, N. */
  force: number;
  /** Largest distance to the goal, m. */
  farthest: number;
  /** Least height of the tool, m. */
  lowest: number;
  /** Distance to the goal at the end, m. */
  atEnd: number;
}

type Point = readonly [x: number, y: number];

async function drag(page: Page, [x, y]: Point, [toX, toY]: Point): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(toX, toY, { steps: 5 });
}

/** Drags the goal to a random place of the picture; the page keeps it among the goals of training. */
async function dragGoal(page: Page, rng: Rng): Promise<void> {
  const from = (await snapshot(page)).slots[0]?.goalOnScreen ?? [0, 0];
  await drag(page, from, [SIZE.width * rng.uniformIn(0.1, 0.7), SIZE.height * rng.uniformIn(0.2, 0.9)]);
  await page.mouse.up();
}

/** Drags the link above the tool for half a second, and returns the largest force, N. */
async function push(page: Page, rng: Rng): Promise<number> {
  const [slot] = (await snapshot(page)).slots;
  const [x, y] = slot?.endEffectorOnScreen ?? [0, 0];
  const [goalX, goalY] = slot?.goalOnScreen ?? [0, 0];
  const cursor = 'document.getElementById("picture").style.cursor';
  for (let up = 10; up < 160; up += 6) {
    // The pointer would take the goal.
    if (Math.hypot(x - goalX, y - up - goalY) < GOAL_PIXELS) continue;
    await page.mouse.move(x, y - up);
    if ((await page.evaluate<string>(cursor)) !== "grab") continue;
    const angle = rng.uniformIn(-Math.PI, Math.PI);
    await drag(page, [x, y - up], [x + 120 * Math.cos(angle), y - up + 120 * Math.sin(angle)]);
    let force = 0;
    for (let i = 0; i < 5; i++) {
      await page.waitForTimeout(100);
      force = Math.max(force, (await snapshot(page)).push);
    }
    await page.mouse.up();
    if (force > 0) return force;
  }
  return 0;
}

async function observe(page: Page, kind: Interval["kind"], force: number): Promise<Interval> {
  const interval: Interval = {
    kind,
    force,
    farthest: 0,
    lowest: Number.POSITIVE_INFINITY,
    atEnd: Number.NaN,
  };
  for (const end = performance.now() + 1000 * INTERVAL; performance.now() < end; ) {
    const [slot] = (await snapshot(page)).slots;
    interval.atEnd = slot?.distance ?? Number.NaN;
    interval.farthest = Math.max(interval.farthest, interval.atEnd);
    interval.lowest = Math.min(interval.lowest, slot?.endEffector[2] ?? Number.NaN);
    await page.waitForTimeout(100);
  }
  return interval;
}

mkdirSync(flags.out, { recursive: true });
const browser = await launchChromium();
const server = await startWatchServer({
  library: new Library({ named: [flags.policy], runs: flags.out, zoo: flags.out }),
  page: readPageFiles(join(ROOT, "dist/viewer/web")),
  version: "",
  port: 0,
});
const intervals: Interval[] = [];
try {
  const context = await browser.newContext({ viewport: SIZE });
  const page = await context.newPage();
  await page.goto(server.address.replace("/#", "/?seed=1#"));
  await untilState(page, ({ slots, loadedSeeds, seed }) => slots.length > 0 && loadedSeeds.includes(seed));
  await page.keyboard.press("l");
  await untilState(page, ({ live, time }) => live && time > 3);
  const rng = Rng.fromSeed(1);
  const count = (60 * Number(flags.minutes)) / INTERVAL;
  for (let i = 0; i < count; i++) {
    const isPush = i % 2 === 1;
    const force = isPush ? await push(page, rng) : 0;
    if (!isPush) await dragGoal(page, rng);
    const picture = (moment: string) =>
      page.screenshot({ path: join(flags.out, `${String(i).padStart(2, "0")}-${moment}.png`) });
    await picture("disturbed");
    const interval = await observe(page, isPush ? "pushed" : "goal dragged", force);
    intervals.push(interval);
    writeFileSync(join(flags.out, "intervals.json"), `${JSON.stringify(intervals, null, 2)}\n`);
    await picture("after");
    if ((i + 1) % 6 === 0)
      console.log(`${(i + 1) / 6} min: ${(100 * interval.atEnd).toFixed(1)} cm from the goal`);
  }
  await context.close();
} finally {
  await browser.close();
  await server.close();
}
const away = intervals.filter(({ atEnd }) => !(atEnd <= AT_GOAL));
const pushes = intervals.filter(({ kind }) => kind === "pushed");
const centimetres = (x: number) => `${(100 * x).toFixed(1)} cm`;
console.log(
  [
    `${basename(flags.policy)}: ${intervals.length - away.length} of ${intervals.length} intervals of ${INTERVAL} s ended at the goal`,
    `${intervals.length - pushes.length} goals dragged, ${pushes.length} pushes of up to ${Math.max(...pushes.map(({ force }) => force)).toFixed(0)} N`,
    `the tool was never below ${centimetres(Math.min(...intervals.map(({ lowest }) => lowest)))}`,
  ].join("; "),
);
process.exitCode = away.length === 0 ? 0 : 1;
