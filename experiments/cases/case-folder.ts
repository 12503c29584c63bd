/** @file Output folder of a case: index.html, case.json and runs/. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { refuse, unquoted } from "../../shared/errors.ts";
import { isRecord } from "../../shared/is-record.ts";
import { isTemporaryName, writeFileAtomically } from "../../storage/atomic-file.ts";
import { diskError } from "../../storage/disk-error.ts";
import { listFolder } from "../../storage/list-folder.ts";
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
  /** Contains one folder per remedy with one run folder per seed. */
  readonly runs: string;
}

/**
 * Creates the folder of a case, or opens an existing one to resume it.
 *
 * @throws InputError if the path is a file, or the folder holds other files or another case; nothing is written then
 */
export function openCaseFolder(path: string, name: string): CaseFolder {
  const remedy = "Choose another --out";
  const stat = statPath(path);
  if (stat !== undefined && !stat.isDirectory()) throw refuse(path, "a folder", unquoted("a file"), remedy);
  const names = stat === undefined ? [] : listFolder(path).filter((each) => !isTemporaryName(each));
  const unknown = names.filter((each) => ![PAGE, NUMBERS, RUNS].includes(each));
  // case.json is written first, so a page without it is not a case's page.
  const foreign = unknown[0] ?? (names.includes(PAGE) && !names.includes(NUMBERS) ? PAGE : undefined);
  if (foreign !== undefined) {
    throw refuse(
      path,
      "an empty folder or the folder of a case",
      unquoted(`a folder with ${foreign}`),
      remedy,
    );
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
  const found = isRecord(value) && value["format"] === FORMAT ? value["case"] : unquoted("another format");
  if (found !== name) throw refuse(path, `the case ${name}`, found, remedy);
}

/** Writes case.json, then the page, each atomically. */
export function writeCase(folder: CaseFolder, name: string, numbers: object, page: string): void {
  const content = finite({ format: FORMAT, schemaVersion: 1, case: name, ...numbers });
  writeFileAtomically(folder.numbers, `${formatJson(content, folder.numbers)}\n`);
  writeFileAtomically(folder.page, page);
}

/** The same data with null for NaN and infinities, which JSON cannot represent. */
function finite(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(finite);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, finite(each)]));
}
