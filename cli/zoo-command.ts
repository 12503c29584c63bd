/** @file `steadyarm zoo`: lists the trained policies that come with steadyarm. */

import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { InputError } from "../shared/errors.ts";
import { listFolder } from "../storage/list-folder.ts";
import { packageRoot } from "../storage/package-root.ts";
import { CARD_FILE, readCard, type ZooCard } from "../storage/zoo-card.ts";
import { textTable } from "./text-table.ts";

interface ZooEntry extends ZooCard {
  readonly name: string;
  /** Folder, which `eval`, `watch` and `record` take; relative to the working directory. */
  readonly path: string;
}

export function zooCommand({ json }: { readonly json?: boolean }): number {
  const folder = join(packageRoot(), "zoo");
  if (!existsSync(folder))
    throw new InputError(`${folder}: expected the zoo, got nothing there. Install steadyarm again`);
  const entries = listFolder(folder)
    .filter((name) => existsSync(join(folder, name, CARD_FILE)))
    .map((name) => {
      const path = join(folder, name);
      return { name, path: relative(process.cwd(), path), ...readCard(path) };
    });
  process.stdout.write(json === true ? `${JSON.stringify(entries, null, 2)}\n` : table(entries));
  return 0;
}

function table(entries: readonly ZooEntry[]): string {
  const header = ["policy", "environment", "control", "success", "steps", "minutes", "demonstrations"];
  const rows = entries.map((entry) => [
    entry.path,
    entry.env,
    entry.control,
    `${entry.successRate.toFixed(3)} of ${entry.episodes}`,
    entry.steps.toLocaleString("en"),
    `${entry.minutes}`,
    entry.demonstrations ? "yes" : "no",
  ]);
  const [first] = entries;
  const hint =
    first === undefined
      ? []
      : ["", `Watch one: steadyarm watch ${first.path}`, "How each was trained: steadyarm zoo --json"];
  return `${[...textTable(header, rows), ...hint].join("\n")}\n`;
}
