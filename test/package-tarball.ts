/** @file Packs the package as `npm pack` does and installs it without a network, for tests. */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the built program into a folder. Returns the path of the tarball and of each file inside. */
export function pack(folder: string): { readonly tarball: string; readonly files: readonly string[] } {
  // Its scripts would build dist/ again while other tests run it.
  const words = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const { status, stdout, stderr } = spawnSync("npm", words, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const [packed]: Packed[] = JSON.parse(stdout);
  if (packed === undefined) throw new Error(`npm pack printed ${stdout}`);
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}

/** Unpacks a tarball into a project's node_modules, beside links to the dependencies that its package.json names. */
export function installOffline(tarball: string, project: string): void {
  const modules = join(project, "node_modules");
  const target = join(modules, "steadyarm");
  mkdirSync(target, { recursive: true });
  const { status, stderr } = spawnSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const { dependencies }: { dependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(target, "package.json"), "utf8"),
  );
  for (const name of Object.keys(dependencies)) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), link, "junction");
  }
}
