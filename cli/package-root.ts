/** @file Finds the folder of this package, which contains the viewer's page and the zoo. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { internal } from "../shared/errors.ts";

/** Returns the nearest parent folder with a package.json, whether this runs from cli or dist/cli. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) throw internal("no package.json above this file");
  }
}
