/** @file `steadyarm settings`: lists all settings and presets. */

import { settings } from "../shared/config.ts";
import { show } from "../shared/errors.ts";
import { PRESETS } from "../shared/presets.ts";

export function settingsCommand({ json }: { readonly json?: boolean }): number {
  const all = settings();
  if (json === true) {
    const rows = all.map(({ path, defaultValue, expected, meaning, origin }) => ({
      path,
      default: defaultValue,
      expected,
      meaning,
      origin,
    }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return 0;
  }
  const lines = all.flatMap(({ path, defaultValue, expected, meaning, origin }) => [
    `${path} = ${show(defaultValue)}`,
    `    ${meaning}`,
    `    Valid: ${expected}. Default: ${origin}.`,
  ]);
  const presets = PRESETS.flatMap(({ name, meaning, settings }) => [
    `--preset ${name}`,
    `    ${meaning}`,
    ...(Object.keys(settings.agent).length > 0 ? [`    ${JSON.stringify(settings)}`] : []),
  ]);
  process.stdout.write(`${[...lines, "", ...presets].join("\n")}\n`);
  return 0;
}
