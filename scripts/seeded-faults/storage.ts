/** @file Faults in files: checkpoints, tensors, logs, locks, run folders. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the program.

import { fault, type SeededFault } from "./fault.ts";

const CHECK = "storage/checkpoint-folder.test.ts › ";
const TENSORS = "storage/safetensors.test.ts › ";
const LOCK = "storage/run-lock.integration.test.ts › ";
const JSON_TEXT = "storage/strict-json.test.ts › is rejected with %s";
const CHECKED = "storage/checked-files.test.ts › refuses every flipped bit: ";

export const STORAGE_FAULTS: readonly SeededFault[] = [
  fault(
    `${CHECK}is rejected if one bit flips: 2,000 random bits of all files (seed 3)`,
    "storage/checkpoint-folder.ts",
    "if (sha256([bytes]) !== digest) {",
    "if (false) {",
  ),
  fault(
    `${CHECK}is found by step, not by name or date, among names that are not checkpoints`,
    "storage/checkpoint-folder.ts",
    "/^step-(0|[1-9]\\d{0,15})$/",
    "/step-(\\d+)/",
  ),
  fault(
    `${CHECK}is found by step, not by name or date, among names that are not checkpoints`,
    "storage/checkpoint-folder.ts",
    ".sort((a, b) => a - b);",
    ".sort();",
  ),
  fault(
    `${CHECK}keeps the newest checkpoints and removes those after the step just saved`,
    "storage/checkpoint-folder.ts",
    ".slice(-keep)",
    ".slice(0, keep)",
  ),
  fault(
    `${CHECK}removes nothing unless the step just saved is kept`,
    "storage/checkpoint-folder.ts",
    "if (keep < 1 || !kept.has(newest)) {",
    "if (keep < 1) {",
  ),
  fault(
    `${CHECK}is skipped with a warning if it is damaged`,
    "storage/checkpoint-folder.ts",
    "      warn(`${error.message}. Skipping",
    "      throw error; warn(`${error.message}. Skipping",
  ),
  fault(
    `${CHECK}is not skipped if a newer steadyarm wrote it`,
    "storage/checkpoint-folder.ts",
    "if (!(error instanceof InputError) || error instanceof SchemaMismatch) throw error;\n      warn",
    "if (!(error instanceof InputError)) throw error;\n      warn",
  ),
  fault(
    `${CHECK}is not written with a non-finite weight, and earlier ones are unchanged`,
    "storage/safetensors.ts",
    "if (!allowNonFinite) refuseNonFinite(tensor.data, path);",
    "",
  ),
  fault(
    `${CHECK}cannot make its reader open a file outside its folder`,
    "storage/checkpoint-index.ts",
    "/^[a-z0-9-]+\\.safetensors$/",
    "/^[^]+\\.safetensors$/",
  ),
  fault(
    `${CHECK}does not exist if all are damaged`,
    "storage/checkpoint-folder.ts",
    'throw refuse(folder, "a valid checkpoint", unquoted(`none in ${steps.length}`));',
    "return { step: 0, state: {} };",
  ),
  fault(
    `${CHECK}is kept if it is valid and replaced if it is damaged`,
    "storage/checkpoint-folder.ts",
    "if (isValid(folder, step, options)) return false;",
    "return false;",
  ),
  fault(
    `${TENSORS}rejects a file truncated at any byte or with trailing bytes`,
    "storage/safetensors.ts",
    "if (covered !== length)",
    "if (false)",
  ),
  fault(
    `${TENSORS}rejects a header length of 2⁶³, past the end or 0, without allocating memory for it`,
    "storage/safetensors.ts",
    "if (length > BigInt(most))",
    "if (false)",
  ),
  fault(
    `${TENSORS}rejects NaN and infinity unless allowed, and leaves the existing file unchanged`,
    "storage/safetensors.ts",
    "if (!Number.isFinite(numbers[i]!))",
    "if (false)",
  ),
  fault(`${TENSORS}rejects %s`, "storage/safetensors.ts", "if (begin !== covered)", "if (false)"),
  fault(`${TENSORS}rejects %s`, "storage/safetensors.ts", "if (!Number.isSafeInteger(size))", "if (false)"),
  fault(`${TENSORS}rejects %s`, "storage/safetensors.ts", "if (end - begin !== size)", "if (false)"),
  fault(
    JSON_TEXT,
    "storage/strict-json.ts",
    "if (countMembers(value, where) !== members)",
    "if (countMembers(value, where) < 0)",
  ),
  fault(
    JSON_TEXT,
    "storage/strict-json.ts",
    'new Set(["__proto__", "constructor", "prototype"])',
    'new Set(["none"])',
  ),
  fault(
    "storage/strict-json.test.ts › is not written deeper than it can be read",
    "storage/strict-json.ts",
    "if (depth > maxDepth)",
    "if (false)",
  ),
  fault(
    "storage/strict-json.test.ts › is rejected as no UTF-8 text with %s",
    "storage/strict-json.ts",
    "fatal: true",
    "fatal: false",
  ),
  fault(
    `${CHECKED}manifest`,
    "storage/checked-json.ts",
    "if (isIntact && Buffer.from(formatChecked(fields, where)).equals(bytes)) return;",
    "return;",
  ),
  fault(
    `${CHECKED}result`,
    "storage/checked-json.ts",
    "if (isIntact && Buffer.from(formatChecked(fields, where)).equals(bytes)) return;",
    "if (!isIntact || isIntact) return;",
  ),
  fault(
    `${CHECKED}policy`,
    "storage/checked-tensors.ts",
    "if (checksum !== undefined && placeChecksum",
    "if (checksum !== undefined || placeChecksum",
  ),
  fault(
    "storage/atomic-file.test.ts › are recognised by name, and only they are removed",
    "storage/atomic-file.ts",
    "/^\\..+\\.\\d+-\\d+\\.tmp$/",
    "/tmp/",
  ),
  fault(
    "storage/atomic-file.test.ts › appears with all of its files",
    "storage/atomic-file.ts",
    "for (const [name, content] of files) {",
    "for (const [name, content] of [...files].slice(1)) {",
  ),
  fault(
    "storage/full-disk.integration.test.ts › leaves the old file unchanged, at whichever page of the new one it fills up",
    "storage/atomic-file.ts",
    "    writeDurably(temporary, content);\n    renameSync(temporary, path);",
    "    writeDurably(path, content);",
  ),
  fault(
    "storage/full-disk.integration.test.ts › leaves complete lines in a log, which continues once space is free",
    "storage/append-file.ts",
    "      ftruncateSync(this.#file, this.#length);\n",
    "",
  ),
  fault(
    "storage/metric-sinks.test.ts › is read up to a last line torn at any byte",
    "storage/jsonl-reader.ts",
    "if (end < 0) return rows;",
    "if (end < 0 && start === bytes.length) return rows;",
  ),
  fault(
    "storage/metric-sinks.test.ts › is rejected with the number of a damaged line",
    "storage/jsonl-reader.ts",
    'if (!parsed.success) throw refuse(where, "a step and numbers by name", unquoted("other data"));',
    "if (!parsed.success) { start = end + 1; continue; }",
  ),
  fault(
    "storage/metric-sinks.test.ts › is not resumed with other columns",
    "storage/csv-sink.ts",
    "if (resumeAt && !Buffer",
    "if (false && !Buffer",
  ),
  fault(
    "storage/metric-sinks.test.ts › does not overwrite an existing file, nor resume one that is missing or too short",
    "storage/append-file.ts",
    "if (size < length) {",
    "if (false) {",
  ),
  fault(
    `${LOCK}is never taken over from another machine`,
    "storage/run-lock.ts",
    "if (owner.host !== hostname()) return false;",
    "",
  ),
  fault(
    `${LOCK}is taken over if its process number belongs to a later process`,
    "storage/run-lock.ts",
    "return birth !== undefined && owner.birth !== null && birth !== owner.birth;",
    "return false;",
  ),
  fault(
    `${LOCK}detects that it was removed or replaced, and does not release another process's lock`,
    "storage/run-lock.ts",
    "if (!held || !isOurs()) {",
    "if (!held) {",
  ),
  fault(
    `${LOCK}detects that it was removed or replaced, and does not release another process's lock`,
    "storage/run-lock.ts",
    "if (held && isOurs()) rmSync",
    "if (held) rmSync",
  ),
  fault(
    `${LOCK}is not taken over from a file that is not a lock`,
    "storage/run-lock.ts",
    "    if (parsed.success) return parsed.data;",
    "    return parsed.data;",
  ),
  fault(
    "storage/run-folder.test.ts › must not contain other files, which are unchanged",
    "storage/run-folder.ts",
    "if (other !== undefined)",
    "if (false)",
  ),
  fault(
    "storage/run-folder.test.ts › must not contain a run, complete or in progress",
    "storage/run-folder.ts",
    "if (names.includes(MANIFEST_FILE)) {",
    "if (false) {",
  ),
  fault(
    "storage/checked-files.test.ts › is refused without a module's checksum, before the module is run",
    "shared/foreign-paths.ts",
    'if (file === "" || sha256 !== "") continue;',
    "continue;",
  ),
  fault(
    "storage/state-tree.test.ts › names tensors by path and copies no array",
    "storage/state-tree.ts",
    "tensors.set(name, { shape: [value.length], data: value });",
    "tensors.set(name, { shape: [value.length], data: value.slice() });",
  ),
  fault(
    "storage/run-folder.test.ts › is unchanged if it cannot be written",
    "storage/manifest.ts",
    "  const { config, ...facts } = manifest;\n",
    '  const { config, ...facts } = manifest;\n  writeFileAtomically(path, "");\n',
  ),
  fault(
    "storage/safetensors.test.ts › distinguishes a missing file, a folder and an empty file",
    "storage/regular-file.ts",
    "if (!stat.isFile()) {",
    "if (false) {",
  ),
  fault(
    "storage/killed-save.integration.test.ts › leaves the old or the new checkpoint complete after each of 4 kills while saving (seed 1)",
    "storage/atomic-file.ts",
    "files: ReadonlyMap<string, Content>): void {\n  const temporary = temporaryPath(path);",
    "files: ReadonlyMap<string, Content>): void {\n  const temporary = path;",
  ),
  fault(
    "storage/run-lock.integration.test.ts › is taken over by one of five processes that find a stale lock",
    "storage/run-lock.ts",
    "    linkSync(from, path);\n",
    "    renameSync(from, path);\n",
  ),
];
