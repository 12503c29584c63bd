/** @file Formats a diagnosis: the most likely cause in detail, the others in a line each, and the next commands. */

import { CAUSES } from "../doctor/causes.ts";
import type { Diagnosis, Evidence, Finding } from "../doctor/diagnosis.ts";
import type { HoldProbe } from "../doctor/hold-probe.ts";
import type { RunRecord } from "../doctor/run-record.ts";
import { printable } from "../shared/errors.ts";
import { sparkline } from "./sparkline.ts";

/** Columns at which sentences are wrapped. */
const WIDTH = 96;

const INDENT = "   ";

/** Returns the report as plain text. */
export function doctorReport(diagnosis: Diagnosis, { run, ...rest }: RunRecord): string {
  const record = { ...rest, run: printable(run) };
  const { findings, verdict, unknown } = diagnosis;
  const lines = [headline(record), successLine(record), ""];
  if (verdict === "healthy") {
    lines.push("Healthy: the latest evaluations succeed, and no problem was found.");
    if (diagnosis.hold !== undefined) lines.push(...holdLines(diagnosis.hold));
  }
  if (verdict === "unexplained") {
    lines.push(
      "Unexplained: the actor has not learned, and no known cause applies. docs/doctor.md lists the causes.",
    );
  }
  const [first, ...others] = findings;
  if (first !== undefined) lines.push(...detailed(first, 1));
  if (first?.cause === "no-hold" && diagnosis.hold !== undefined)
    lines.push("", ...holdLines(diagnosis.hold));
  if (others.length > 0) {
    lines.push("", "Less likely:");
    lines.push(...others.map((finding, i) => brief(finding, i + 2)));
  }
  if (unknown.length > 0) {
    lines.push("", "Could not be checked:");
    for (const each of unknown) lines.push(...wrapped(each, "  - ", "    "));
  }
  if (first !== undefined) lines.push("", ...nextCommands(first, record));
  return lines.join("\n");
}

/** The long roll-out by second, and where the arm ended if it left its goal. */
function holdLines({
  seconds,
  episodes,
  holdRate,
  held,
  lost,
  lostSpeed,
  jointsAtLimit,
}: HoldProbe): string[] {
  const rates = Object.entries(holdRate).map(([second, rate]) => `${rate.toFixed(2)} after ${second} s`);
  const shares = `at the goal: ${rates.join(", ")}; held throughout: ${held.toFixed(2)}`;
  const lines = wrapped(`Long roll-out, ${episodes} episodes of ${seconds} s, ${shares}.`, INDENT, INDENT);
  if (lost === 0) return lines;
  const joints = jointsAtLimit.map(({ joint, episodes: count }) => `${joint} in ${count}`);
  const limits = joints.length === 0 ? "no joint at a limit" : `at a joint limit: ${joints.join(", ")}`;
  const speed = `fastest joint ${lostSpeed.toFixed(1)} rad/s`;
  return [...lines, ...wrapped(`Where the ${lost} lost ones ended: ${limits}; ${speed}.`, INDENT, INDENT)];
}

function headline({ run, config, rows, complete }: RunRecord): string {
  const steps = (rows.at(-1)?.step ?? 0).toLocaleString("en");
  const total = config.train.steps.toLocaleString("en");
  const progress = complete ? `${steps} steps, complete` : `${steps} of ${total} steps so far`;
  return `${run}: ${config.env.id}, ${config.env.reward} reward, seed ${config.train.seed}, ${progress}`;
}

function successLine({ rows }: RunRecord): string {
  const rates = rows.flatMap(({ values }) => values["eval/success_rate"] ?? []);
  const best = Math.max(...rates).toFixed(2);
  return `success ${sparkline(rates, [0, 1])} ${rates.at(-1)?.toFixed(2) ?? "-"} now, best ${best}`.replace(
    "  ",
    " ",
  );
}

function detailed(finding: Finding, number: number): string[] {
  const { explanation, remedy, set, evidence } = finding;
  const lines = [
    `${number}  ${titleOf(finding)}  ${meter(finding)}`,
    ...wrapped(explanation, INDENT, INDENT),
    "",
  ];
  const width = Math.max(...evidence.map(({ metric }) => metric.length));
  for (const each of evidence) {
    lines.push(
      `${INDENT}${each.metric.padEnd(width)}  ${measured(each)}  ${sparkline(each.trend)}`.trimEnd(),
    );
    lines.push(...wrapped(each.source, `${INDENT}  `, `${INDENT}  `));
  }
  lines.push("", ...wrapped(`Remedy: ${remedy}.`, INDENT, INDENT));
  if (set.length > 0) lines.push(`${INDENT}${set.map((each) => `--set ${each}`).join(" ")}`);
  return lines;
}

function brief(finding: Finding, number: number): string {
  const { evidence, followsFrom } = finding;
  const strongest = evidence[0];
  const reason = strongest === undefined ? "" : `${strongest.metric} ${measured(strongest)}`;
  const root = followsFrom === null ? "" : `, follows from ${titleOfCause(followsFrom)}`;
  return `${number}  ${titleOf(finding)}  ${finding.confidence.toFixed(2)}${root}  ${reason}`;
}

/** Causes that more steps can mend. */
const LEARNS_LONGER: readonly string[] = ["under-trained", "horizon-too-long"];

/** Returns the commands to try next, each with its effect. */
function nextCommands({ set, cause }: Finding, { run, complete, config }: RunRecord): string[] {
  const commands: [command: string, effect: string][] = [];
  if (set.length > 0) commands.push([`steadyarm doctor ${run} --cure`, "tests the remedy on several seeds"]);
  if (complete && LEARNS_LONGER.includes(cause)) {
    commands.push([`steadyarm train --resume ${run} --steps ${2 * config.train.steps}`, "trains for longer"]);
  }
  commands.push([`steadyarm watch ${run}`, "shows its episodes"]);
  const width = Math.max(...commands.map(([command]) => command.length));
  return ["Next:", ...commands.map(([command, effect]) => `  ${command.padEnd(width)}  ${effect}`)];
}

const titleOf = ({ title }: Finding): string => capital(title);

const titleOfCause = (name: string): string => CAUSES.find((cause) => cause.name === name)?.title ?? name;

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** `proven, confidence 0.90 █████████░` */
function meter({ confidence, proven }: Finding): string {
  const full = Math.round(10 * confidence);
  const kind = proven ? "proven" : "inferred";
  return `${kind}, confidence ${confidence.toFixed(2)} ${"█".repeat(full)}${"░".repeat(10 - full)}`;
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

/** Wraps a text at spaces. */
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
