/** @file A small disk for tests that fill it; only root can mount one. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

export interface SmallDisk {
  readonly path: string;
  /** Whether it could be mounted; otherwise `path` is a folder of the usual disk. */
  readonly mounted: boolean;
  readonly free: () => number;
  /** Fills it with a file, `filler`, except for a number of bytes, a multiple of the page size. */
  readonly fillExcept: (bytes: number) => void;
}

/** Mounts a disk that is removed after the file's tests. @param size as of mount: "256k" */
export function mountSmallDisk(size: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "steadyarm-disk-"));
  const words = ["-t", "tmpfs", "-o", `size=${size}`, "steadyarm-test", path];
  const mounted = spawnSync("mount", words).status === 0;
  afterAll(() => {
    // Lazy, because a failed test may have left a file open.
    if (mounted) execFileSync("umount", ["-l", path]);
    rmdirSync(path);
  });
  const free = () => {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  };
  const fillExcept = (bytes: number) => {
    const filler = join(path, "filler");
    rmSync(filler, { force: true });
    // The name of the file takes one page.
    writeFileSync(filler, new Uint8Array(Math.max(free() - bytes, 0)));
  };
  return { path, mounted, free, fillExcept };
}
