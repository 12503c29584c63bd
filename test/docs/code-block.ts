/** @file The code blocks of the documents, which tests run. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The first code block of a language in a document, whose path is relative to the clone. */
export function blockOf(document: string, language: string): string {
  const text = readFileSync(join(import.meta.dirname, "../..", document), "utf8");
  const block = text.match(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``))?.[1];
  if (block === undefined) throw new Error(`${document} has no ${language} block`);
  return block;
}
