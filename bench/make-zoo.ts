/**
 * @file Trains the policies of the zoo and writes each with its card.json.
 *
 *     npm run build && npx tsx bench/make-zoo.ts [name …] [--runs zoo-runs]
 *     npx tsx bench/make-zoo.ts [name …] --resave    writes the existing policies in today's file format, weights unchanged
 *
 * Without names, all of them. Demonstrations and runs are kept in the folder --runs; complete ones are used as they are,
 * others resumed, so that the command can be interrupted. The run of an object task is that of seed 1 of
 * bench/manipulation.ts.
 */

import "./help.ts";

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeVersions } from "../storage/machine.ts";
import { readManifest } from "../storage/manifest.ts";
import { readPolicy, writePolicy } from "../storage/policy-file.ts";
import { chosenStep, policiesOf, policyPath, policySteps } from "../storage/policy-folder.ts";
import { readResult } from "../storage/run-result.ts";
import { recordArgs, trainArgs } from "./object-tasks.ts";
import { successCurve } from "./run-curves.ts";
import { MAIN } from "./steadyarm.ts";

const ROOT = join(import.meta.dirname, "..");

/** Policies copied from each run, evenly spaced and the last. */
const POLICIES = 10;

interface Entry {
  readonly title: string;
  readonly about: string;
  /** Arguments of `steadyarm record` after --out; absent without demonstrations. */
  readonly record?: readonly string[];
  /** Arguments of `steadyarm train`, without --out. */
  readonly train: readonly string[];
}

/** Settings that give the same policies on every machine. */
const ONE_THREAD = ["--set", "train.collectors=0"];

const ENTRIES: Readonly<Record<string, Entry>> = {
  "panda-reach-plain": {
    title: "Plain preset",
    about:
      "A single critic and no stabilisers. The success rate varies strongly from checkpoint to checkpoint.",
    train: ["--env", "panda-reach", "--preset", "plain", "--seed", "1", "--steps", "20000", ...ONE_THREAD],
  },
  "panda-reach-steady": {
    title: "Steady preset",
    about:
      "The default preset: carried-over starts, a posture cost and an averaged actor. It stays at its goal for minutes, comes back from pushes and follows a moving goal.",
    train: ["--env", "panda-reach", "--preset", "steady", "--seed", "1", "--steps", "30000", ...ONE_THREAD],
  },
  "pick-and-place-ee": objectEntry("pick-and-place-ee", "Picks up a cube, by tool displacements"),
  "pick-and-place-torque": objectEntry("pick-and-place-torque", "Picks up a cube, by joint torques"),
  "push-ee": objectEntry("push-ee", "Pushes a cube, by tool displacements"),
  "push-torque": objectEntry("push-torque", "Pushes a cube, by joint torques"),
  "slide-ee": objectEntry("slide-ee", "Slides a puck beyond its reach, by tool displacements"),
  "slide-torque": objectEntry("slide-torque", "Slides a puck beyond its reach, by joint torques"),
};

/** An object task learned from demonstrations. */
function objectEntry(name: string, title: string): Entry {
  return {
    title,
    about: "Learned from 400 scripted episodes and its own.",
    record: recordArgs(name),
    train: trainArgs(name, 1, true),
  };
}

/** Runs `steadyarm <args>` in a folder. */
function steadyarm(args: readonly string[], cwd: string): void {
  execFileSync(process.execPath, [MAIN, ...args], { cwd, stdio: "inherit" });
}

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: join(ROOT, "zoo-runs") }, resave: { type: "boolean" } },
});
if (values.resave !== true) mkdirSync(values.runs, { recursive: true });
for (const name of names.length > 0 ? names : Object.keys(ENTRIES)) {
  if (values.resave === true) {
    resaveEntry(join(ROOT, "zoo", name));
    continue;
  }
  const entry = ENTRIES[name];
  if (entry === undefined) throw new Error(`${name}: expected ${Object.keys(ENTRIES).join(", ")}`);
  writeEntry(name, entry, trainEntry(name, entry, values.runs));
}

/** Reads and writes the policies of an entry. */
function resaveEntry(entry: string): void {
  for (const step of policySteps(entry)) {
    const path = policyPath(policiesOf(entry), step);
    const { weights, normalizers, config, sizes } = readPolicy(path);
    writePolicy(path, { steps: step, weights, normalizers }, config, sizes);
  }
}

/** Records demonstrations and trains; what exists is used. Returns the run's folder. */
function trainEntry(name: string, { record, train }: Entry, runs: string): string {
  const demos = train[train.indexOf("--demos") + 1];
  if (record !== undefined && demos !== undefined && !existsSync(join(runs, demos))) {
    steadyarm(["record", ...record, "--out", demos], runs);
  }
  const run = join(runs, name);
  if (!existsSync(run)) steadyarm(["train", ...train, "--out", name], runs);
  else if (readResult(run) === undefined) steadyarm(["train", "--resume", name], runs);
  return run;
}

function writeEntry(name: string, { title, about, record, train }: Entry, run: string): void {
  const result = readResult(run);
  if (result === undefined) throw new Error(`${run} has no result`);
  const { env, train: settings } = readManifest(run).config;
  const entry = join(ROOT, "zoo", name);
  rmSync(entry, { recursive: true, force: true });
  mkdirSync(join(entry, "policies"), { recursive: true });
  const last = chosenStep(run) ?? 0;
  const steps = policySteps(run).filter((step) => step > 0 && step <= last);
  for (let i = 1; i <= POLICIES; i++) {
    const step = steps[Math.ceil((i / POLICIES) * steps.length) - 1]!;
    copyFileSync(policyPath(policiesOf(run), step), policyPath(join(entry, "policies"), step));
  }
  copyFileSync(join(run, "metrics.jsonl"), join(entry, "metrics.jsonl"));
  const {
    steadyarm: version,
    "@dimforge/rapier3d-compat": rapier,
    "onnxruntime-node": onnxruntime,
  } = describeVersions();
  const commands = [
    ...(record === undefined
      ? []
      : [`npx steadyarm record ${record.join(" ")} --out ${settings.demos.folder}`]),
    `npx steadyarm train ${train.join(" ")}`,
  ];
  const card = {
    title,
    about,
    command: commands.join(" && "),
    env: env.id,
    control: env.control,
    demonstrations: record !== undefined,
    seed: settings.seed,
    steps: result.steps,
    policyStep: steps.at(-1),
    minutes: Math.round(result.wallSeconds / 6) / 10,
    successRate: result.successRate,
    episodes: result.episodes,
    stepsTo95: result.stepsTo95,
    evaluations: successCurve(run).map(({ rate }) => rate),
    versions: { steadyarm: version, rapier, onnxruntime },
  };
  writeFileSync(join(entry, "card.json"), `${JSON.stringify(card, null, 2)}\n`);
}
