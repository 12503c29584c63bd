/** @file Reads standard input of at most 100 kB, which another program has made non-blocking, and prints its length. */

import { readStandardInput } from "../../cli/standard-input.ts";
import { InputError } from "../../shared/errors.ts";

// Creating the stream makes a pipe non-blocking.
process.stdin.pause();
console.log("reading");
try {
  console.log(`read ${readStandardInput(100_000).length}`);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.log(error.message);
}
process.exit();
