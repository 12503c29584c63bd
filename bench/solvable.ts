/**
 * @file How often hand-written scripts solve each task with an object under each control: `npx tsx bench/solvable.ts [--json] [--seeds 100] [--from 101]`.
 *
 * Scripts see what a policy sees and act as it does. What they reach is a bound from below on what can be learned.
 * They were written with seeds 0 to 100 in view, so by default they are measured on the hundred after those.
 */

import { parseArgs } from "node:util";
import { ENVIRONMENTS } from "../env/registry.ts";
import { parseConfig } from "../shared/config.ts";
import { playScript, SCRIPTS } from "./scripted/scripts.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "101" },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.from) + i);

const rows: object[] = [];
for (const id of Object.keys(SCRIPTS)) {
  for (const control of ENVIRONMENTS[id]?.controls ?? []) {
    const solved = await playScript(parseConfig({ env: { id, control } }, "bench/solvable"), seeds);
    rows.push({ id, control, episodes: seeds.length, ...solved });
    if (!values.json) {
      const { successRate, successOnce, failed } = solved;
      const shown = failed.length === 0 ? "" : `  failed: ${failed.join(", ")}`;
      console.log(
        `${id.padEnd(30)}${control.padEnd(10)}${successRate.toFixed(2)} held at the end  ${successOnce.toFixed(2)} once${shown}`,
      );
    }
  }
}
if (values.json) console.log(JSON.stringify(rows, null, 2));
