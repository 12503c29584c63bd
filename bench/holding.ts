/**
 * @file How long policies stay at their goals: trains variants on the same seeds, evaluates them for a minute, and
 * prints the tables of docs/holding.md.
 *
 *     npm run build && npx tsx bench/holding.ts --variants steady,plain,ddpg-her --seeds 1-3 --figure docs/holding.svg
 *     npx tsx bench/holding.ts --seeds 101-105 --episodes 40            every variant
 *     npx tsx bench/holding.ts --variants steady --seeds 1-10 --push 100 --moving-goal 0.1
 *
 * Completed runs and evaluations under --out are not repeated: use another folder for another --steps or --set.
 */

import "./help.ts";

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { lineChart } from "../experiments/report/line-chart.ts";
import { parseSeeds } from "../experiments/sweep/sweep-spec.ts";
import { isRecord } from "../shared/is-record.ts";
import { mean, median } from "../shared/statistics.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { readResult } from "../storage/run-result.ts";
import { lowestAfter, meanSeries } from "./run-curves.ts";
import { forEachItem, steadyarm } from "./steadyarm.ts";

/** Steps at the end of training over which the minimum success rate is taken. */
const LAST_STEPS = 5000;

/** Arguments of `steadyarm train`. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  plain: ["--preset", "plain"],
  "ddpg-her": ["--preset", "ddpg-her"],
  steady: ["--preset", "steady"],
  "steady without carry-over": ["--preset", "steady", "--set", "train.carryOver.probability=0"],
  "steady without posture cost": ["--preset", "steady", "--set", "env.rewardTerms.posture=0"],
  "steady without averaging": ["--preset", "steady", "--set", "agent.actorAveraging=0"],
  "steady with joint-limit cost 0.5": ["--preset", "steady", "--set", "env.rewardTerms.jointLimit=0.5"],
  "steady with layer norm": [
    ...["--preset", "steady", "--set", "agent.layerNorm.actor=true", "--set", "agent.layerNorm.critic=true"],
  ],
};

const { values: flags } = parseArgs({
  options: {
    out: { type: "string", default: "runs/holding" },
    variants: { type: "string", default: Object.keys(VARIANTS).join() },
    seeds: { type: "string", default: "1-3" },
    env: { type: "string", default: "panda-reach" },
    set: { type: "string", multiple: true, default: [] },
    steps: { type: "string", default: "30000" },
    jobs: { type: "string", default: "1" },
    episodes: { type: "string", default: "100" },
    seconds: { type: "string", default: "60" },
    push: { type: "string" },
    "moving-goal": { type: "string" },
    figure: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const { env, steps, episodes, seconds, push } = flags;
const goalSpeed = flags["moving-goal"];
const seeds = parseSeeds(flags.seeds, "--seeds");
const names = flags.variants.split(",");

async function trainOnce(run: string, seed: number, variant: readonly string[]): Promise<void> {
  if (readResult(run) !== undefined) return;
  const settings = ["train.collectors=0", "train.holdSeconds=0", ...flags.set];
  const fresh = ["--env", env, "--steps", steps, "--seed", `${seed}`, "--out", run, ...variant];
  const resumed = existsSync(join(run, "manifest.json"));
  const args = resumed ? ["--resume", run] : [...fresh, ...settings.flatMap((each) => ["--set", each])];
  await steadyarm(["train", ...args]);
}

/** Returns the result of `eval --json`, from a file in the run folder if it was computed before. */
async function evaluateOnce(run: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const path = join(run, `holding${args.join("").replaceAll("--", "-")}.json`);
  if (!existsSync(path)) {
    const output = await steadyarm(["eval", run, ...args, "--seed", "1000", "--jobs", "1", "--json"]);
    writeFileAtomically(path, output);
  }
  const result: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isRecord(result)) throw new Error(`${path}: expected an object`);
  return result;
}

interface Row {
  readonly name: string;
  readonly seed: number;
  readonly successRate: number;
  /** Minimum success rate of the evaluations in the last steps. */
  readonly lowestLate: number;
  readonly trainSeconds: number;
  readonly held: number;
  /** Share at the goal at 1 s, 2 s, … */
  readonly curve: readonly number[];
  readonly recovery: number | undefined;
  readonly trackingError: number | undefined;
}

function numberAt(result: Record<string, unknown> | undefined, field: string): number | undefined {
  const value = result?.[field];
  return typeof value === "number" ? value : undefined;
}

