/** @file Child process: prints progress on stdout for a second, then a line on stderr. */

import { setTimeout as sleep } from "node:timers/promises";
import { ProgressLine } from "../../training/progress-line.ts";

let seconds = 0;
const progress = new ProgressLine({ stream: process.stdout, total: 1000, now: () => seconds, env: {} });
for (let step = 10; step <= 1000; step += 10) {
  seconds += 1;
  progress.advance(step, step);
  progress.evaluated(0.5);
  await sleep(10);
}
progress.close();
console.error("trained to the end");
