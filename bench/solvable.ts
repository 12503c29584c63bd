/**
 * @file Success rates of hand-written scripts for each task with an object, under each control mode:
 * `npx tsx bench/solvable.ts [--json] [--seeds 100] [--from 101]`.
 *
 * Scripts get the observations and give the actions of a policy, so their success rate is a lower bound of what a
 * policy can reach. They were written on seeds 0 to 100; by default the next hundred are played.
 */

import "./help.ts";

import { parseArgs } from "node:util";
import { ENVIRONMENTS } from "../env/registry.ts";
import { SCRIPTED } from "../env/scripted/scripts.ts";
import { parseConfig } from "../shared/config.ts";
import { evaluateScript } from "../training/scripted-episodes.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "101" },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.from) + i);

const rows: object[] = [];
for (const id of SCRIPTED) {
  for (const control of ENVIRONMENTS[id]?.controls ?? []) {
    const result = await evaluateScript(parseConfig({ env: { id, control } }, "bench/solvable"), seeds);
    rows.push({ id, control, episodes: seeds.length, ...result });
    if (!values.json) {
      const { successRate, successOnce, failed } = result;
      const failures = failed.length === 0 ? "" : `  failed: ${failed.join(", ")}`;
      console.log(
        `${id.padEnd(30)}${control.padEnd(10)}${successRate.toFixed(2)} held at the end  ${successOnce.toFixed(2)} once${failures}`,
      );
    }
  }
}
if (values.json) console.log(JSON.stringify(rows, null, 2));
