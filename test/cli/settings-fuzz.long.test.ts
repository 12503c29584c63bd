/** @file 5,000 mutations of settings files, of their values and of their structure: valid, or refused in a few lines. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { resolveConfig } from "../../cli/run-config.ts";
import { parseConfig, settings } from "../../shared/config.ts";
import { InputError, MAX_FAULTS } from "../../shared/errors.ts";
import { PRESETS } from "../../shared/presets.ts";
import { Rng } from "../../shared/rng.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const CASES = 5000;
const MAX_MUTATIONS = 4;
/** Growth of the process's memory while it reads them all. */
const MAX_GROWTH = 300 * 2 ** 20;

const VALUES = [
  ...[
    "null",
    "~",
    "true",
    "0",
    "-0",
    "-1",
    "1e400",
    "-1e308",
    "0x7fffffff",
    "9007199254740993",
    ".nan",
    ".inf",
  ],
  ...[
    '""',
    '"0.1"',
    "[]",
    "{}",
    "[[[1]]]",
    "[1, [2, {a: 3}]]",
    "2026-11-29",
    "1_000",
    "0b1",
    "1:30",
    "!!set {a}",
  ],
  ...[
    "&a [*a]",
    "*none",
    "|\n  text",
    ">-\n\n",
    '"\\u0000"',
    "\u202e",
    "\u001b[2J",
    "\ud800",
    "'",
    "@",
    "`",
    "%x",
  ],
  ...[
    "__proto__",
    "{__proto__: {a: 1}}",
    "{constructor: 1}",
    "<<: {a: 1}",
    "? a\n: b",
    "!!binary AAAA",
    "!!js/f x",
  ],
];

type Mutation = (text: string, rng: Rng) => string;

/** A position in a text, at the start of a line or anywhere. */
const anywhere = (text: string, rng: Rng) => rng.integer(text.length + 1);
const pick = <T>(values: readonly T[], rng: Rng): T => values[rng.integer(values.length)]!;
const insert = (text: string, at: number, what: string) => text.slice(0, at) + what + text.slice(at);

function editLine(text: string, rng: Rng, edit: (line: string) => string): string {
  const lines = text.split("\n");
  const at = rng.integer(lines.length);
  lines[at] = edit(lines[at]!);
  return lines.join("\n");
}

const NAMES = settings().map(({ path }) => path);

const MUTATIONS: readonly Mutation[] = [
  // Values and names.
  (text, rng) => editLine(text, rng, (line) => line.replace(/: .*/, `: ${pick(VALUES, rng)}`)),
  (text, rng) =>
    editLine(text, rng, (line) => line.replace(/: .*/, `: ${rng.normal() * 10 ** rng.integer(20)}`)),
  (text, rng) =>
    editLine(text, rng, (line) =>
      insert(line, anywhere(line, rng), String.fromCharCode(33 + rng.integer(94))),
    ),
  (text, rng) => editLine(text, rng, (line) => line.slice(0, anywhere(line, rng))),
  (text, rng) => `${text}\n${pick(NAMES, rng)}: ${pick(VALUES, rng)}`,
  // Structure.
  (text, rng) => editLine(text, rng, (line) => `${line}\n${line}`),
  (text, rng) => editLine(text, rng, () => ""),
  (text, rng) => editLine(text, rng, (line) => " ".repeat(rng.integer(300)) + line),
  (text, rng) => editLine(text, rng, (line) => `\t${line}`),
  (text, rng) => editLine(text, rng, (line) => `- ${line}`),
  (text, rng) => editLine(text, rng, (line) => line.replace(/: .*/, `: ${"[".repeat(2 ** rng.integer(14))}`)),
  (text, rng) =>
    editLine(text, rng, (line) => line.replace(/: .*/, `: ${"{a: ".repeat(2 ** rng.integer(12))}1`)),
  (text, rng) => `${"- ".repeat(2 ** rng.integer(14))}${text}`,
  (text, rng) =>
    `a: &a [1, 1]\n${Array.from({ length: rng.integer(40) }, (_, i) => `b${i}: &b${i} [*${i === 0 ? "a" : `b${i - 1}`}, *${i === 0 ? "a" : `b${i - 1}`}]`).join("\n")}\n${text}`,
  (text, rng) => text.repeat(1 + rng.integer(6)),
  (text, rng) =>
    insert(text, anywhere(text, rng), `\n${pick(["---", "...", "%YAML 1.1", "%TAG ! x", "# c"], rng)}\n`),
  (text, rng) => insert(text, anywhere(text, rng), pick(VALUES, rng)),
  (text, rng) => insert(text, anywhere(text, rng), "x: y\n".repeat(2 ** rng.integer(15))),
  (text, rng) => insert(text, anywhere(text, rng), "\u0000\r\u0085\u2028\ufeff"[rng.integer(5)]!),
  (text, rng) => text.slice(anywhere(text, rng)),
  (text, rng) => text.slice(0, anywhere(text, rng)),
  (text, rng) =>
    text
      .split("\n")
      .toSorted(() => rng.integer(3) - 1)
      .join("\n"),
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => JSON.stringify({ env: text, agent: [text], text }),
  (text, rng) => `{"a": ${'{"a": '.repeat(2 ** rng.integer(14))}${text}`,
];

it("are accepted, or refused in at most eleven lines without control characters, whatever is changed", () => {
  const path = join(temporaryFolder(), "settings.yaml");
  const valid = [
    stringify(parseConfig({}, "defaults")),
    JSON.stringify(parseConfig({}, "defaults"), null, 1),
    "env:\n  id: panda-push\n  control: ee\nagent:\n  her: {k: 8}\n  hidden: [64, 64]\ntrain:\n  seed: 3\n",
    ...PRESETS.map((preset) => stringify(preset.settings)),
  ];
  const rng = Rng.fromSeed(20);
  const before = process.memoryUsage().rss;
  const counts = { accepted: 0, refused: 0 };
  let peak = before;
  for (let i = 0; i < CASES; i++) {
    let text = pick(valid, rng);
    for (let n = 1 + rng.integer(MAX_MUTATIONS); n > 0; n--) text = pick(MUTATIONS, rng)(text, rng);
    writeFileSync(path, text);
    try {
      const config = resolveConfig({ config: path });
      // What is accepted is a complete config that stays the same.
      expect(parseConfig(JSON.parse(JSON.stringify(config)), "again")).toEqual(config);
      counts.accepted += 1;
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`case ${i}: ${error}\n${text.slice(0, 500)}`);
      const lines = error.message.split("\n");
      expect(lines.length).toBeLessThanOrEqual(MAX_FAULTS + 1);
      for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|internal:/u);
      counts.refused += 1;
    }
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  expect(counts.accepted).toBeGreaterThan(CASES / 50);
  expect(counts.refused).toBeGreaterThan(CASES / 2);
  expect(peak - before).toBeLessThan(MAX_GROWTH);
});
