/**
 * @file The kinds of errors: `InputError` for errors that the user can fix, `Failure` for valid work that failed, and
 * `internal` for bugs.
 *
 * An InputError and a Failure are one line for each fault, `where: expected what, got what`, and are printed without a stack trace. Every
 * other error is a bug of this program; those it detects itself start with `internal:`.
 */

/** Invalid input: from the user, a file, a socket or the machine. */
export class InputError extends Error {
  override readonly name = "InputError";

  /** @param message one line, or an array with a line for each fault, of which at most ten are kept */
  constructor(message: string | readonly string[], options?: ErrorOptions) {
    super(typeof message === "string" ? printable(message) : firstLines(message), options);
  }

  /** Recognised by name too: a module of the user may have loaded another copy of this file. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit this method, and are not recognised by name.
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    // biome-ignore lint/complexity/noThisInStatic: as above.
    return this === InputError && value instanceof Error && value.name === "InputError";
  }
}

/** Valid work that failed, such as a thread that ran out of memory. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(message: string) {
    super(printable(message));
  }
}

/** Faults that one error lists. */
export const MAX_FAULTS = 10;

function firstLines(lines: readonly string[]): string {
  const shown = lines.slice(0, MAX_FAULTS).map(printable);
  if (lines.length > shown.length) shown.push(`… and ${lines.length - shown.length} more`);
  return shown.join("\n");
}

/** Control and format characters, line breaks and lone surrogates: they could forge lines or control a terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Returns text from a file, path or user that is safe on one line of a terminal: `\x1b` and `\n` instead of the
 * characters themselves. Applying it twice changes nothing.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    if (character === "\r") return "\\r";
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
    return `\\u${code > 0xffff ? `{${code.toString(16)}}` : code.toString(16).padStart(4, "0")}`;
  });
}

/**
 * Returns an InputError for an invalid value: `where: expected …, got …. Remedy`.
 *
 * @param where    the value's location as the user knows it: `agent.tau`, `runs/x/manifest.json`, `step action[3]`
 * @param expected what is valid, with range and unit
 * @param got      the invalid value, quoted by `show`; an `unquoted` text to describe it instead
 * @param remedy   how to fix it, if not obvious: a command or setting that can be pasted
 */
export function refuse(where: string, expected: string, got: unknown, remedy?: string): InputError {
  const line = `${where}: expected ${expected}, got ${show(got)}`;
  return new InputError(remedy === undefined ? line : `${line}. ${remedy}`);
}

/** A text that `show` does not quote: `got no file` instead of `got "no file"`. */
export class Unquoted {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Returns a description for the `got` of `refuse`. */
export const unquoted = (text: string): Unquoted => new Unquoted(text);

/** Returns the error for a broken invariant: a bug. */
export function internal(message: string): Error {
  return new Error(`internal: ${message}`);
}

const MAX_SHOWN_LENGTH = 80;

/** Returns text cut to 80 characters. */
export function shorten(text: string): string {
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH - 1)}…`;
}

/** Returns any value as one line of at most 80 characters, without control characters. */
export function show(value: unknown): string {
  let text: string;
  if (value instanceof Unquoted) text = value.text;
  else if (typeof value === "string") text = JSON.stringify(value);
  else if (typeof value === "number" || typeof value === "bigint") text = String(value);
  else if (value === undefined) text = "nothing";
  else if (value === null || typeof value === "boolean") text = String(value);
  else if (typeof value === "function") text = "a function";
  else if (ArrayBuffer.isView(value)) text = value.constructor.name;
  else {
    try {
      text = JSON.stringify(value) ?? typeof value;
    } catch {
      text = typeof value;
    }
  }
  return printable(shorten(text));
}

/** Returns the known name nearest to a misspelt one, or undefined if none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const lowerCase = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(lowerCase, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Returns the end of an error line: `Did you mean "x"?`, or the list of known names. */
export function suggest(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? `Available: ${known.join(", ")}` : `Did you mean "${near}"?`;
}

/** Optimal string alignment distance: insertions, deletions, substitutions, transpositions; `limit` if not less. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforePrevious[j - 2]! + 1);
      }
      row.push(cost);
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length]!;
}
