/** @file Opens the viewer in a browser at one moment of an episode and saves a screenshot of it. */

import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { PageSnapshot } from "../../viewer/web/page-snapshot.ts";

/** One picture: which link to open, and what to do before the screenshot. */
export interface Picture {
  /** File name without `.png`. */
  readonly name: string;
  /** Query of the link (viewer/web/deep-link.ts). */
  readonly query: string;
  readonly options: BrowserContextOptions;
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Milliseconds to wait for a state of the page. */
const PATIENCE = 60_000;

/** The page redraws at full resolution once it has been at rest for this long, ms. */
const SETTLING = 2500;

/** Waits until the page's state meets a condition; throws after a minute. */
export async function until(page: Page, condition: (state: PageSnapshot) => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE; ; ) {
    const state = await page.evaluate<PageSnapshot | undefined>("window.steadyarm");
    if (state !== undefined && condition(state)) return;
    if (Date.now() > end) throw new Error(`waited for ${condition}, had ${JSON.stringify(state)}`);
    await page.waitForTimeout(50);
  }
}

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
  await page.goto(address.replace("/#", `/?${picture.query}#`));
  await until(page, (state) => state.known.length >= 8);
  await picture.prepare?.(page);
  await page.waitForTimeout(SETTLING);
  const path = join(folder, `${picture.name}.png`);
  await page.screenshot({ path, timeout: 120_000 });
  await context.close();
  process.stdout.write(`${path}\n`);
}
