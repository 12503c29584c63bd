/**
 * @file Report as one self-contained HTML document: no scripts, no external resources.
 *
 * All text is escaped; only chart SVGs are inserted unchanged. Text between backticks is rendered as code.
 */

import { Markup, markup, type Piece } from "./markup.ts";
import { PAGE_STYLE } from "./page-style.ts";

export interface ReportPage {
  readonly title: string;
  /** Summary and result in a sentence or two. */
  readonly lead: string;
  /** Provenance: command, date, versions, machine. */
  readonly facts: readonly Term[];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export interface Term {
  readonly term: string;
  readonly text: string;
}

export type Verdict = "confirmed" | "refuted" | "half-true" | "undecided";

export interface Figure {
  /** Lower-case words joined by hyphens, unique in the report and stable across versions; names the figure's file. */
  readonly id: string;
  /** The output of a chart function; inserted without escaping. */
  readonly svg: string;
  readonly caption: string;
}

export interface Column {
  readonly name: string;
  /** Numeric columns are aligned right. */
  readonly numeric?: boolean;
}

export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "figure"; readonly figure: Figure }
  /** Small charts side by side under one caption. */
  | { readonly kind: "charts"; readonly charts: readonly string[]; readonly caption: string }
  | {
      readonly kind: "table";
      readonly caption: string;
      readonly columns: readonly Column[];
      /** The first cell of each row is its header. */
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: "verdict"; readonly verdict: VerdictBox }
  | { readonly kind: "terms"; readonly terms: readonly Term[] }
  | { readonly kind: "code"; readonly text: string }
  /** Collapsed by default. */
  | { readonly kind: "details"; readonly summary: string; readonly blocks: readonly Block[] };

export interface VerdictBox {
  readonly claim: string;
  readonly verdict: Verdict;
  /** The measured numbers that decide the verdict. */
  readonly because: string;
  /** The rule from numbers to verdict, fixed before measuring. */
  readonly rule: string;
}

const ICONS: Readonly<Record<Verdict, string>> = {
  confirmed: "✓",
  refuted: "✗",
  "half-true": "◐",
  undecided: "?",
};

/** The figures of all sections, in order. */
export function figuresOf(sections: readonly Section[]): readonly Figure[] {
  return sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === "figure" ? [block.figure] : [])),
  );
}

/** The complete document; equal pages give equal text. */
export function renderPage(page: ReportPage): string {
  const contents = page.sections.map(
    ({ heading }, i) => markup`<li><a href="#${anchor(heading, i)}">${heading}</a></li>`,
  );
  const sections = page.sections.map(
    ({ heading, blocks }, i) =>
      markup`<section id="${anchor(heading, i)}"><h2>${heading}</h2>${blocks.map(renderBlock)}</section>\n`,
  );
  const { text } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="steadyarm">
<title>${page.title}</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<header><h1>${page.title}</h1><p class="lead">${prose(page.lead)}</p>${renderTerms(page.facts)}</header>
<main>
<nav aria-label="Contents"><ol>${contents}</ol></nav>
${sections}</main>
</body>
</html>
`;
  return text;
}

function renderBlock(block: Block): Markup {
  switch (block.kind) {
    case "text":
      return markup`<p>${prose(block.text)}</p>`;
    case "figure":
      return markup`<figure>${new Markup(block.figure.svg)}<figcaption>${prose(block.figure.caption)}</figcaption></figure>`;
    case "charts":
      return markup`<figure><div class="charts">${block.charts.map((svg) => new Markup(svg))}</div><figcaption>${prose(block.caption)}</figcaption></figure>`;
    case "table":
      return renderTable(block.caption, block.columns, block.rows);
    case "verdict":
      return renderVerdict(block.verdict);
    case "terms":
      return renderTerms(block.terms);
    case "code":
      return markup`<pre><code>${block.text}</code></pre>`;
    case "details":
      return markup`<details><summary>${prose(block.summary)}</summary>${block.blocks.map(renderBlock)}</details>`;
  }
}

function renderTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): Markup {
  const kind = (i: number) => (columns[i]?.numeric === true ? "number" : "words");
  const head = columns.map(({ name }, i) => markup`<th scope="col" class="${kind(i)}">${prose(name)}</th>`);
  const body = rows.map((cells) => {
    const rendered = cells.map((cell, i) =>
      i === 0
        ? markup`<th scope="row">${prose(cell)}</th>`
        : markup`<td class="${kind(i)}">${prose(cell)}</td>`,
    );
    return markup`<tr>${rendered}</tr>`;
  });
  // Focusable, so that a table wider than the screen can be scrolled with the keyboard.
  return markup`<div class="table" tabindex="0" role="group" aria-label="${caption}"><table><caption>${prose(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function renderVerdict({ claim, verdict, because, rule }: VerdictBox): Markup {
  return markup`<aside class="verdict ${verdict}"><p class="claim">${prose(claim)}</p><p class="outcome"><strong><span aria-hidden="true">${ICONS[verdict]}</span> ${verdict}</strong> ${prose(because)}</p><p class="rule">Rule: ${prose(rule)}</p></aside>`;
}

function renderTerms(terms: readonly Term[]): Markup {
  const entries = terms.map(
    ({ term, text }) => markup`<div><dt>${prose(term)}</dt><dd>${prose(text)}</dd></div>`,
  );
  return markup`<dl>${entries}</dl>`;
}

/** Text whose parts between backticks are code. */
function prose(text: string): Piece {
  return text.split("`").map((part, i, parts) => {
    // An unpaired backtick is literal.
    if (i % 2 === 0) return part;
    return i === parts.length - 1 ? `\`${part}` : markup`<code>${part}</code>`;
  });
}

/** The section's URL fragment. */
function anchor(heading: string, index: number): string {
  const words = heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return words === "" ? `section-${index + 1}` : `${index + 1}-${words}`;
}
