/** @file Reads `window.steadyarm` of a page in the browser, and waits for a state of it. */

import type { Page } from "playwright-core";
import type { PageSnapshot } from "../../viewer/web/state/page-snapshot.ts";
import { POLL } from "../time-limits.ts";

/** Returns the page's current state. */
export function snapshot(page: Page): Promise<PageSnapshot> {
  return page.evaluate<PageSnapshot>("window.steadyarm");
}

/** Waits until the page's state meets a condition, and returns it. */
export async function untilState(
  page: Page,
  condition: (state: PageSnapshot) => boolean,
): Promise<PageSnapshot> {
  for (const end = Date.now() + POLL.timeout; ; ) {
    const state = await page.evaluate<PageSnapshot | undefined>("window.steadyarm");
    if (state !== undefined && condition(state)) return state;
    if (Date.now() > end) throw new Error(`waited for ${condition}, got ${JSON.stringify(state)}`);
    await page.waitForTimeout(POLL.interval);
  }
}

/** Waits until an expression is true in the page. */
export async function untilTrue(page: Page, expression: string): Promise<void> {
  for (const end = Date.now() + POLL.timeout; !(await page.evaluate<boolean>(expression)); ) {
    if (Date.now() > end) throw new Error(`waited for ${expression}`);
    await page.waitForTimeout(POLL.interval);
  }
}

/** Waits until the changes of a state are drawn: the page draws in its next animation frame. */
export async function untilDrawn(page: Page): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}
