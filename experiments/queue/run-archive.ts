/**
 * @file Packs a run folder into one byte array, from which another machine can resume it.
 *
 * Contents: logs, manifest, policies, the newest checkpoint and, if present, the result. A run may be packed while it is
 * training: the checkpoint is read before the logs, and resuming truncates the logs to the checkpoint.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip, gzipSync } from "node:zlib";
import { z } from "zod";
import { refuse, unquoted } from "../../shared/errors.ts";
import { isTemporaryName, writeAll } from "../../storage/atomic-file.ts";
import { checkpointPath, listCheckpoints } from "../../storage/checkpoint-folder.ts";
import { diskError } from "../../storage/disk-error.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { LOCK_FILE } from "../../storage/run-lock.ts";
import { RESULT_FILE } from "../../storage/run-result.ts";
import { parseJson } from "../../storage/strict-json.ts";

/** Limit of the unpacked size in bytes, larger than any valid run. */
const MAX_BYTES = 2 ** 31 - 1;

/** Limit of the list of files in bytes. */
const MAX_HEADER_BYTES = 2 ** 23;

/** Packed bytes that are decompressed at a time. */
const SLICE_BYTES = 2 ** 16;

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
 * Unpacks a run into a folder, replacing an existing one. Takes little more memory than the packed bytes.
 *
 * @param where the source of the bytes, for errors
 * @throws InputError if the bytes are not a valid packed run; no files are left behind
 */
export async function unpackRun(bytes: Uint8Array, run: string, where: string): Promise<void> {
  const temporary = `${run}.unpacking-${process.pid}`;
  try {
    rmSync(temporary, { recursive: true, force: true });
    const content = new ArchiveReader(bytes, where);
    for (const { path, size } of await readHeader(content, where)) {
      const target = join(temporary, path);
      mkdirSync(dirname(target), { recursive: true });
      const file = openSync(target, "wx");
      try {
        let length = 0;
        for await (const piece of content.next(size)) {
          writeAll(file, piece, length);
          length += piece.length;
        }
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
    await content.end();
    for (const folder of ["checkpoints", "policies"]) mkdirSync(join(temporary, folder), { recursive: true });
    rmSync(run, { recursive: true, force: true });
    renameSync(temporary, run);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw diskError(error, run, "write");
  }
}

/** Reads the list of files, which must be within the limits before a file is written. */
async function readHeader(content: ArchiveReader, where: string): Promise<z.infer<typeof Header>> {
  const line = await content.line(MAX_HEADER_BYTES);
  const header = Header.safeParse(line === undefined ? undefined : parseJson(line, where));
  if (!header.success) throw refuse(where, "a packed run's list of files", unquoted("an invalid header"));
  const total = header.data.reduce((sum, { size }) => sum + size, 0);
  if (total > MAX_BYTES) throw refuse(where, `at most ${MAX_BYTES} bytes`, total);
  const paths = new Set(header.data.map(({ path }) => path));
  if (paths.size < header.data.length || paths.has(LOCK_FILE))
    throw refuse(where, "a packed run's list of files", unquoted("a file twice, or a lock"));
  return header.data;
}

/** Decompresses an archive piece by piece. */
class ArchiveReader {
  readonly #where: string;
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(bytes: Uint8Array, where: string) {
    this.#where = where;
    const stream = createGunzip();
    // A failed write is also an error of the iterator.
    stream.on("error", () => undefined);
    this.#pieces = Readable.from(slices(bytes)).pipe(stream)[Symbol.asyncIterator]();
  }

  /** Returns the bytes before the next line break; undefined if there is none within `max` bytes. */
  async line(max: number): Promise<Buffer | undefined> {
    const read: Buffer[] = [];
    for (let length = 0; length <= max; ) {
      if (!(await this.#fill())) return undefined;
      const end = this.#rest.indexOf("\n");
      const piece = this.#rest.subarray(0, end < 0 ? undefined : end);
      read.push(piece);
      length += piece.length;
      this.#rest = this.#rest.subarray(end < 0 ? this.#rest.length : end + 1);
      if (end >= 0) return Buffer.concat(read);
    }
    return undefined;
  }

  /** Yields the next `size` bytes in pieces. */
  async *next(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (!(await this.#fill())) throw refuse(this.#where, `${left} more bytes`, unquoted("the end"));
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Throws InputError unless everything has been read. */
  async end(): Promise<void> {
    if (await this.#fill()) throw refuse(this.#where, "the end of the packed run", unquoted("more data"));
  }

  /** Decompresses the next piece if the last one is used up; false at the end. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      let next: IteratorResult<Buffer>;
      try {
        next = await this.#pieces.next();
      } catch {
        throw refuse(this.#where, "a packed run", unquoted("other or damaged data"));
      }
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES);
}
