/** @file Report as Markdown: the same content as the HTML page, with figures as linked files. */

import { internal } from "../../shared/errors.ts";
import type { Block, ReportPage } from "./page.ts";

/**
 * The report as one Markdown document; equal pages give equal text.
 *
 * @param figureFolder where the figures are, relative to the document: each is `<figureFolder>/<id>.svg`
 */
export function renderMarkdown(page: ReportPage, figureFolder: string): string {
  const render = (block: Block): string => {
    switch (block.kind) {
      case "text":
        return inline(block.text);
      case "figure":
        return image(`${figureFolder}/${block.figure.id}.svg`, block.figure.caption);
      case "charts":
        throw internal("a group of small charts has no files to link to from Markdown");
      case "table":
        return table(
          block.caption,
          block.columns.map(({ name }) => name),
          block.columns.map(({ numeric }) => numeric === true),
          block.rows,
        );
      case "verdict": {
        const { claim, verdict, because, rule } = block.verdict;
        return `> **${inline(claim)}** ${verdict}: ${inline(because)} Rule: ${inline(rule)}`;
      }
      case "terms":
        return block.terms.map(({ term, text }) => `- **${inline(term)}**: ${inline(text)}`).join("\n");
      case "code":
        return fenced(block.text);
      case "details":
        return [`**${inline(block.summary)}**`, ...block.blocks.map(render)].join("\n\n");
    }
  };
  const parts = [
    `# ${inline(page.title)}`,
    inline(page.lead),
    page.facts.map(({ term, text }) => `- ${inline(term)}: ${inline(text)}`).join("\n"),
    ...page.sections.flatMap(({ heading, blocks }) => [`## ${inline(heading)}`, ...blocks.map(render)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function image(file: string, caption: string): string {
  return `![${inline(caption).replaceAll(/[[\]]/g, "\\$&")}](${encodeURI(file)})`;
}

function table(
  caption: string,
  names: readonly string[],
  numeric: readonly boolean[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => inline(text).replaceAll("|", "\\|")).join(" | ")} |`;
  const alignment = `|${numeric.map((right) => (right ? "---:" : "---")).join("|")}|`;
  return [inline(caption), "", line(names), alignment, ...rows.map(line)].join("\n");
}

/** Text on one line with Markdown characters escaped; text between backticks stays code. */
function inline(text: string): string {
  const singleLine = text.replaceAll(/\s+/g, (gap) => (gap === "\u202f" ? gap : " "));
  return singleLine
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/[\\*_<>#]/g, "\\$&")))
    .join("");
}

/** A code block whose fence is longer than any run of backticks in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
