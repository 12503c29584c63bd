/**
 * @file A lock file that gives one process the right to write to a run folder.
 *
 * The complete file is linked into place, so it is never empty. The lock becomes stale when its owner
 * dies, and the next process takes it over. Whether an owner on another machine is alive cannot be
 * determined, so its lock is never stale.
 */

import { linkSync, readFileSync, renameSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../shared/errors.ts";
import { syncFolder, temporaryPath, writeDurably } from "./atomic-file.ts";
import { diskError, errorCode } from "./disk-error.ts";
import { readRegularFile } from "./regular-file.ts";
import { formatJson, parseJson } from "./strict-json.ts";

/** Name of the file in a run folder. */
export const LOCK_FILE = "run.lock";

/** Attempts to take over a stale lock, each of which another process may win. */
const ATTEMPTS = 20;

const MAX_LOCK_BYTES = 4096;

const Owner = z.strictObject({ pid: z.int().positive(), host: z.string(), birth: z.string().nullable() });
type Owner = z.infer<typeof Owner>;

export interface RunLock {
  /** Throws InputError if the lock file was removed or replaced: another process may be writing. */
  verify(): void;
  /** Removes the lock file; a second call does nothing. */
  release(): void;
}

/**
 * Locks a run folder.
 *
 * @throws InputError naming process and host of the owner if it is locked, or if the disk refuses
 */
export function lockRun(folder: string): RunLock {
  const path = join(folder, LOCK_FILE);
  const text = `${formatJson(thisProcess(), path)}\n`;
  const temporary = temporaryPath(path);
  try {
    writeDurably(temporary, text);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (tryLink(temporary, path)) {
        syncFolder(folder);
        return createLock(path, text);
      }
      removeIfStale(path, folder);
    }
  } catch (error) {
    throw diskError(error, path, "lock");
  } finally {
    rmSync(temporary, { force: true });
  }
  throw new InputError(`${folder}: several runs are starting in this folder. Start one at a time`);
}

/** Whether a process has locked a run folder; an owner on another machine is taken to be alive. */
export function isRunLocked(folder: string): boolean {
  try {
    const owner = readOwner(join(folder, LOCK_FILE));
    return owner !== undefined && !isStale(owner);
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** Whether a folder has the lock of a process of this machine that has died. */
export function hasDeadOwner(folder: string): boolean {
  const owner = readOwner(join(folder, LOCK_FILE));
  return owner !== undefined && isStale(owner);
}

/** Links a file into place; returns false if the name is taken. */
function tryLink(from: string, path: string): boolean {
  try {
    linkSync(from, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes a stale lock. Throws InputError if the owner is alive. */
function removeIfStale(path: string, folder: string): void {
  const owner = readOwner(path);
  if (owner === undefined) return;
  if (!isStale(owner)) {
    const elsewhere = owner.host === hostname() ? "" : `, or remove ${path} if that machine is gone`;
    throw new InputError(
      `${folder}: another run is writing here: process ${owner.pid} on ${owner.host}. Wait for it, stop it, or choose another --out${elsewhere}`,
    );
  }
  // Only one of several processes can move the file; if that one has moved a newer, valid lock, it puts it back.
  const aside = temporaryPath(`${path}.stale`);
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  const moved = readOwner(aside);
  if (moved !== undefined && !isStale(moved)) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readOwner(path: string): Owner | undefined {
  try {
    const parsed = Owner.safeParse(parseJson(readRegularFile(path, MAX_LOCK_BYTES), path));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (error instanceof InputError && errorCode(error.cause) === "ENOENT") return undefined;
    throw error;
  }
  throw new InputError(`${path}: this is not a lock file. Remove it if no other run is writing here`);
}

function createLock(path: string, text: string): RunLock {
  let held = true;
  // An exit that skips the caller's clean-up, by a second Ctrl-C or a bug, leaves no lock either.
  const onExit = () => release();
  process.once("exit", onExit);
  const release = () => {
    if (held && isOurs()) rmSync(path, { force: true });
    held = false;
    process.off("exit", onExit);
  };
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
        throw new InputError(`${path}: this run no longer owns the lock; another run may be writing here`);
      }
    },
    release,
  };
}

function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), birth: birthOf(process.pid) ?? null };
}

/** Whether the owner is dead, or its process number belongs to a later process. */
function isStale(owner: Owner): boolean {
  if (owner.host !== hostname()) return false;
  if (!isAlive(owner.pid)) return true;
  const birth = birthOf(owner.pid);
  if (birth === "dead") return true;
  return birth !== undefined && owner.birth !== null && birth !== owner.birth;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Other errors, such as EPERM, mean that the process exists.
    return errorCode(error) !== "ESRCH";
  }
}

/**
 * Distinguishes a process from a later one of the same number: boot id and start time in clock ticks.
 * "dead" for a zombie; undefined without /proc.
 */
function birthOf(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The process name is in brackets and may contain any character; state is field 3, start time field 22 (man 5 proc).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return "dead";
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
