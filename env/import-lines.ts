/** @file What was assumed about a robot file and left out of it, in lines for the terminal. */

import { type EnvConfig, parseConfig } from "../shared/config.ts";
import { setFlags, shellQuoted } from "../shared/shell-quote.ts";
import { importedArm } from "./registry.ts";
import type { ImportedArm } from "./urdf/imported-arm.ts";

interface ImportReport {
  readonly assumed: readonly string[];
  readonly leftOut: readonly string[];
}

/** Returns a line for each assumption and each part left out. */
export function importLines({ assumed, leftOut }: ImportReport): string[] {
  return [...assumed.map((line) => `assumed: ${line}`), ...leftOut.map((line) => `left out: ${line}`)];
}

/** Returns the assumptions about a config's URDF, and how to list what is left out; empty without a URDF. */
export function importSummary(env: EnvConfig): string[] {
  const { assumed, leftOut } = importedArm(env) ?? { assumed: [], leftOut: [] };
  const lines = importLines({ assumed, leftOut: [] });
  if (leftOut.length === 0) return lines;
  const count = leftOut.length === 1 ? "1 element" : `${leftOut.length} elements`;
  return [
    ...lines,
    `${count} of the file left out of the simulation, such as meshes. List them with: ${importCommand(env.urdf)}`,
  ];
}

/** Returns the command that examines a URDF with these settings. */
function importCommand(urdf: EnvConfig["urdf"]): string {
  return `npx steadyarm import ${shellQuoted(urdf.file)} ${setFlags(changedSettings(urdf))}`.trim();
}

/** Returns the settings of a URDF that differ from their defaults, by path, without file and checksum. */
export function changedSettings({ file, sha256, ...settings }: EnvConfig["urdf"]): Record<string, unknown> {
  const defaults = settingsByName(parseConfig({}, "defaults").env.urdf);
  const changed = [...settingsByName(settings)].filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults.get(name)),
  );
  return Object.fromEntries(changed.map(([name, value]) => [`env.urdf.${name}`, value]));
}

function settingsByName(settings: object): Map<string, unknown> {
  return new Map(Object.entries(settings));
}

/** Returns a line about a home that was chosen, and one about goals that are not drawn from a cube. */
export function homeAndGoalLines({ model, goals, isHomeChosen }: ImportedArm): string[] {
  const home = `--set env.urdf.home=${JSON.stringify(model.home)}`;
  return [
    ...(isHomeChosen
      ? [`home was chosen, because the arm is straight or has no goals where the file puts it: ${home}`]
      : []),
    ...(goals.points === "postures"
      ? [
          `goals are tool positions at random postures near home, because the arm reaches ${Math.round(100 * goals.reached)} % of the cube about its tool`,
        ]
      : []),
  ];
}
