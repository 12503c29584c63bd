/** @file A diagnosis as a person reads it: the likeliest cause in full, the others in short, and what to type next. */

import { CAUSES } from "../doctor/causes.ts";
import type { Diagnosis, Evidence, Finding } from "../doctor/diagnosis.ts";
import type { RunRecord } from "../doctor/run-record.ts";
import { sparkline } from "./sparkline.ts";

/** Columns that sentences are broken at. */
const WIDTH = 96;

const INDENT = "   ";

/** The whole report, lines without colour. */
export function doctorReport(diagnosis: Diagnosis, record: RunRecord): string {
  const { findings, verdict, unknown } = diagnosis;
  const lines = [headline(record), successLine(record), ""];
  if (verdict === "healthy")
    lines.push("Healthy: the newest evaluations hold the goal, and nothing is found wrong.");
  if (verdict === "unexplained") {
    lines.push(
      "Unexplained: the actor has not learned, and no known cause fits. docs/doctor.md says what was looked for.",
    );
  }
  const [first, ...others] = findings;
  if (first !== undefined) lines.push(...inFull(first, 1));
  if (others.length > 0) {
    lines.push("", "Less likely:");
    lines.push(...others.map((finding, i) => inShort(finding, i + 2)));
  }
  if (unknown.length > 0) {
    lines.push("", "Cannot tell:");
    for (const each of unknown) lines.push(...wrapped(each, "  - ", "    "));
  }
  if (first !== undefined) lines.push("", ...next(first, record));
  return lines.join("\n");
}

function headline({ run, config, rows, complete }: RunRecord): string {
  const steps = (rows.at(-1)?.step ?? 0).toLocaleString("en");
  const total = config.train.steps.toLocaleString("en");
  const far = complete ? `${steps} steps, complete` : `${steps} of ${total} steps so far`;
  return `${run}: ${config.env.id}, ${config.env.reward} reward, seed ${config.train.seed}, ${far}`;
}

function successLine({ rows }: RunRecord): string {
  const rates = rows.flatMap(({ values }) => values["eval/success_rate"] ?? []);
  const best = Math.max(...rates).toFixed(2);
  return `success ${sparkline(rates, [0, 1])} ${rates.at(-1)?.toFixed(2) ?? "-"} now, ${best} at best`.replace(
    "  ",
    " ",
  );
}

function inFull(finding: Finding, number: number): string[] {
  const { explanation, remedy, set, evidence } = finding;
  const lines = [
    `${number}  ${titleOf(finding)}  ${meter(finding.confidence)}`,
    ...wrapped(explanation, INDENT, INDENT),
    "",
  ];
  const names = Math.max(...evidence.map(({ metric }) => metric.length));
  for (const each of evidence) {
    lines.push(
      `${INDENT}${each.metric.padEnd(names)}  ${measured(each)}  ${sparkline(each.trend)}`.trimEnd(),
    );
    lines.push(...wrapped(each.source, `${INDENT}  `, `${INDENT}  `));
  }
  lines.push("", ...wrapped(`Remedy: ${remedy}.`, INDENT, INDENT));
  if (set.length > 0) lines.push(`${INDENT}${set.map((each) => `--set ${each}`).join(" ")}`);
  return lines;
}

function inShort(finding: Finding, number: number): string {
  const { evidence, followsFrom } = finding;
  const strongest = evidence[0];
  const shown = strongest === undefined ? "" : `${strongest.metric} ${measured(strongest)}`;
  const root = followsFrom === null ? "" : `, follows from ${plain(followsFrom)}`;
  return `${number}  ${titleOf(finding)}  ${finding.confidence.toFixed(2)}${root}  ${shown}`;
}

function next({ set }: Finding, { run, complete, config }: RunRecord): string[] {
  const lines = ["Next:"];
  if (set.length > 0)
    lines.push(`  steadyarm doctor ${run} --cure        tries this on several seeds and says what it did`);
  if (complete)
    lines.push(
      `  steadyarm train --resume ${run} --steps ${2 * config.train.steps}        trains on as it is`,
    );
  lines.push(`  steadyarm watch ${run}        shows what it does`);
  return lines;
}

const titleOf = ({ title }: Finding): string => capital(title);

const plain = (name: string): string => CAUSES.find((cause) => cause.name === name)?.title ?? name;

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** `confidence 0.80 ████████░░` */
function meter(confidence: number): string {
  const full = Math.round(10 * confidence);
  return `confidence ${confidence.toFixed(2)} ${"█".repeat(full)}${"░".repeat(10 - full)}`;
}

/** `0.87, over 0.7` */
function measured({ value, side, threshold }: Evidence): string {
  return `${short(value)}, ${side} ${short(threshold)}`;
}

function short(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e6 || size < 1e-3) return value.toExponential(1).replace(".0e", "e");
  return size >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}

/** A sentence broken at spaces. */
function wrapped(text: string, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(" ")) {
    if (line.length + word.length > WIDTH && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = rest;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
