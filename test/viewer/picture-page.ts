/** @file Opens the viewer in a browser at one moment of an episode and saves a screenshot of it. */

import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { POLL } from "../time-limits.ts";
import { untilState } from "./page-state.ts";

/** One picture: which link to open, and what to do before the screenshot. */
export interface Picture {
  /** File name without `.png`. */
  readonly name: string;
  /** Query of the link (viewer/web/state/deep-link.ts). */
  readonly query: string;
  readonly options: BrowserContextOptions;
  readonly prepare?: (page: Page) => Promise<void>;
}

/** The page redraws at full resolution once it has been at rest for this long, ms. */
const SETTLING = 2500;

/**
 * Takes a picture and prints its path.
 *
 * @param address of a watch server, with its token
 */
export async function takePicture(
  browser: Browser,
  address: string,
  picture: Picture,
  folder: string,
): Promise<void> {
  const context = await browser.newContext({ locale: "en-US", reducedMotion: "reduce", ...picture.options });
  const page = await context.newPage();
  page.setDefaultTimeout(POLL.timeout);
  await page.goto(address.replace("/#", `/?${picture.query}#`));
  await untilState(page, ({ loadedSeeds, seeds }) => loadedSeeds.length === seeds.length);
  await picture.prepare?.(page);
  await page.waitForTimeout(SETTLING);
  const path = join(folder, `${picture.name}.png`);
  await page.screenshot({ path });
  await context.close();
  process.stdout.write(`${path}\n`);
}
