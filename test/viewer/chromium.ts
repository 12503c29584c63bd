/** @file Launches Chromium for tests and pictures: the npm package, or the executable in CHROME_PATH. */

import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

/** Software WebGL, and no sandbox, which is not available to root in a container. */
const ARGUMENTS = [
  "--no-sandbox",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
  // Software GL composes the page several times slower than Chromium's own software compositor.
  "--disable-gpu-compositing",
];

/** Launches the browser. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env["CHROME_PATH"] ?? (await sparticuz.executablePath());
  return chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
}
