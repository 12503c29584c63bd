/** @file Replaces generated text in a Markdown document, between two marks. */

import { readFileSync } from "node:fs";
import { writeFileAtomically } from "../storage/atomic-file.ts";

/** Replaces everything between `<!-- mark -->` and `<!-- /mark -->` in a Markdown file; the marks stay. */
export function replaceMarked(path: string, mark: string, content: string): void {
  const text = readFileSync(path, "utf8");
  const [begin, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path}: expected ${begin} … ${end}`);
  writeFileAtomically(path, `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`);
}
