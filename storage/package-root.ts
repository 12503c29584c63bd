/** @file Finds the folder of this package, which contains the viewer's page and the zoo. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { internal } from "../shared/errors.ts";

/** Returns the nearest parent folder with a package.json, whether this runs from storage or dist/storage. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) throw internal("no package.json above this file");
  }
}

/** Returns the path of the package's zoo entry for `zoo/<name>`, unless there is such a path here; other paths as they are. */
export function withZoo(path: string): string {
  if (!/^zoo[/\\][^/\\]/.test(path) || existsSync(path)) return path;
  const packaged = join(packageRoot(), path);
  return existsSync(packaged) ? packaged : path;
}
