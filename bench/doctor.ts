/**
 * @file Accuracy of the doctor: trains runs with injected faults and healthy runs, and tabulates the verdicts.
 *
 *     npx tsx bench/doctor.ts --out sweeps/doctor [--seeds 4-8] [--envs planar2-reach,…] [--only case,…] [--jobs 2] [--no-train] [--json]
 *
 * The cases are listed in bench/faults/cases.ts, kinds.ts and unseen-kinds.ts to unseen-kinds-6.ts; without --envs and
 * --only, all are trained in all five environments, for hours. The default seeds leave out 1–3, on which thresholds were
 * chosen. A fault counts in runs that it harmed (final success under LEARNED_RATE), a healthy case in runs that learned.
 * A verdict is correct if it is the case's cause or among its `alsoRight`, or `unusual-settings` if the first setting
 * that it puts back is one of the case's. Complete runs are not trained again.
 */

import "./help.ts";

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { diagnose } from "../doctor/diagnose.ts";
import { readRunRecord } from "../doctor/run-record.ts";
import { InputError } from "../shared/errors.ts";
import { mean } from "../shared/statistics.ts";
import { JSONL_FILE } from "../storage/jsonl-sink.ts";
import { isRunLocked } from "../storage/run-lock.ts";
import { readResult } from "../storage/run-result.ts";
import type { Case } from "./faults/case.ts";
import { ENVIRONMENTS, FAULTS, HARMLESS, HEALTHY, HEALTHY_PRESETS } from "./faults/cases.ts";
import { KEPT_KINDS, OPEN_KINDS } from "./faults/kinds.ts";
import { type CaseRun, trainCases } from "./faults/train-cases.ts";
import { UNSEEN_KINDS } from "./faults/unseen-kinds.ts";
import { LATER_UNSEEN_KINDS } from "./faults/unseen-kinds-2.ts";
import { NEWEST_UNSEEN_KINDS } from "./faults/unseen-kinds-3.ts";
import { FOURTH_UNSEEN_KINDS } from "./faults/unseen-kinds-4.ts";
import { FIFTH_UNSEEN_KINDS } from "./faults/unseen-kinds-5.ts";
import { SIXTH_UNSEEN_KINDS } from "./faults/unseen-kinds-6.ts";

/** Minimum final success rate of a run that learned; a fault has harmed every other run. */
const LEARNED_RATE = 0.7;

/** A verdict of more confidence is stated without doubt. */
const CONFIDENT = 0.6;

interface Diagnosed {
  readonly case: Case;
  readonly env: string;
  readonly seed: number;
  /** Final success rate; that of the last evaluation if the run diverged. */
  readonly success: number;
  readonly verdict: string;
  readonly confidence: number;
  /** The first setting to put back, as its finding names it; undefined without one. */
  readonly setting: string | undefined;
}

