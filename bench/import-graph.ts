/** @file The imports of a checkout's TypeScript files, read as text, and the cycles among them. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";

interface Import {
  readonly file: string;
  /** As written: a package, `node:…`, or a relative path. */
  readonly target: string;
}

/** The TypeScript files below a folder, as paths from the root with `/`. */
export function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

/** The imports of a file, type imports included. */
export function importsOf(root: string, file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)["']([^"']+)["']/g);
  return [...found].map((match) => ({ file, target: match[1] ?? "" }));
}

/** The path of a relative import from the root. */
export function resolveImport({ file, target }: Import): string {
  return normalize(join(dirname(file), target))
    .split(sep)
    .join("/");
}

/** Cycles among files, each as a path that starts and ends with the same file; none if and only if there is none. */
export function importCycles(files: readonly string[], imports: readonly Import[]): string[][] {
  const graph = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const each of imports) {
    if (each.target.startsWith(".")) graph.get(each.file)?.push(resolveImport(each));
  }
  const visited = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file]);
    if (visited.has(file)) return;
    visited.add(file);
    for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
  };
  for (const file of files) visit(file, []);
  return cycles;
}
