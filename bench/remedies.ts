/**
 * @file What each remedy does to the plain, oscillating actor: one table, each row on the same seeds.
 *
 *     npm run build && npx tsx bench/remedies.ts --out sweeps/remedies [--seeds 5] [--jobs 2] [--only name,…]
 *
 * A row is `--preset plain` with one remedy, on `panda-reach`, sparse, joint torques, 20,000 steps. Its three figures:
 * steps to the first evaluation at 0.95 (the run's length where there was none), success at the end over 100
 * fresh episodes, and oscillation, the standard deviation of the evaluations in the last half. Each comes
 * with the difference from plain, seed by seed, and that difference's 95 % bootstrap interval.
 * Runs stay under --out; complete ones are not made again, others are gone on with.
 */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readMetricRows } from "../lab/jsonl-reader.ts";
import { readResult } from "../lab/run-result.ts";
import { Rng } from "../shared/rng.ts";

const STEPS = 20_000;
const BOOTSTRAPS = 10_000;
const MAIN = join(import.meta.dirname, "../dist/cli/main.js");

interface Remedy {
  readonly name: string;
  readonly set: readonly string[];
}

/** Plain first: all others are held against it. */
const REMEDIES: readonly Remedy[] = [
  { name: "plain", set: [] },
  { name: "pre-activation penalty 1 (steady)", set: ["agent.preActivationPenalty=1"] },
  { name: "action penalty 1", set: ["agent.actionPenalty=1"] },
  { name: "inverted gradients", set: ["agent.invertGradients=true"] },
  { name: "no target networks", set: ["agent.targetNetworks=false"] },
  { name: "slower targets, τ 0.005", set: ["agent.tau=0.005"] },
  {
    name: "gradient clipping, norm 0.1 both",
    set: ["agent.gradientClip.actor=0.1", "agent.gradientClip.critic=0.1"],
  },
  { name: "twin critics, least of 2", set: ["agent.critics.count=2", "agent.critics.targetMin=2"] },
  { name: "5 critics, least of 2 drawn", set: ["agent.critics.count=5", "agent.critics.targetMin=2"] },
  { name: "target smoothing 0.2", set: ["agent.targetSmoothing.scale=0.2"] },
  { name: "delayed actor, every 2nd", set: ["agent.actorEvery=2"] },
  {
    name: "TD3: the three together",
    set: [
      "agent.critics.count=2",
      "agent.critics.targetMin=2",
      "agent.critics.actorUses=first",
      "agent.targetSmoothing.scale=0.2",
      "agent.actorEvery=2",
    ],
  },
  { name: "layer norm, critic", set: ["agent.layerNorm.critic=true"] },
  {
    name: "layer norm, actor and critic",
    set: ["agent.layerNorm.critic=true", "agent.layerNorm.actor=true"],
  },
  { name: "reward × 0.1", set: ["agent.rewardScale=0.1"] },
  { name: "returns normalised", set: ["agent.normalizeReturns=true"] },
  { name: "3-step returns", set: ["agent.nStep=3"] },
  { name: "prioritised replay", set: ["agent.replay.kind=prioritized"] },
  { name: "half of each batch from rewarding episodes", set: ["agent.replay.rewardingShare=0.5"] },
  { name: "no random actions", set: ["agent.exploration.randomActionProbability=0"] },
  {
    name: "Ornstein–Uhlenbeck noise 0.2",
    set: ["agent.exploration.noise=ou", "agent.exploration.noiseScale=0.2"],
  },
  {
    name: "parameter noise 0.1 instead",
    set: [
      "agent.exploration.parameterNoise=0.1",
      "agent.exploration.noiseScale=0",
      "agent.exploration.randomActionProbability=0",
    ],
  },
  { name: "inputs not normalised", set: ["agent.normalize=false"] },
  { name: "last layer's weights ± 0.3", set: ["agent.lastLayerInit=0.3"] },
  { name: "unclipped targets", set: ["agent.clipTargets=false"] },
  { name: "actor's learning rate 1e-4", set: ["agent.actorLearningRate=1e-4"] },
  { name: "hindsight off", set: ["agent.her.k=0"] },
];

const FIGURES = ["steps to 0.95", "success at the end", "oscillation"] as const;
type Figures = readonly [stepsTo95: number, success: number, oscillation: number];

