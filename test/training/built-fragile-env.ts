/** @file JavaScript of fragile-env.ts, for worker threads of the built program: they run no TypeScript. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { transformWithOxc } from "vite";
import { afterAll } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const FILES = ["test/training/fragile-env.ts", "test/toy-envs.ts"];

/** Writes the JavaScript into a folder that is removed after the file's tests, and returns its address. */
export async function buildFragileEnv(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-fragile-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const file of FILES) {
    const path = join(folder, file.replace(/ts$/, "js"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await javaScriptOf(file));
  }
  return pathToFileURL(join(folder, FILES[0]!.replace(/ts$/, "js"))).href;
}

async function javaScriptOf(file: string): Promise<string> {
  const { code } = await transformWithOxc(readFileSync(join(ROOT, file), "utf8"), file);
  const built = pathToFileURL(join(ROOT, "dist/shared/")).href;
  return code.replace(/"(\.\.\/)+shared\//g, `"${built}`).replace(/\.ts"/g, '.js"');
}
