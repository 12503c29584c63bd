/**
 * @file A run's folder as one piece of bytes, to travel through a queue's server: enough to go on with it anywhere.
 *
 * Logs, manifest, policies, the newest checkpoint and, once there, the result. It may be made while the run is
 * being written: the checkpoint is read before the logs, which are cut back to it when the run is resumed.
 */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { InputError, refuse, unquoted } from "../../shared/errors.ts";
import { isTemporaryName, writeDurably } from "../../storage/atomic-file.ts";
import { checkpointPath, listCheckpoints } from "../../storage/checkpoint-folder.ts";
import { diskError } from "../../storage/disk-error.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { LOCK_FILE } from "../../storage/run-lock.ts";
import { RESULT_FILE } from "../../storage/run-result.ts";
import { parseJson } from "../../storage/strict-json.ts";

/** More than a run of the largest settings has; what unpacks to more is refused. */
const LARGEST = 2 ** 31 - 1;

/** Folders within a run, and a name in one: nothing that could lead out of it. */
const SAFE_PATH = /^(?:[a-z0-9][\w.+-]{0,99}\/){0,2}[a-z0-9][\w.+-]{0,99}$/i;

const Header = z
  .array(z.strictObject({ path: z.string().regex(SAFE_PATH), size: z.int().min(0) }))
  .max(100_000);

/** Packs a run, or undefined where it has no checkpoint yet: there is nothing to go on from. */
export function packRun(run: string): Uint8Array | undefined {
  // The writer may prune the checkpoint just found; a newer one is then there.
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return tryPack(run);
    } catch (error) {
      if (attempt === 4) throw error;
    }
  }
  return undefined;
}

function tryPack(run: string): Uint8Array | undefined {
  const checkpoints = join(run, "checkpoints");
  const newest = existsSync(checkpoints) ? Math.max(-1, ...listCheckpoints(checkpoints)) : -1;
  if (newest < 0) return undefined;
  const checkpoint = checkpointPath(checkpoints, newest);
  // The result before the logs: what has a result has whole logs.
  const tops = readdirSync(run).filter((name) => !name.startsWith(".") && name !== LOCK_FILE);
  const files: { path: string; bytes: Uint8Array }[] = [];
  const add = (folder: string, prefix: string, names: readonly string[]) => {
    for (const name of names) {
      const path = join(folder, name);
      if (!isTemporaryName(name) && statSync(path).isFile()) {
        files.push({ path: prefix + name, bytes: readRegularFile(path) });
      }
    }
  };
  add(checkpoint, `checkpoints/step-${newest}/`, readdirSync(checkpoint));
  add(run, "", tops.includes(RESULT_FILE) ? [RESULT_FILE] : []);
  add(
    run,
    "",
    tops.filter((name) => name !== RESULT_FILE),
  );
  add(join(run, "policies"), "policies/", readdirSync(join(run, "policies")));
  const header = JSON.stringify(files.map(({ path, bytes }) => ({ path, size: bytes.length })));
  return gzipSync(Buffer.concat([Buffer.from(`${header}\n`), ...files.map(({ bytes }) => bytes)]), {
    level: 1,
  });
}

/**
 * Puts a packed run into a folder that was not there, or replaces the one that was.
 *
 * @param where what the bytes are, for errors
 * @throws InputError if the bytes are no packed run or a path leads out of it; nothing is left behind
 */
export function unpackRun(bytes: Uint8Array, run: string, where: string): void {
  const files = readArchive(bytes, where);
  const temporary = `${run}.arriving-${process.pid}`;
  try {
    rmSync(temporary, { recursive: true, force: true });
    for (const [path, content] of files) {
      const target = join(temporary, path);
      mkdirSync(dirname(target), { recursive: true });
      writeDurably(target, content);
    }
    for (const folder of ["checkpoints", "policies"]) mkdirSync(join(temporary, folder), { recursive: true });
    rmSync(run, { recursive: true, force: true });
    renameSync(temporary, run);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw diskError(error, run, "write");
  }
}

function readArchive(bytes: Uint8Array, where: string): ReadonlyMap<string, Uint8Array> {
  let whole: Buffer;
  try {
    whole = gunzipSync(bytes, { maxOutputLength: LARGEST });
  } catch {
    throw new InputError(`${where}: this is not a packed run, or it is damaged`);
  }
  const end = whole.indexOf("\n");
  const header = Header.safeParse(end < 0 ? undefined : parseJson(whole.subarray(0, end), where));
  if (!header.success) throw refuse(where, "a packed run's list of files", unquoted("something else"));
  const files = new Map<string, Uint8Array>();
  let at = end + 1;
  for (const { path, size } of header.data) {
    if (at + size > whole.length) throw refuse(where, `${at + size} bytes`, whole.length);
    files.set(path, whole.subarray(at, at + size));
    at += size;
  }
  return files;
}