const { values: flags } = parseArgs({
  options: {
    out: { type: "string", default: "sweeps/remedies" },
    seeds: { type: "string", default: "5" },
    jobs: { type: "string", default: String(availableParallelism()) },
    only: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const seeds = Array.from({ length: Number(flags.seeds) }, (_, i) => i + 1);
const wanted = flags.only?.split(",");
const remedies = REMEDIES.filter(({ name }) => name === "plain" || (wanted?.includes(name) ?? true));

const folderOf = ({ name }: Remedy, seed: number) =>
  join(flags.out, name.replaceAll(/[^a-z0-9]+/gi, "-").replaceAll(/^-|-$/g, ""), `s${seed}`);

function trainOne(remedy: Remedy, seed: number): Promise<void> {
  const run = folderOf(remedy, seed);
  const begun = existsSync(join(run, "manifest.json"));
  const fresh = ["--preset", "plain", "--seed", `${seed}`, "--steps", `${STEPS}`, "--out", run];
  const words = begun ? ["--resume", run] : [...fresh, ...remedy.set.flatMap((each) => ["--set", each])];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, "train", ...words], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("error", reject);
    // A run that diverges ends with 2 and has no result: it is shown as such, not hidden.
    child.on("close", () => resolve());
  });
}

function figuresOf(remedy: Remedy, seed: number): Figures | undefined {
  const run = folderOf(remedy, seed);
  const result = existsSync(join(run, "manifest.json")) ? readResult(run) : undefined;
  if (result === undefined) return undefined;
  const rates = readMetricRows(join(run, "metrics.jsonl"))
    .filter(({ step }) => step > STEPS / 2)
    .map(({ values }) => values["eval/success_rate"] ?? Number.NaN);
  return [result.stepsTo95 ?? STEPS, result.successRate, deviation(rates)];
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const deviation = (values: readonly number[]) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - middle) ** 2)));
};

/** The 95 % percentile interval of the mean, from resampled seeds. */
function interval(values: readonly number[]): readonly [low: number, high: number] {
  const rng = Rng.fromSeed(1);
  const means = Array.from({ length: BOOTSTRAPS }, () =>
    mean(values.map(() => values[rng.integer(values.length)]!)),
  );
  means.sort((a, b) => a - b);
  return [means[Math.floor(0.025 * BOOTSTRAPS)]!, means[Math.floor(0.975 * BOOTSTRAPS)]!];
}

const show = (figure: number, value: number) =>
  figure === 0 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
const signed = (figure: number, value: number) => `${value < 0 ? "−" : "+"}${show(figure, Math.abs(value))}`;

const waiting = remedies.flatMap((remedy) => seeds.map((seed) => ({ remedy, seed })));
const total = waiting.length;
await Promise.all(
  Array.from({ length: Number(flags.jobs) }, async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      await trainOne(job.remedy, job.seed);
      process.stderr.write(
        `${total - waiting.length}/${total} begun or done: ${job.remedy.name}, seed ${job.seed}\n`,
      );
    }
  }),
);

const plain = seeds.map((seed) => figuresOf(remedies[0]!, seed));
const header = FIGURES.flatMap((name) => [name, "against plain [95 %]"]);
if (!flags.json)
  console.log(`| plain, and | runs | ${header.join(" | ")} |\n|${"---|".repeat(header.length + 2)}`);
for (const remedy of remedies) {
  const pairs = seeds.flatMap((seed, i) => {
    const [mine, other] = [figuresOf(remedy, seed), plain[i]];
    return mine === undefined || other === undefined ? [] : [{ mine, other }];
  });
  const cells = FIGURES.flatMap((_, figure) => {
    if (pairs.length === 0) return ["–", "–"];
    const differences = pairs.map(({ mine, other }) => mine[figure]! - other[figure]!);
    const [low, high] = interval(differences);
    const effect = `${signed(figure, mean(differences))} [${signed(figure, low)}, ${signed(figure, high)}]`;
    return [show(figure, mean(pairs.map(({ mine }) => mine[figure]!))), remedy === remedies[0] ? "" : effect];
  });
  if (flags.json)
    console.log(JSON.stringify({ bench: "remedies", case: remedy.name, set: remedy.set, runs: pairs }));
  else console.log(`| ${remedy.name} | ${pairs.length}/${seeds.length} | ${cells.join(" | ")} |`);
}
