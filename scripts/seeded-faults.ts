/**
 * @file Shows that tests can fail: puts each fault of seeded-fault-list.ts into a copy of the program and runs its test.
 *
 * npx tsx scripts/seeded-faults.ts [--only <text>]… [--list]
 *
 * Several texts are tried in their order.
 *
 * Results go to docs/benchmarks/seeded-faults.json after each fault, so the script can be stopped and started again: a
 * fault that a test has caught is not tried again until it changes. docs/reliability.md is updated at the end.
 * Integration tests run the built program: a fault is put into its file there too, and `npm run build` comes first.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { parseArgs } from "node:util";
import { transformWithOxc } from "vite";
import { SEEDED_FAULTS } from "./seeded-fault-list.ts";
import type { SeededFault } from "./seeded-faults/fault.ts";

const ROOT = join(import.meta.dirname, "..");
const RESULTS = join(ROOT, "docs/benchmarks/seeded-faults.json");
const PAGE = join(ROOT, "docs/reliability.md");

/** Milliseconds after which a test counts as hanging, which is a failure too. */
const TIMEOUT = 300_000;

/** `caught`: the test passes without the fault and fails with it. */
type Outcome = "caught" | "missed" | "broken test" | "no such text";

interface Result {
  readonly test: string;
  readonly file: string;
  readonly outcome: Outcome;
}

const { values: flags } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [""] },
    list: { type: "boolean", default: false },
  },
});

const results = readResults();
const chosen = flags.only.flatMap((text, i) => {
  const has = ({ test, file }: SeededFault, part: string) => `${test} ${file}`.includes(part);
  const earlier = flags.only.slice(0, i);
  return SEEDED_FAULTS.filter((each) => has(each, text) && !earlier.some((part) => has(each, part)));
});
const caughtTests = new Set(resultsWith("caught").map(({ test }) => test));
const missing = chosen.filter((fault) => results[keyOf(fault)]?.outcome !== "caught");
const due = flags.only.length > 1 ? missing : missing.sort((a, b) => urgency(a) - urgency(b));
if (!flags.list && due.length > 0) await tryAll(due);
printTable();
updatePage();

