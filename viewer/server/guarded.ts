/** @file Keeps an error in a timer or an event handler from ending the server. */

/**
 * Returns `handler` with its errors printed to stderr instead of thrown. An error that repeats is printed once.
 *
 * @param activity what the handler does, as it follows "cannot"
 */
export function guarded<Arguments extends readonly unknown[]>(
  activity: string,
  handler: (...parameters: Arguments) => void,
): (...parameters: Arguments) => void {
  let printed = "";
  return (...parameters) => {
    try {
      handler(...parameters);
      printed = "";
    } catch (error) {
      const line = errorLine(activity, error);
      if (line !== printed) process.stderr.write(line);
      printed = line;
    }
  };
}

/** Prints an error that ends nothing. */
export function printError(activity: string, error: unknown): void {
  process.stderr.write(errorLine(activity, error));
}

function errorLine(activity: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `steadyarm watch: cannot ${activity}: ${message.split("\n")[0]}\n`;
}
