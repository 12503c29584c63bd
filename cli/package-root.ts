/** @file Where this package lies: its page and its zoo are found from there, in a clone and when installed. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { internal } from "../shared/errors.ts";

/** The first folder above this file that has a package.json: from dist/cli and from cli alike. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) throw internal("the package has no package.json");
  }
}
