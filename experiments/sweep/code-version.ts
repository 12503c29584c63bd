/**
 * @file Version of the code that determines training results: a hash of the files that training imports and the
 * versions of the packages it computes with.
 *
 * A git commit would also change with documentation, and an installed package has no commit.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join, relative, sep } from "node:path";
import { internal } from "../../shared/errors.ts";
import { describeVersions } from "../../storage/machine.ts";

/** Modules whose transitive imports take part in a run. */
const ENTRY_MODULES = ["training/training-run", "training/worker", "env/registry", "agent/engine/select"];

/** Packages that affect the results of a run. */
const PACKAGES = ["@dimforge/rapier3d-compat", "@dimforge/rapier3d-deterministic-compat", "onnxruntime-node"];

const ROOT = join(import.meta.dirname, "../..");

/** .ts when running from source, .js when built. */
const EXTENSION = extname(import.meta.filename);

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.[^"']+)["']/g;

let cached: string | undefined;

/** 12 hexadecimal digits, identical on every machine for the same code and packages. */
export function codeVersion(): string {
  cached ??= hashCode();
  return cached;
}

function hashCode(): string {
  const files = new Map<string, string>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    const text = readFileSync(path, "utf8");
    files.set(path, text);
    for (const match of text.matchAll(IMPORT)) visit(join(dirname(path), match[1] ?? ""));
  };
  for (const entry of ENTRY_MODULES) {
    const path = join(ROOT, entry + EXTENSION);
    if (!existsSync(path)) throw internal(`${entry} not found at ${path}`);
    visit(path);
  }
  const hash = createHash("sha256");
  const byPath = [...files].map(([path, text]) => [relative(ROOT, path).split(sep).join("/"), text] as const);
  for (const [path, text] of byPath.sort(([a], [b]) => (a < b ? -1 : 1))) {
    // A checkout on Windows may have CRLF line endings.
    hash.update(`${path}\n${text.replaceAll("\r\n", "\n")}\n`);
  }
  const versions = describeVersions();
  for (const name of PACKAGES) hash.update(`${name} ${versions[name] ?? "none"}\n`);
  return hash.digest("hex").slice(0, 12);
}
