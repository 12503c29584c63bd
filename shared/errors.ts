/**
 * @file Errors that are a person's to mend: one line, `where: expected what, got what`.
 *
 * Everything else that is thrown is a fault of ours and starts with `internal:`.
 */

/** A mistake that a person, a file, a socket or the machine made; printed as one line, never with a stack. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/**
 * Makes the error for a value that is not what it should be.
 *
 * @param where    what was read, as its reader knows it: `agent.tau`, `runs/x/manifest.json`, `step action[3]`
 * @param expected what would have been right, with its range and unit
 * @param got      what was there instead
 * @param remedy   what to do about it, where that is not obvious
 */
export function refuse(where: string, expected: string, got: unknown, remedy?: string): InputError {
  const line = `${where}: expected ${expected}, got ${show(got)}`;
  return new InputError(remedy === undefined ? line : `${line}. ${remedy}`);
}

/** A description that an error line shows without quotes: `got no file` instead of `got "no file"`. */
export class Unquoted {
  readonly words: string;
  constructor(words: string) {
    this.words = words;
  }
}

/** Makes a description for the `got` of `refuse`. */
export const unquoted = (words: string): Unquoted => new Unquoted(words);

/** A broken invariant of our own. */
export function internal(message: string): Error {
  return new Error(`internal: ${message}`);
}

const LONGEST_SHOWN = 80;

/** A value as one short line without control characters, whatever it is. */
export function show(value: unknown): string {
  let text: string;
  if (value instanceof Unquoted) text = value.words;
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
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN - 1)}…`;
}

/** The known name nearest to a misspelt one, or undefined when none is near (optimal string alignment). */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `did you mean "x"?`, or the list of what there is, for the end of an error line. */
export function suggest(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? `There are: ${known.join(", ")}` : `Did you mean "${near}"?`;
}

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