async function tryAll(faults: readonly SeededFault[]): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), "steadyarm-seeded-"));
  try {
    // Some tests read the program as another user.
    chmodSync(copy, 0o755);
    cpSync(ROOT, copy, { recursive: true, filter: (path) => isCopied(relative(ROOT, path)) });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
    const sound = new Map<string, boolean>();
    for (const [i, fault] of faults.entries()) {
      if (!sound.has(fault.test)) {
        for (const [test, isSound] of runSound(copy, faults, fault.test)) sound.set(test, isSound);
      }
      const isSound = sound.get(fault.test) === true;
      const outcome = isSound ? await tryFault(copy, fault) : "broken test";
      results[keyOf(fault)] = { test: fault.test, file: fault.file, outcome };
      writeFileSync(RESULTS, `${JSON.stringify(currentResults(), null, 2)}\n`);
      process.stdout.write(`${i + 1}/${faults.length} ${outcome}: ${fault.file} · ${fault.test}\n`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * Runs tests that faults name, without a fault; returns which of them pass. Unit tests are run all at once, integration
 * tests, which take longer, file by file.
 */
function runSound(copy: string, faults: readonly SeededFault[], first: string): Map<string, boolean> {
  const tests = [...new Set(faults.map(({ test }) => test))].filter((test) =>
    isUnit(first) ? isUnit(test) : fileOf(test) === fileOf(first),
  );
  const results = runTests(copy, tests);
  return new Map(tests.map((test) => [test, passes(results, test)]));
}

async function tryFault(copy: string, { file, from, to, test }: SeededFault): Promise<Outcome> {
  const text = readFileSync(join(copy, file), "utf8");
  if (text.split(from).length !== 2) return "no such text";
  const faulty = text.replace(from, () => to);
  const contents = new Map([[file, faulty]]);
  const built = `dist/${file.replace(/\.ts$/, ".js")}`;
  if (existsSync(join(copy, built))) contents.set(built, (await transformWithOxc(faulty, file)).code);
  const intact = [...contents.keys()].map((path) => [path, readFileSync(join(copy, path))] as const);
  for (const [path, content] of contents) writeFileSync(join(copy, path), content);
  try {
    return passes(runTests(copy, [test], ["--bail", "1"]), test) ? "missed" : "caught";
  } finally {
    for (const [path, content] of intact) writeFileSync(join(copy, path), content);
  }
}

/** Whether a test ran, and all of its cases passed. */
function passes(results: readonly TestResult[], test: string): boolean {
  const title = new RegExp(patternOf(titleOf(test)));
  const own = results.filter(
    ({ file, fullName, status }) => file === fileOf(test) && title.test(fullName) && status !== "skipped",
  );
  return own.length > 0 && own.every(({ status }) => status === "passed");
}

interface TestResult {
  /** Path under test/. */
  readonly file: string;
  readonly fullName: string;
  readonly status: string;
}

/** Runs tests; returns no results if they do not end, or a file cannot be loaded. */
function runTests(
  copy: string,
  tests: readonly string[],
  options: readonly string[] = [],
): readonly TestResult[] {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const pattern = tests.map((test) => patternOf(titleOf(test))).join("|");
  const files = [...new Set(tests.map((test) => `test/${fileOf(test)}`))];
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const words = [vitest, "run", ...files, "--testNamePattern", pattern, ...options];
  spawnSync(
    process.execPath,
    [...words, "--reporter", "json", "--outputFile", report, "--testTimeout", "60000"],
    {
      cwd: copy,
      stdio: "ignore",
      timeout: TIMEOUT,
      killSignal: "SIGKILL",
    },
  );
  if (!existsSync(report)) return [];
  const reported: readonly FileReport[] = JSON.parse(readFileSync(report, "utf8")).testResults;
  return reported.flatMap(({ name, assertionResults }) => {
    const file = relative(join(realpathSync(copy), "test"), name)
      .split(sep)
      .join("/");
    return assertionResults.map(({ fullName, status }) => ({ file, fullName, status }));
  });
}

/** A file in the report of vitest. */
interface FileReport {
  readonly name: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

/** Faults whose test has not been seen to fail yet come first, and unit tests before integration tests. */
function urgency({ test }: SeededFault): number {
  return (caughtTests.has(test) ? 2 : 0) + (isUnit(test) ? 0 : 1);
}

function isUnit(test: string): boolean {
  return !fileOf(test).endsWith(".integration.test.ts");
}

function fileOf(test: string): string {
  return test.split(" › ")[0] ?? "";
}

function titleOf(test: string): string {
  return test.split(" › ")[1] ?? "";
}

/** Returns a regular expression for a title in which %s and $name stand for anything. */
function patternOf(title: string): string {
  return title.replace(/[.*+?^{}()|[\]\\]/g, "\\$&").replace(/%[sidfj]|\$\w+/g, ".*");
}

function isCopied(path: string): boolean {
  const [top = ""] = path.split(sep);
  return !["node_modules", ".git", "runs", "sweeps"].includes(top);
}

/** Changes with the fault, not with the rest of the program. */
function keyOf({ file, from, to, test }: SeededFault): string {
  const hash = createHash("sha256").update(JSON.stringify([file, from, to, test]));
  return hash.digest("hex").slice(0, 12);
}

function readResults(): Record<string, Result> {
  return existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : {};
}

/** The results of faults that are still in the list, in its order. */
function currentResults(): Record<string, Result> {
  return Object.fromEntries(
    SEEDED_FAULTS.flatMap((fault) => {
      const result = results[keyOf(fault)];
      return result === undefined ? [] : [[keyOf(fault), result]];
    }),
  );
}

function resultsWith(outcome: Outcome): Result[] {
  return Object.values(currentResults()).filter((result) => result.outcome === outcome);
}

function printTable(): void {
  const lines = chosen.map(
    (fault) => `${(results[keyOf(fault)]?.outcome ?? "not tried").padEnd(12)}  ${fault.file}  ${fault.test}`,
  );
  const caught = chosen.filter((fault) => results[keyOf(fault)]?.outcome === "caught").length;
  process.stdout.write(`${lines.join("\n")}\n${caught} of ${chosen.length} faults are caught\n`);
}

/** Fills in the column "red" of the page, and the numbers above its tables. */
function updatePage(): void {
  const caught = new Set(resultsWith("caught").map(({ test }) => test));
  const counts = { rows: 0, tested: 0, red: 0 };
  const lines = readFileSync(PAGE, "utf8")
    .split("\n")
    .map((line) => {
      const cells = /^\| [A-Z]{3}-\d\d \|/.test(line) ? line.split(" | ") : undefined;
      if (cells === undefined) return line;
      const named = [...line.matchAll(/`([^`]+\.test\.ts[^`]*)`/g)].map(([, test = ""]) => test);
      const isRed = named.some((test) => caught.has(test));
      counts.rows += 1;
      counts.tested += named.length > 0 ? 1 : 0;
      counts.red += isRed ? 1 : 0;
      return [...cells.slice(0, -1), isRed ? "yes |" : "– |"].join(" | ");
    });
  const summary = `${counts.rows} rows, ${counts.tested} with a test, ${counts.red} shown red.`;
  const text = lines.join("\n").replace(/^\d+ rows, .*$/m, summary);
  writeFileSync(PAGE, text);
  process.stdout.write(`${summary}\n`);
}