const { values: flags } = parseArgs({
  options: {
    out: { type: "string", default: "sweeps/doctor" },
    seeds: { type: "string", default: "4-8" },
    envs: { type: "string", default: Object.keys(ENVIRONMENTS).join(",") },
    only: { type: "string" },
    jobs: { type: "string", default: String(availableParallelism()) },
    "no-train": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const [first = 1, last = first] = flags.seeds.split("-").map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, i) => first + i);
const envs = flags.envs.split(",");
const only = flags.only?.split(",");
const isSelected = ({ name }: Case) => only?.includes(name) ?? true;

function runsOf(cases: readonly Case[]): CaseRun[] {
  return seeds.flatMap((seed) =>
    cases
      .filter(isSelected)
      .flatMap((each) =>
        envs
          .filter((env) => each.only === undefined || each.only === env)
          .map((env) => ({ case: each, env, seed, path: join(flags.out, env, each.name, `s${seed}`) })),
      ),
  );
}

/** Diagnoses a run; undefined if it is still training or has no evaluation. */
async function diagnoseRun({ case: each, env, seed, path }: CaseRun): Promise<Diagnosed | undefined> {
  if (!existsSync(join(path, JSONL_FILE))) return undefined;
  try {
    const record = readRunRecord(path);
    const result = readResult(path);
    const rate = record.rows.at(-1)?.values["eval/success_rate"] ?? Number.NaN;
    // A diverged run has no result either, but is not locked.
    if (result === undefined && isRunLocked(path)) return undefined;
    const { verdict, findings } = await diagnose(record, { rollOut: false });
    return {
      case: each,
      env,
      seed,
      success: result?.successRate ?? rate,
      verdict,
      confidence: findings[0]?.confidence ?? 1,
      setting: findings[0]?.set[0],
    };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** By how much the doctor's author knew of them. */
const FAULT_GROUPS: Readonly<Record<string, readonly Case[]>> = {
  "kinds that thresholds were chosen on": [...FAULTS, ...OPEN_KINDS],
  "kinds that were kept away": KEPT_KINDS,
  "kinds that were never seen": UNSEEN_KINDS,
  "kinds that were never seen, second set": LATER_UNSEEN_KINDS,
  "kinds that were never seen, third set": NEWEST_UNSEEN_KINDS,
  "kinds that were never seen, fourth set": FOURTH_UNSEEN_KINDS,
  "kinds that were never seen, fifth set": FIFTH_UNSEEN_KINDS,
  "kinds that were never seen, sixth set": SIXTH_UNSEEN_KINDS,
};
const WITHOUT_FAULT = [...HEALTHY, ...HEALTHY_PRESETS, ...HARMLESS];

const caseRuns = [WITHOUT_FAULT, ...Object.values(FAULT_GROUPS)].flatMap(runsOf);
if (!flags["no-train"]) {
  await trainCases(caseRuns, { jobs: Number(flags.jobs), log: (line) => process.stderr.write(`${line}\n`) });
}
const diagnosed: Diagnosed[] = [];
for (const run of caseRuns) {
  const result = await diagnoseRun(run);
  if (result !== undefined) diagnosed.push(result);
}

if (flags.json) {
  for (const { case: each, ...rest } of diagnosed) {
    console.log(JSON.stringify({ bench: "doctor", case: each.name, cause: each.cause, ...rest }));
  }
} else {
  for (const [title, faults] of Object.entries(FAULT_GROUPS)) console.log(`${faultTable(title, faults)}\n`);
  console.log(healthyTable(diagnosed.filter((run) => WITHOUT_FAULT.includes(run.case))));
}

function faultTable(title: string, faults: readonly Case[]): string {
  const runs = diagnosed.filter((run) => faults.includes(run.case));
  const lines = ["| fault | runs | harmed | success | correct | verdicts |", `|${"---|".repeat(6)}`];
  const harmed = runs.filter(({ success }) => success < LEARNED_RATE);
  for (const fault of faults) {
    const own = runs.filter((run) => run.case === fault);
    if (own.length === 0) continue;
    const ownHarmed = own.filter(({ success }) => success < LEARNED_RATE);
    const success = mean(own.map((run) => run.success));
    lines.push(
      `| ${fault.name} | ${own.length} | ${ownHarmed.length} | ${success.toFixed(2)} | ${ownHarmed.filter(isCorrect).length} | ${verdicts(ownHarmed)} |`,
    );
  }
  const correct = harmed.filter(isCorrect).length;
  const wrong = harmed.filter((run) => !isCorrect(run) && run.confidence > CONFIDENT).length;
  lines.push(
    "",
    `Of ${harmed.length} runs that a fault harmed, ${title}: verdict correct in ${correct} (${share(correct, harmed.length)}), wrong with a confidence above ${CONFIDENT} in ${wrong} (${share(wrong, harmed.length)}).`,
  );
  return lines.join("\n");
}

function healthyTable(runs: readonly Diagnosed[]): string {
  const lines = [
    "| case | runs | learned | success | verdicts of runs that learned |",
    `|${"---|".repeat(5)}`,
  ];
  const learned = runs.filter(({ success }) => success >= LEARNED_RATE);
  for (const each of WITHOUT_FAULT) {
    for (const env of envs) {
      const own = runs.filter((run) => run.case === each && run.env === env);
      if (own.length === 0) continue;
      const ownLearned = own.filter(({ success }) => success >= LEARNED_RATE);
      const success = mean(own.map((run) => run.success));
      lines.push(
        `| ${each.name}, ${env} | ${own.length} | ${ownLearned.length} | ${success.toFixed(2)} | ${verdicts(ownLearned)} |`,
      );
    }
  }
  const alarms = learned.filter((run) => !isCorrect(run)).length;
  lines.push(
    "",
    `False alarms: ${alarms} of ${learned.length} (${share(alarms, learned.length)}) runs that learned.`,
  );
  return lines.join("\n");
}

function isCorrect({ case: each, verdict, setting }: Diagnosed): boolean {
  if (verdict === "unusual-settings" && setting !== undefined)
    return Object.hasOwn(each.set, setting.slice(0, setting.indexOf("=")));
  return verdict === each.cause || (each.alsoRight?.includes(verdict) ?? false);
}

/** Returns the verdicts with their counts: `saturated-actor 4, noisy-critic 1`. */
function verdicts(runs: readonly Diagnosed[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of runs) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([verdict, count]) => `${verdict} ${count}`)
    .join(", ");
}

function share(part: number, total: number): string {
  return total === 0 ? "–" : `${((100 * part) / total).toFixed(0)} %`;
}
