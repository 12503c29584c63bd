/** @file `steadyarm settings`: everything that --set and --config can change. */

import { settings } from "../shared/config.ts";
import { show } from "../shared/errors.ts";
import { PRESETS } from "../shared/presets.ts";

export function settingsCommand({ json }: { readonly json?: boolean }): number {
  const all = settings();
  if (json === true) {
    const rows = all.map(({ path, initial, expected, meaning, origin }) => ({
      path,
      default: initial,
      expected,
      meaning,
      origin,
    }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return 0;
  }
  const presets = PRESETS.flatMap(({ name, meaning, settings: { agent } }) => [
    `--preset ${name}`,
    `    ${meaning}`,
    ...(Object.keys(agent).length > 0 ? [`    ${JSON.stringify({ agent })}`] : []),
  ]);
  const lines = all.flatMap(({ path, initial, expected, meaning, origin }) => [
    `${path} = ${show(initial)}`,
    `    ${meaning}`,
    `    Accepts ${expected}. Default from: ${origin}.`,
  ]);
  process.stdout.write(`${[...lines, "", ...presets].join("\n")}\n`);
  return 0;
}
