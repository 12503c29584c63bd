/** @file Builds an HTML file that contains the page's script and styles and a recording. */

import { RECORDING_ID, type Recording } from "./recording-format.ts";

export interface PageParts {
  /** index.html as served. */
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

/** The file may run its own script and connect to nothing. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; media-src blob:; base-uri 'none'; form-action 'none'";

/** Returns a page that plays the recording without a server. */
export function htmlFile({ html, script, style }: PageParts, recording: Recording, title: string): string {
  const head = [
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    `<style>${style.replaceAll("</style", "<\\/style")}</style>`,
    `<script type="application/json" id="${RECORDING_ID}">${escapeJson(JSON.stringify(recording))}</script>`,
    `<script type="module">${escapeScript(script)}</script>`,
  ].join("\n");
  return (
    html
      .replace(/<script\b[^>]*\bsrc=[^>]*><\/script>\s*/g, "")
      .replace(/<link\b[^>]*rel="(?:stylesheet|icon|modulepreload)"[^>]*>\s*/g, "")
      .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeText(title)}</title>`)
      // A function, since a replacement text would interpret dollar signs.
      .replace("</head>", () => `${head}\n</head>`)
  );
}

/** Escapes JSON so that it cannot end its script element. */
function escapeJson(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

/** Escapes a script so that it cannot end its element. The escaped text only occurs in strings and patterns. */
function escapeScript(script: string): string {
  return script.replace(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
