/** @file A real browser for tests and pictures: Chromium from npm, or the one that CHROME_PATH names. */

import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/** WebGL without a graphics card, and no sandbox: a root user in a container has none. */
const ARGUMENTS = [
  "--no-sandbox",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
];

/** Starts the browser; whoever asked closes it. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env["CHROME_PATH"] ?? (await sparticuz.executablePath());
  return chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
}
