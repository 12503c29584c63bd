/**
 * @file Does the doctor name what is wrong? Trains runs broken on purpose and runs that learn, and prints what it says of each.
 *
 *     npx tsx bench/doctor.ts --out sweeps/doctor [--seeds 4-8] [--envs panda-reach,planar2-reach] [--only case,…] [--jobs 2] [--no-train] [--json]
 *
 * The cases are data in bench/faults/cases.ts. Thresholds were chosen on seeds 1–3, so those are left
 * out of what is reported unless asked for. A fault counts where it hurt: where a run ended under
 * HURT success; a healthy case where it learned. Complete runs are not made again.
 */

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
import { type Case, FAULTS, HARMLESS, HEALTHY, PLACES } from "./faults/cases.ts";
import { type CaseRun, trainCases } from "./faults/train-cases.ts";

/** A fault that leaves more success than this at the end did no harm worth a diagnosis. */
const HURT = 0.7;

/** What was seen of one run. */
interface Seen {
  readonly case: Case;
  readonly env: string;
  readonly seed: number;
  /** Final success; of the last evaluation where the run ended in divergence. */
  readonly success: number;
  readonly verdict: string;
  readonly confidence: number;
}

const { values: flags } = parseArgs({
  options: {
    out: { type: "string", default: "sweeps/doctor" },
    seeds: { type: "string", default: "4-8" },
    envs: { type: "string", default: Object.keys(PLACES).join(",") },
    only: { type: "string" },
    jobs: { type: "string", default: String(availableParallelism()) },
    "no-train": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const [first = 1, last = first] = flags.seeds.split("-").map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, i) => first + i);
const envs = flags.envs.split(",");
const wanted = flags.only?.split(",");
const isWanted = ({ name }: Case) => wanted?.includes(name) ?? true;

function runsOf(cases: readonly Case[]): CaseRun[] {
  return seeds.flatMap((seed) =>
    cases
      .filter(isWanted)
      .flatMap((each) =>
        envs
          .filter((env) => each.only === undefined || each.only === env)
          .map((env) => ({ case: each, env, seed, path: join(flags.out, env, each.name, `s${seed}`) })),
      ),
  );
}

async function see({ case: each, env, seed, path }: CaseRun): Promise<Seen | undefined> {
  if (!existsSync(join(path, JSONL_FILE))) return undefined;
  try {
    const record = readRunRecord(path);
    const result = readResult(path);
    const rate = record.rows.at(-1)?.values["eval/success_rate"] ?? Number.NaN;
    // A run that is still training says nothing yet; one that ended in divergence has no result, and says much.
    if (result === undefined && isRunLocked(path)) return undefined;
    const { verdict, findings } = await diagnose(record);
    return {
      case: each,
      env,
      seed,
      success: result?.successRate ?? rate,
      verdict,
      confidence: findings[0]?.confidence ?? 1,
    };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

const runs = [HEALTHY, FAULTS, HARMLESS].flatMap(runsOf);
if (!flags["no-train"]) {
  await trainCases(runs, { jobs: Number(flags.jobs), say: (line) => process.stderr.write(`${line}\n`) });
}
const seen: Seen[] = [];
for (const run of runs) {
  const one = await see(run);
  if (one !== undefined) seen.push(one);
}

if (flags.json) {
  for (const { case: each, ...rest } of seen) {
    console.log(JSON.stringify({ bench: "doctor", case: each.name, cause: each.cause, ...rest }));
  }
} else {
  console.log(faultTable(seen.filter((one) => FAULTS.includes(one.case))));
  console.log(`\n${healthyTable(seen.filter((one) => !FAULTS.includes(one.case)))}`);
}

function faultTable(all: readonly Seen[]): string {
  const lines = ["| fault | runs | hurt | success | named right | verdicts |", `|${"---|".repeat(6)}`];
  const hurt = all.filter(({ success }) => success < HURT);
  for (const fault of FAULTS) {
    const mine = all.filter((one) => one.case === fault);
    if (mine.length === 0) continue;
    const hurting = mine.filter(({ success }) => success < HURT);
    const success = mean(mine.map((one) => one.success));
    lines.push(
      `| ${fault.name} | ${mine.length} | ${hurting.length} | ${success.toFixed(2)} | ${hurting.filter(isRight).length} | ${verdicts(hurting)} |`,
    );
  }
  const right = hurt.filter(isRight).length;
  lines.push(
    "",
    `Named right: ${right} of ${hurt.length} (${share(right, hurt.length)}) runs that a fault hurt.`,
  );
  return lines.join("\n");
}

function healthyTable(all: readonly Seen[]): string {
  const lines = [
    "| learns | runs | learned | success | verdicts of those that learned |",
    `|${"---|".repeat(5)}`,
  ];
  const learned = all.filter(({ success }) => success >= HURT);
  for (const each of [...HEALTHY, ...HARMLESS]) {
    for (const env of envs) {
      const mine = all.filter((one) => one.case === each && one.env === env);
      if (mine.length === 0) continue;
      const those = mine.filter(({ success }) => success >= HURT);
      const success = mean(mine.map((one) => one.success));
      lines.push(
        `| ${each.name}, ${env} | ${mine.length} | ${those.length} | ${success.toFixed(2)} | ${verdicts(those)} |`,
      );
    }
  }
  const alarms = learned.filter((one) => !isRight(one)).length;
  lines.push(
    "",
    `False alarms: ${alarms} of ${learned.length} (${share(alarms, learned.length)}) runs that learned.`,
  );
  return lines.join("\n");
}

function isRight({ case: each, verdict }: Seen): boolean {
  return verdict === each.cause;
}

/** `saturated-actor 4, noisy-critic 1` */
function verdicts(all: readonly Seen[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of all) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([verdict, count]) => `${verdict} ${count}`)
    .join(", ");
}

function share(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(0)} %`;
}
