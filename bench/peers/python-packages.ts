/** @file Checks that a Python interpreter has the peers' packages. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { refuse, unquoted } from "../../shared/errors.ts";
import { validate } from "../../shared/validate.ts";
import { parseJson } from "../../storage/strict-json.ts";
import { INSTALL } from "./arguments.ts";

const Versions = z.record(z.string(), z.string().nullable());

/** Returns the package names of a requirements file. */
export function requiredPackages(text: string): string[] {
  return text.split("\n").flatMap((line) => /^([\w-]+)==/.exec(line)?.[1] ?? []);
}

/**
 * Returns the versions of Python and of the required packages, by name.
 *
 * @throws InputError with the command that installs them if Python or a package is missing
 */
export function pythonVersions(python: string): Record<string, string> {
  const required = requiredPackages(readFileSync(join(import.meta.dirname, "requirements.txt"), "utf8"));
  const script = join(import.meta.dirname, "packages.py");
  const { status, stdout, stderr, error } = spawnSync(python, [script, ...required]);
  const failure = (got: string, expected = "a Python with the peers") =>
    refuse("--python", expected, unquoted(got), `Install it: ${INSTALL}`);
  if (error !== undefined) throw failure(`${python} (${error.message})`);
  if (status !== 0) {
    throw failure(`${python}, which ended with ${status}: ${lastLine(stderr.toString())}`);
  }
  const versions = validate(Versions, parseJson(stdout, `${python} ${script}`), `${python} ${script}`);
  const missing = required.filter((name) => typeof versions[name] !== "string");
  if (missing.length > 0) throw failure(python, `a Python with ${missing.join(", ")}`);
  return Object.fromEntries(Object.entries(versions).map(([name, version]) => [name, version ?? ""]));
}

/** Returns the last line that is not blank. */
export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
