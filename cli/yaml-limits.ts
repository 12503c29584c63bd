/**
 * @file Limits on YAML text, checked on its tokens before anything is built from them.
 *
 * The parser's time and memory grow faster than the text where tokens nest or are in error, and deep nesting ends the
 * process. Files of settings and sweeps have a few hundred tokens.
 */

import { CST, Lexer } from "yaml";
import { refuse, unquoted } from "../shared/errors.ts";

const MAX_TOKENS = 20_000;
/** Of brackets, and of dashes, keys and values on one line or, in brackets, between two commas. */
const MAX_DEPTH = 32;
/** Columns before the first token of a line. */
const MAX_INDENT = 256;
const MAX_ALIASES = 100;

/**
 * Throws InputError, naming the line, if a text exceeds a limit or has directives.
 *
 * @param where source of the text
 */
export function checkYamlLimits(text: string, where: string): void {
  let line = 1;
  let tokens = 0;
  let aliases = 0;
  let brackets = 0;
  let dashes = 0;
  let startsLine = true;
  const tooMuch = (expected: string) => refuse(`${where}:${line}`, expected, unquoted("more"));
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    tokens += 1;
    if (tokens > MAX_TOKENS) throw tooMuch(`at most ${MAX_TOKENS} YAML tokens, or JSON`);
    if (type === "space" && startsLine && token.length > MAX_INDENT)
      throw tooMuch(`lines indented by at most ${MAX_INDENT} columns`);
    if (type === "alias" && ++aliases > MAX_ALIASES) throw tooMuch(`at most ${MAX_ALIASES} aliases`);
    if (type === "flow-map-start" || type === "flow-seq-start") brackets += 1;
    if (type === "flow-map-end" || type === "flow-seq-end") brackets -= 1;
    if (type === "seq-item-ind" || type === "explicit-key-ind" || type === "map-value-ind") dashes += 1;
    if (brackets > MAX_DEPTH || dashes > MAX_DEPTH) throw tooMuch(`values nested at most ${MAX_DEPTH} deep`);
    if (type === "directive-line") throw refuse(`${where}:${line}`, "no directive", token);
    for (const character of token) if (character === "\n") line += 1;
    startsLine = type === "newline" || (startsLine && type === "space");
    // In brackets, the parser nests each pair that no comma separates from the one before.
    if (brackets === 0 ? type === "newline" : type === "comma" || type?.startsWith("flow-") === true)
      dashes = 0;
  }
}
