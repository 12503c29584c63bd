/** @file Turns an error of a command into one line and an exit code. */

import { type Command, CommanderError } from "commander";
import { Failure, InputError, printable, show, suggest } from "../shared/errors.ts";
import { isOutOfFiles } from "../storage/open-files.ts";

/** Exit code of an InputError: an invalid flag or file, or an unsuitable machine. */
const BAD_INPUT = 2;

/** Prints an error to stderr. Returns the exit code. */
export function printError(error: unknown, program: Command, words: readonly string[]): number {
  if (error instanceof CommanderError) {
    // A command group without a command, such as `steadyarm bench`, has printed its help.
    if (error.exitCode === 0 || error.code === "commander.help") return 0;
    process.stderr.write(`${printable(commandLineError(error, program, words))}\n`);
    return BAD_INPUT;
  }
  // Handled by main.ts, as it may occur before this module is loaded.
  if (!(error instanceof InputError || error instanceof Failure) && isOutOfFiles(error)) throw error;
  if (error instanceof InputError || error instanceof Failure) {
    const lines = error.message.split("\n").map((line) => `steadyarm: ${line}\n`);
    process.stderr.write(lines.join(""));
    return error instanceof InputError ? BAD_INPUT : 1;
  }
  process.stderr.write(`steadyarm: internal error, please report it\n`);
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

/** Rewrites Commander's message: the error, then a suggestion or the command that prints help. */
function commandLineError(error: CommanderError, program: Command, words: readonly string[]): string {
  const command = program.commands.map((each) => each.name()).find((name) => words.includes(name));
  if (error.code === "commander.unknownCommand") {
    // In a command group such as bench, the unknown word is the one after the group's name.
    const group = program.commands.find((each) => each.commands.length > 0 && each.name() === words[0]);
    const word = words.slice(group === undefined ? 0 : 1).find((each) => !each.startsWith("-")) ?? "";
    const names = (group ?? program).commands.map((each) => each.name());
    const within = group === undefined ? "" : ` ${group.name()}`;
    return `steadyarm${within}: unknown command ${show(word)}. ${suggest(word, names)}`;
  }
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\s*\n\(Did you mean (.*)\?\)/, ". Did you mean $1?");
  const help = message.includes("Did you mean")
    ? ""
    : `. See \`steadyarm ${command ?? ""} --help\``.replace("  ", " ");
  return `steadyarm${command === undefined ? "" : ` ${command}`}: ${message}${help}`;
}
