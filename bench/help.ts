/**
 * @file Answers `--help`: prints the `@file` comment of the script that was started, and ends it.
 *
 * Every script of this folder imports this file first: imports are evaluated in order, so nothing else has begun.
 */

import { readFileSync } from "node:fs";

const [script = "", ...words] = process.argv.slice(1);
if (words.includes("--help") || words.includes("-h")) {
  const path = script.endsWith(".ts") ? script : `${script}.ts`;
  process.stdout.write(`${usageOf(readFileSync(path, "utf8"))}\n`);
  process.exit(0);
}

/** Returns the text of a source's `@file` comment. */
export function usageOf(source: string): string {
  const [, comment = ""] = /^\/\*\*(.*?)\*\//s.exec(source) ?? [];
  const lines = comment.split("\n").map((line) => line.replace(/^ \* ?/, "").trimEnd());
  return lines
    .join("\n")
    .trim()
    .replace(/^@file /, "");
}
