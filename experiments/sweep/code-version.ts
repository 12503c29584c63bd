/**
 * @file A name for the code that makes results: it changes when they could, and only then.
 *
 * A commit would change with every document, and a package has none. So the files that training imports
 * are hashed, with the versions of the packages that compute.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join, relative, sep } from "node:path";
import { internal } from "../../shared/errors.ts";
import { describeVersions } from "../../storage/machine.ts";

/** From here on everything is followed that takes part in a run. */
const ENTRIES = ["training/training-run", "env/registry", "agent/engine/select"];

/** Packages that every run computes with. */
const PACKAGES = ["@dimforge/rapier3d-compat", "@dimforge/rapier3d-deterministic-compat", "onnxruntime-node"];

const ROOT = join(import.meta.dirname, "../..");

/** .ts when run from source, .js when built. */
const EXTENSION = extname(import.meta.filename);

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.[^"']+)["']/g;

let known: string | undefined;

/** Twelve hexadecimal digits; the same for the same code and packages on any machine. */
export function codeVersion(): string {
  known ??= hashCode();
  return known;
}

function hashCode(): string {
  const files = new Map<string, string>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    const text = readFileSync(path, "utf8");
    files.set(path, text);
    for (const match of text.matchAll(IMPORT)) visit(join(dirname(path), match[1] ?? ""));
  };
  for (const entry of ENTRIES) {
    const path = join(ROOT, entry + EXTENSION);
    if (!existsSync(path)) throw internal(`the code of ${entry} is not at ${path}`);
    visit(path);
  }
  const hash = createHash("sha256");
  const named = [...files].map(([path, text]) => [relative(ROOT, path).split(sep).join("/"), text] as const);
  for (const [path, text] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    // A checkout on Windows may end its lines otherwise.
    hash.update(`${path}\n${text.replaceAll("\r\n", "\n")}\n`);
  }
  const versions = describeVersions();
  for (const name of PACKAGES) hash.update(`${name} ${versions[name] ?? "none"}\n`);
  return hash.digest("hex").slice(0, 12);
}
