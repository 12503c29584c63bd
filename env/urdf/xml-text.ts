/** @file The text of an XML file: decodes its bytes, and mends deviations that ROS's parser, TinyXML-2, accepts too. */

/** Bytes that the XML declaration must lie in. */
const MAX_DECLARATION = 256;

/**
 * Returns the text of an XML file: in UTF-8 or UTF-16 by its byte order mark, else in the declared encoding, else in
 * UTF-8. Bytes that are invalid there are read as Latin-1, as they are usually a comment's.
 */
export function decodeXml(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const head = String.fromCharCode(...bytes.subarray(0, MAX_DECLARATION));
  const [, declared = "utf-8"] = /^[^<]*<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(head) ?? [];
  // A declaration that is legible as bytes is not in UTF-16, whatever it says.
  const label = /^utf-?16|^ucs/i.test(declared) ? "utf-8" : declared;
  return decodeAs(label, bytes) ?? decodeAs("utf-8", bytes) ?? new TextDecoder("latin1").decode(bytes);
}

/** Returns undefined if the encoding is unknown or the bytes are invalid in it. */
function decodeAs(label: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Start and end of the parts whose content a robot's description does not use. */
const UNUSED = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

/**
 * Returns the text with comments, CDATA and processing instructions blanked, so that a strict parser accepts `--` in a
 * comment and any version, encoding and place of the XML declaration. A tag's name may follow white space, and `&` may
 * stand alone. The text ends at a NUL, as some editors end files. Line numbers stay.
 */
export function mendXml(whole: string): string {
  const [text = ""] = whole.split("\0", 1);
  const pieces: string[] = [];
  let end = 0;
  for (let start = text.indexOf("<"); start >= 0; start = text.indexOf("<", Math.max(start + 1, end))) {
    const kind = UNUSED.find(([open]) => text.startsWith(open, start));
    if (kind === undefined) continue;
    const [open, close] = kind;
    const found = text.indexOf(close, start + open.length);
    // The parser reports what is not closed.
    if (found < 0) break;
    pieces.push(
      mendTags(text.slice(end, start)),
      text.slice(start, found + close.length).replace(/\S/g, " "),
    );
    end = found + close.length;
  }
  return pieces.join("") + mendTags(text.slice(end));
}

function mendTags(text: string): string {
  return text.replace(/<(\s+)(?=[A-Za-z_/])/g, "$1<").replace(/&(?!#?\w+;)/g, "&amp;");
}
