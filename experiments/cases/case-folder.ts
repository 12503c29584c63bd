/** @file Where a case is written: one page, its numbers, and the runs behind them. */

import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../shared/config.ts";
import { refuse, unquoted } from "../../shared/errors.ts";
import { isTemporaryName, writeFileAtomically } from "../../storage/atomic-file.ts";
import { diskError } from "../../storage/disk-error.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { statPath } from "../../storage/stat-path.ts";
import { formatJson, parseJson } from "../../storage/strict-json.ts";

const PAGE = "index.html";
const NUMBERS = "case.json";
const RUNS = "runs";

const FORMAT = "steadyarm-case";

export interface CaseFolder {
  readonly page: string;
  readonly numbers: string;
  /** A folder for each remedy, with a run for each seed. */
  readonly runs: string;
}

/**
 * Makes the folder of a case, or opens it to go on.
 *
 * @throws InputError if it is not a folder, holds anything else, or another case; nothing is written then
 */
export function openCaseFolder(path: string, name: string): CaseFolder {
  const remedy = "Choose another --out";
  const found = statPath(path);
  if (found !== undefined && !found.isDirectory()) throw refuse(path, "a folder", unquoted("a file"), remedy);
  const names = found === undefined ? [] : readdirSync(path).filter((each) => !isTemporaryName(each));
  const others = names.filter((each) => ![PAGE, NUMBERS, RUNS].includes(each));
  // The numbers are written before the page: a page without them is somebody else's.
  const foreign = others[0] ?? (names.includes(PAGE) && !names.includes(NUMBERS) ? PAGE : undefined);
  if (foreign !== undefined) {
    throw refuse(path, "an empty folder or that of a case", unquoted(`one with ${foreign}`), remedy);
  }
  if (names.includes(NUMBERS)) refuseOtherCase(join(path, NUMBERS), name, remedy);
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw diskError(error, path, "write");
  }
  return { page: join(path, PAGE), numbers: join(path, NUMBERS), runs: join(path, RUNS) };
}

function refuseOtherCase(path: string, name: string, remedy: string): void {
  const value = parseJson(readRegularFile(path), path);
  const written = isRecord(value) && value["format"] === FORMAT ? value["case"] : unquoted("something else");
  if (written !== name) throw refuse(path, `the numbers of the case ${name}`, written, remedy);
}

/** Writes numbers and page, in this order, each whole or not at all. */
export function writeCase(folder: CaseFolder, name: string, numbers: object, page: string): void {
  const content = finite({ format: FORMAT, schemaVersion: 1, case: name, ...numbers });
  writeFileAtomically(folder.numbers, `${formatJson(content, folder.numbers)}\n`);
  writeFileAtomically(folder.page, page);
}

/** The same data with null for what JSON has no word for. */
function finite(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(finite);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, finite(each)]));
}
