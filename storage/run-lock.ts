/**
 * @file One writer for a run's folder: a lock file that says who, and that outlives nobody.
 *
 * The file is linked into place whole, so there is no moment at which it is empty. A holder that
 * is dead, or whose process number was given to another since, is taken over from; on another
 * machine nobody can tell, so there a lock always holds.
 */

import { linkSync, readFileSync, renameSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../shared/errors.ts";
import { syncFolder, temporaryPath, writeDurably } from "./atomic-file.ts";
import { diskError, errorCode } from "./disk-error.ts";
import { formatJson, parseJson } from "./strict-json.ts";
import { readWholeFile } from "./whole-file.ts";

/** The file's name in a run's folder. */
export const LOCK_FILE = "run.lock";

/** Takers that may be lost to others before giving up. */
const ATTEMPTS = 20;

const LARGEST_LOCK = 4096;

const Holder = z.strictObject({ pid: z.int().positive(), host: z.string(), birth: z.string().nullable() });
type Holder = z.infer<typeof Holder>;

/** The right to write to a folder. */
export interface RunLock {
  /** Throws InputError if the lock file was removed or replaced: someone else may be writing. */
  verify(): void;
  /** Gives the right back; a second call does nothing. */
  release(): void;
}

/**
 * Takes the right to write to a run's folder.
 *
 * @throws InputError naming process and host of the one that has it, or if the disk refuses
 */
export function lockRun(folder: string): RunLock {
  const path = join(folder, LOCK_FILE);
  const text = `${formatJson(describeSelf(), path)}\n`;
  const temporary = temporaryPath(path);
  try {
    writeDurably(temporary, text);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (tryLink(temporary, path)) {
        syncFolder(folder);
        return makeLock(path, text);
      }
      takeAwayIfStale(path, folder);
    }
  } catch (error) {
    throw diskError(error, path, "lock");
  } finally {
    rmSync(temporary, { force: true });
  }
  throw new InputError(`${folder}: several runs are fighting for it. Start one at a time`);
}

/** Whether somebody is writing to a run's folder at the moment, as far as can be told. */
export function isRunLocked(folder: string): boolean {
  try {
    const holder = readHolder(join(folder, LOCK_FILE));
    return holder !== undefined && !isGone(holder);
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** Whether the lock is now ours. */
function tryLink(from: string, path: string): boolean {
  try {
    linkSync(from, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes a lock whose holder is gone. Throws InputError if the holder is not. */
function takeAwayIfStale(path: string, folder: string): void {
  const holder = readHolder(path);
  if (holder === undefined) return;
  if (!isGone(holder)) {
    const elsewhere = holder.host === hostname() ? "" : `, or remove ${path} if that machine is gone`;
    throw new InputError(
      `${folder}: another run is writing here: process ${holder.pid} on ${holder.host}. Wait for it, stop it, or choose another --out${elsewhere}`,
    );
  }
  // Of several that see it stale one gets the file; a lock that was taken meanwhile is put back.
  const aside = temporaryPath(`${path}.stale`);
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved !== undefined && !isGone(moved)) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): Holder | undefined {
  try {
    const parsed = Holder.safeParse(parseJson(readWholeFile(path, LARGEST_LOCK), path));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (error instanceof InputError && errorCode(error.cause) === "ENOENT") return undefined;
    throw error;
  }
  throw new InputError(`${path}: this is not a lock. Remove it if no other run is writing here`);
}

function makeLock(path: string, text: string): RunLock {
  let held = true;
  const isOurs = () => {
    try {
      return readFileSync(path, "utf8") === text;
    } catch {
      return false;
    }
  };
  return {
    verify() {
      if (!held || !isOurs()) {
        throw new InputError(`${path}: this run no longer holds it; another one may be writing here`);
      }
    },
    release() {
      if (held && isOurs()) rmSync(path, { force: true });
      held = false;
    },
  };
}

function describeSelf(): Holder {
  return { pid: process.pid, host: hostname(), birth: birthOf(process.pid) ?? null };
}

function isGone(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  if (!isAlive(holder.pid)) return true;
  const birth = birthOf(holder.pid);
  if (birth === "dead") return true;
  return birth !== undefined && holder.birth !== null && birth !== holder.birth;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Any other answer is about a process that is there, such as "not yours".
    return errorCode(error) !== "ESRCH";
  }
}

/**
 * What tells a process from a later one of the same number: the machine's boot and the clock tick in
 * it. "dead" for one that only waits for its parent to notice; undefined where there is no /proc.
 */
function birthOf(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything; state is field 3 and the start field 22 (man 5 proc).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return "dead";
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