async function measure(name: string, seed: number): Promise<Row> {
  const variant = VARIANTS[name];
  if (variant === undefined) throw new Error(`--variants: expected ${Object.keys(VARIANTS)}, got ${name}`);
  const run = join(flags.out, env, name.replaceAll(" ", "-"), `s${seed}`);
  await trainOnce(run, seed, variant);
  const still = await evaluateOnce(run, ["--episodes", episodes, "--seconds", seconds]);
  const pushed =
    push === undefined
      ? undefined
      : await evaluateOnce(run, ["--episodes", episodes, "--seconds", "20", "--push", push]);
  const moving =
    goalSpeed === undefined
      ? undefined
      : await evaluateOnce(run, ["--episodes", episodes, "--seconds", "20", "--moving-goal", goalSpeed]);
  const curve = Array.isArray(still["holdCurve"]) ? still["holdCurve"].map(Number) : [];
  return {
    name,
    seed,
    successRate: numberAt(still, "successRate") ?? Number.NaN,
    lowestLate: lowestAfter(run, Number(steps) - LAST_STEPS),
    trainSeconds: readResult(run)?.wallSeconds ?? Number.NaN,
    held: numberAt(still, "held") ?? Number.NaN,
    curve,
    recovery: numberAt(pushed, "recovery"),
    trackingError: numberAt(moving, "trackingError"),
  };
}

const jobs = names.flatMap((name) => seeds.map((seed) => ({ name, seed })));
const rows: Row[] = [];
await forEachItem(jobs, Number(flags.jobs), async ({ name, seed }) => {
  const row = await measure(name, seed);
  rows.push(row);
  process.stderr.write(`${name}, seed ${seed}: held ${row.held.toFixed(2)}\n`);
});

const share = (x: number) => x.toFixed(2);
const optional = (x: number | undefined, show: (x: number) => string) => (x === undefined ? "–" : show(x));
const centimetres = (x: number) => `${(100 * x).toFixed(1)} cm`;

/** Prints one line for each seed of a single variant, else one for each variant. */
function printTable(): void {
  if (names.length === 1) {
    console.log(
      "| seed | success at 2 s | lowest late evaluation | held | recovery | tracking error | seconds |",
    );
    console.log("|---|---|---|---|---|---|---|");
    for (const row of rows.toSorted((a, b) => a.seed - b.seed)) {
      console.log(
        `| ${row.seed} | ${share(row.successRate)} | ${share(row.lowestLate)} | ${share(row.held)} | ${optional(row.recovery, share)} | ${optional(row.trackingError, centimetres)} | ${row.trainSeconds.toFixed(0)} |`,
      );
    }
    return;
  }
  console.log(
    `| variant | success at 2 s | at the goal after 20 s | after ${seconds} s | held, by seed | seconds |`,
  );
  console.log("|---|---|---|---|---|---|");
  for (const name of names) {
    const of = rows.filter((row) => row.name === name).toSorted((a, b) => a.seed - b.seed);
    const at = (second: number) => share(mean(of.map(({ curve }) => curve[second - 1] ?? Number.NaN)));
    const held = of.map((row) => share(row.held)).join(" ");
    console.log(
      `| ${name} | ${share(mean(of.map(({ successRate }) => successRate)))} | ${at(20)} | ${at(Number(seconds))} | ${held} | ${median(of.map(({ trainSeconds }) => trainSeconds)).toFixed(0)} |`,
    );
  }
}

if (flags.json) for (const row of rows) console.log(JSON.stringify({ bench: "holding", env, ...row }));
else printTable();

if (flags.figure !== undefined) {
  const series = names.map((name) => {
    const runs = rows
      .filter((row) => row.name === name)
      .map(({ seed, curve }) => ({
        name: `${name}, seed ${seed}`,
        points: curve.map((y, i) => ({ x: i + 1, y })),
      }));
    return meanSeries(name, runs);
  });
  writeFileAtomically(
    flags.figure,
    lineChart({
      title: "Share of episodes at the goal",
      description: `Share of ${episodes} episodes with the tool within 5 cm of its goal, over seconds: ${series.map(({ name }) => name).join("; ")}. Faint lines are single seeds, strong lines their mean.`,
      x: { label: "seconds" },
      y: { label: "share of episodes at the goal", range: [0, 1] },
      series,
    }),
  );
}
