/**
 * @file HTML and SVG from templates, safe against injection.
 *
 * Values interpolated into a template are escaped; `Markup` values are inserted unchanged.
 */

/** Well-formed HTML or SVG. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A template value: text and numbers are escaped, lists are concatenated, undefined is empty. */
export type Piece = string | number | Markup | undefined | readonly Piece[];

/** Template tag: ``markup`<p title="${title}">${text}</p>` ``. Attributes must be in double quotes. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + rendered(pieces[i - 1]) + part));
}

/** Text escaped for HTML and XML, in elements and in quoted attributes. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

// XML forbids these characters even when escaped, and a run's name may contain them.
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function rendered(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "string") return escaped(piece.replaceAll(FORBIDDEN, "\ufffd"));
  if (typeof piece === "number") return String(piece);
  return piece.map(rendered).join("");
}
