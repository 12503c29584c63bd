/** @file One HTML file with everything in it: the page's script and styles, and a recording. Pure but for its input. */

import { RECORDING_ID, type Recording } from "./recording-format.ts";

/** What a page is made of, as text. */
export interface PageParts {
  /** The page itself, as it was served. */
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

/** The file may run what is in it and reach nothing else. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; media-src blob:; base-uri 'none'; form-action 'none'";

/** Puts page and recording into one file that plays from a disk. */
export function htmlFile({ html, script, style }: PageParts, recording: Recording, title: string): string {
  const head = [
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    `<style>${style.replaceAll("</style", "<\\/style")}</style>`,
    `<script type="application/json" id="${RECORDING_ID}">${embeddable(JSON.stringify(recording))}</script>`,
    `<script type="module">${embeddableScript(script)}</script>`,
  ].join("\n");
  return (
    html
      .replace(/<script\b[^>]*\bsrc=[^>]*><\/script>\s*/g, "")
      .replace(/<link\b[^>]*rel="(?:stylesheet|icon|modulepreload)"[^>]*>\s*/g, "")
      .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeText(title)}</title>`)
      // A function, so that a dollar sign in the script is only that.
      .replace("</head>", () => `${head}\n</head>`)
  );
}

/** JSON that cannot end the element it is in. */
function embeddable(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

/** A script that cannot end the element it is in: both only ever stand in texts and patterns. */
function embeddableScript(script: string): string {
  return script.replace(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
