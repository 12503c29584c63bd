/** @file A report as Markdown: the same content as its page, with figures as files beside it. */

import { internal } from "../../shared/errors.ts";
import type { Block, ReportPage } from "./page.ts";

/**
 * The whole report; the same page is always the same text.
 *
 * @param figureFile where the file of a chart is, from the Markdown's folder
 */
export function renderMarkdown(page: ReportPage, figureFile: (svg: string) => string | undefined): string {
  const render = (block: Block): string => {
    switch (block.kind) {
      case "text":
        return inline(block.text);
      case "figure":
        return image(block.figure.svg, block.figure.caption);
      case "charts":
        return [...block.charts.map((svg) => image(svg, "")), inline(block.caption)].join("\n\n");
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
  const image = (svg: string, caption: string) => {
    const file = figureFile(svg);
    if (file === undefined) throw internal("a report's figure has no file");
    return `![${inline(caption).replaceAll(/[[\]]/g, "\\$&")}](${encodeURI(file)})`;
  };
  const parts = [
    `# ${inline(page.title)}`,
    inline(page.lead),
    page.facts.map(({ term, text }) => `- ${inline(term)}: ${inline(text)}`).join("\n"),
    ...page.sections.flatMap(({ heading, blocks }) => [`## ${inline(heading)}`, ...blocks.map(render)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function table(
  caption: string,
  names: readonly string[],
  numeric: readonly boolean[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => inline(text).replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = `|${numeric.map((right) => (right ? "---:" : "---")).join("|")}|`;
  return [inline(caption), "", line(names), rule, ...rows.map(line)].join("\n");
}

/** Text on one line that cannot become markup of its own; words between backticks stay code. */
function inline(text: string): string {
  const flat = text.replaceAll(/\s+/g, (gap) => (gap === "\u202f" ? gap : " "));
  return flat
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/[\\*_<>#]/g, "\\$&")))
    .join("");
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
