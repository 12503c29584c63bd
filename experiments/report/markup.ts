/**
 * @file Text into HTML and SVG without a way for it to become markup.
 *
 * What is put into the template is escaped; only what the template itself made is not.
 */

/** Well-formed HTML or SVG, made by `markup`. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text and numbers are escaped, lists are put one after another, undefined is nothing. */
export type Piece = string | number | Markup | undefined | readonly Piece[];

/** Template tag: ``markup`<p title="${title}">${text}</p>` ``; attributes must be in double quotes. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + rendered(pieces[i - 1]) + part));
}

/** Text as HTML and XML take it, in elements and in quoted attributes. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

// Characters that no XML document may hold, not even escaped: a run's name could have them.
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function rendered(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "string") return escaped(piece.replaceAll(FORBIDDEN, "\ufffd"));
  if (typeof piece === "number") return String(piece);
  return piece.map(rendered).join("");
}
