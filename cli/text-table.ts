/** @file A table in plain text, for terminals. */

import { printable } from "../shared/errors.ts";

/** Returns lines of columns that are as wide as their widest cell, the header first. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const table = [header, ...rows].map((cells) => cells.map(printable));
  const widths = header.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  return table.map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
}
