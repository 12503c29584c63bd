/**
 * @file Packs a run folder into one byte array, from which another machine can resume it.
 *
 * Contents: logs, manifest, policies, the newest checkpoint and, if present, the result. A run may be packed while it is
 * training: the checkpoint is read before the logs, and resuming truncates the logs to the checkpoint.
 */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { refuse, unquoted } from "../../shared/errors.ts";
import { isTemporaryName, writeDurably } from "../../storage/atomic-file.ts";
import { checkpointPath, listCheckpoints } from "../../storage/checkpoint-folder.ts";
import { diskError } from "../../storage/disk-error.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { LOCK_FILE } from "../../storage/run-lock.ts";
import { RESULT_FILE } from "../../storage/run-result.ts";
import { parseJson } from "../../storage/strict-json.ts";

/** Limit of the unpacked size in bytes, larger than any valid run. */
const MAX_BYTES = 2 ** 31 - 1;

/** A file in the run folder or up to two folders below; excludes paths outside the run. */
const SAFE_PATH = /^(?:[a-z0-9][\w.+-]{0,99}\/){0,2}[a-z0-9][\w.+-]{0,99}$/i;

const Header = z
  .array(z.strictObject({ path: z.string().regex(SAFE_PATH), size: z.int().min(0) }))
  .max(100_000);

/** Packs a run. Returns undefined if it has no checkpoint yet, since it could not be resumed. */
export function packRun(run: string): Uint8Array | undefined {
  // Training may delete the checkpoint while it is read; a newer one exists then.
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
  // The result is read before the logs, so an archive with a result has complete logs.
  const rootFiles = readdirSync(run).filter((name) => !name.startsWith(".") && name !== LOCK_FILE);
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
  add(run, "", rootFiles.includes(RESULT_FILE) ? [RESULT_FILE] : []);
  add(
    run,
    "",
    rootFiles.filter((name) => name !== RESULT_FILE),
  );
  add(join(run, "policies"), "policies/", readdirSync(join(run, "policies")));
  const header = JSON.stringify(files.map(({ path, bytes }) => ({ path, size: bytes.length })));
  return gzipSync(Buffer.concat([Buffer.from(`${header}\n`), ...files.map(({ bytes }) => bytes)]), {
    level: 1,
  });
}

/**
 * Unpacks a run into a folder, replacing an existing one.
 *
 * @param where the source of the bytes, for errors
 * @throws InputError if the bytes are not a valid packed run; no files are left behind
 */
export function unpackRun(bytes: Uint8Array, run: string, where: string): void {
  const files = readArchive(bytes, where);
  const temporary = `${run}.unpacking-${process.pid}`;
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
  let content: Buffer;
  try {
    content = gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch {
    throw refuse(where, "a packed run", unquoted("other or damaged data"));
  }
  const end = content.indexOf("\n");
  const header = Header.safeParse(end < 0 ? undefined : parseJson(content.subarray(0, end), where));
  if (!header.success) throw refuse(where, "a packed run's list of files", unquoted("an invalid header"));
  const files = new Map<string, Uint8Array>();
  let offset = end + 1;
  for (const { path, size } of header.data) {
    if (offset + size > content.length) throw refuse(where, `${offset + size} bytes`, content.length);
    files.set(path, content.subarray(offset, offset + size));
    offset += size;
  }
  return files;
}
