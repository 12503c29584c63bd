/** @file docs/reliability.md names tests that exist, and calls red only what a seeded fault has shown. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SEEDED_FAULTS } from "../../scripts/seeded-fault-list.ts";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/reliability.md"), "utf8");
const rows = page.split("\n").filter((line) => /^\| [A-Z]{3}-\d\d \|/.test(line));
const testsOf = (row: string) => [...row.matchAll(/`([^`]+\.test\.ts[^`]*)`/g)].map(([, test = ""]) => test);

interface Result {
  readonly test: string;
  readonly outcome: string;
}

const results: Result[] = Object.values(
  JSON.parse(readFileSync(join(ROOT, "docs/benchmarks/seeded-faults.json"), "utf8")),
);
const caught = new Set(results.filter(({ outcome }) => outcome === "caught").map(({ test }) => test));

it("names tests that exist", () => {
  expect(rows.length).toBeGreaterThan(150);
  const missing = rows.flatMap(testsOf).filter((test) => !exists(test));
  expect(missing).toEqual([]);
});

it("says of each row whether one of its tests has failed with a fault", () => {
  for (const row of rows) {
    const isRed = testsOf(row).some((test) => caught.has(test));
    expect(row).toMatch(isRed ? / \| yes \|$/ : / \| – \|$/);
  }
});

it("counts its rows", () => {
  const tested = rows.filter((row) => testsOf(row).length > 0).length;
  const red = rows.filter((row) => row.endsWith("| yes |")).length;
  expect(page).toContain(`\n${rows.length} rows, ${tested} with a test, ${red} shown red.\n`);
});

it("has a list of faults that fit the program and tests that exist", () => {
  for (const { file, from, to, test } of SEEDED_FAULTS) {
    expect([test, exists(test)]).toEqual([test, true]);
    expect(to).not.toBe(from);
    // Built files are absent before a build.
    if (file.startsWith("dist/")) continue;
    const count = readFileSync(join(ROOT, file), "utf8").split(from).length - 1;
    expect([file, from, count]).toEqual([file, from, 1]);
  }
});

function exists(test: string): boolean {
  const [file = "", title = ""] = test.split(" › ");
  const path = join(ROOT, "test", file);
  return existsSync(path) && readFileSync(path, "utf8").includes(title);
}
