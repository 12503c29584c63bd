/** @file Quotes words of commands that messages print, for POSIX shells. */

/** Returns a word as a shell reads it back, quoted only if it has to be. */
export function shellQuoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Returns `--set path=value` for each setting, separated by spaces. */
export function setFlags(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([path, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return `--set ${shellQuoted(`${path}=${text}`)}`;
    })
    .join(" ");
}
