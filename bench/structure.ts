/**
 * @file Prints the size and the import cycles of a checkout: `npx tsx bench/structure.ts [--root <checkout>]`.
 *
 * Per top-level folder, without tests: TypeScript files, lines, share of all lines, files directly in the folder, and
 * lines of the longest file. Type imports count as imports.
 */

import "./help.ts";

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { importCycles, importsOf, sourceFiles } from "./import-graph.ts";

const SKIPPED = new Set(["node_modules", "dist", "test", "runs", "sweeps", "coverage"]);
const WIDTHS = [6, 7, 7, 7, 9];

const { values } = parseArgs({
  options: { root: { type: "string", default: join(import.meta.dirname, "..") } },
});
const { root } = values;
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name) && !entry.name.startsWith("."))
  .map(({ name }) => name)
  .sort();
const files = folders.flatMap((folder) => sourceFiles(root, folder));
const lines = new Map(
  files.map((file) => [file, readFileSync(join(root, file), "utf8").split("\n").length - 1]),
);
const linesOf = (of: readonly string[]) => of.reduce((sum, file) => sum + (lines.get(file) ?? 0), 0);

console.log("folder       files  lines  share  loose  longest");
for (const folder of folders) {
  const own = files.filter((file) => file.startsWith(`${folder}/`));
  if (own.length === 0) continue;
  const share = `${((100 * linesOf(own)) / linesOf(files)).toFixed(0)} %`;
  const loose = own.filter((file) => dirname(file) === folder).length;
  const longest = Math.max(...own.map((file) => lines.get(file) ?? 0));
  const cells = [own.length, linesOf(own), share, loose, longest];
  console.log(folder.padEnd(12) + cells.map((cell, i) => String(cell).padStart(WIDTHS[i] ?? 0)).join(""));
}
console.log(`${files.length} files, ${linesOf(files)} lines`);
const cycles = importCycles(
  files,
  files.flatMap((file) => importsOf(root, file)),
);
console.log(`${cycles.length} import cycles`);
for (const cycle of cycles) console.log(`  ${cycle.join(" → ")}`);
