/** @file Machine, versions and commit of a run, for the record; no result depends on them. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { internal } from "../shared/errors.ts";

export const Machine = z.object({
  platform: z.string(),
  release: z.string(),
  arch: z.string(),
  cpu: z.string(),
  /** Available to this process. */
  cores: z.int().positive(),
  memoryBytes: z.int().nonnegative(),
});
export type Machine = z.infer<typeof Machine>;

export const Commit = z.object({
  /** Full hash. */
  hash: z.string(),
  /** Whether tracked files differ from it. */
  dirty: z.boolean(),
});
export type Commit = z.infer<typeof Commit>;

/** Packages whose version can change results. */
const PACKAGES = [
  "@dimforge/rapier3d-compat",
  "@dimforge/rapier3d-deterministic-compat",
  "onnxruntime-node",
  "@tensorflow/tfjs",
  "@tensorflow/tfjs-node",
] as const;

const Package = z.object({ name: z.string(), version: z.string() });

const GIT_TIMEOUT_MS = 5000;

export function describeMachine(): Machine {
  return {
    platform: platform(),
    release: release(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

/** Versions of steadyarm, node and the installed packages above, by name. */
export function describeVersions(): Record<string, string> {
  const own = ancestors(import.meta.dirname)
    .map((folder) => readPackage(join(folder, "package.json")))
    .find((found) => found?.name === "steadyarm");
  if (own === undefined) throw internal("no package.json of steadyarm above its code");
  const versions: Record<string, string> = { steadyarm: own.version, node: process.versions.node };
  for (const name of PACKAGES) {
    // require.resolve fails for packages that do not export their package.json.
    const found = ancestors(import.meta.dirname)
      .map((folder) => readPackage(join(folder, "node_modules", name, "package.json")))
      .find((candidate) => candidate !== undefined);
    if (found !== undefined) versions[name] = found.version;
  }
  return versions;
}

/** The commit checked out in a folder; null without a repository or git. */
export function readCommit(folder: string): Commit | null {
  try {
    const hash = git(folder, "rev-parse", "--verify", "HEAD").trim();
    return { hash, dirty: git(folder, "status", "--porcelain", "--untracked-files=no") !== "" };
  } catch {
    return null;
  }
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-c", "core.fsmonitor=false", "-C", folder, ...args], {
    encoding: "utf8",
    timeout: GIT_TIMEOUT_MS,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, GIT_OPTIONAL_LOCKS: "0" },
  });
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function readPackage(path: string): z.infer<typeof Package> | undefined {
  try {
    return Package.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}
