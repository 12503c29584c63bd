/**
 * @file Standard output and standard error: a full disk or closed pipe ends neither training nor its record of it, and
 * names from files and users cannot control the terminal.
 */

import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../shared/errors.ts";
import { errorCode } from "../storage/disk-error.ts";

/** File in a run or sweep folder that says which output was lost. */
const NOTES_FILE = "output-errors.log";

const REASONS: Readonly<Record<string, string>> = {
  EPIPE: "its reader has closed it",
  ENOSPC: "its disk is full",
  EDQUOT: "its disk quota is used up",
  EFBIG: "its file has the maximum size",
  EIO: "its terminal or disk has failed",
};

/** Notes that could not be printed and are not in a folder yet. */
const untold: string[] = [];
let folder: string | undefined;
let stderrFailed = false;

/**
 * Keeps the command running when its output cannot be written, and says so on standard error, otherwise in the folder
 * of `keepNotesIn`. A command without such a folder exits with 1: what it printed was all of its result.
 */
export function guardOutput(): void {
  let stdoutFailed = false;
  process.stdout.on("error", (error) => {
    if (stdoutFailed) return;
    stdoutFailed = true;
    // `| head` is no fault of a command that only prints.
    if (folder === undefined && errorCode(error) === "EPIPE") return;
    const note = describe("standard output", error);
    untold.push(note);
    if (stderrFailed) writeNotes();
    else process.stderr.write(`steadyarm: ${note}\n`, (failure) => failure ?? untold.splice(0));
    if (folder === undefined) process.once("exit", () => (process.exitCode ||= 1));
  });
  process.stderr.on("error", (error) => {
    if (stderrFailed) return;
    stderrFailed = true;
    untold.push(describe("standard error", error));
    writeNotes();
  });
}

/** Sets the folder that has the command's results: what cannot be printed is noted there. */
export function keepNotesIn(path: string): void {
  folder = path;
  if (stderrFailed) writeNotes();
}

/** Writes lines, each safe on a terminal. */
export function printLines(stream: { write(text: string): unknown }, lines: readonly string[]): void {
  stream.write(lines.map((line) => `${printable(line)}\n`).join(""));
}

function describe(stream: string, error: unknown): string {
  const code = errorCode(error) ?? String(error);
  const rest =
    folder === undefined ? "The rest is not printed" : `Training continues; the results are in ${folder}`;
  return printable(`${stream}: cannot write: ${REASONS[code] ?? code}. ${rest}`);
}

function writeNotes(): void {
  if (folder === undefined) return;
  try {
    const time = new Date().toISOString();
    appendFileSync(join(folder, NOTES_FILE), untold.map((note) => `${time} ${note}\n`).join(""));
    untold.length = 0;
  } catch {
    // The folder's disk may be full as well; saving to it will say so.
  }
}
