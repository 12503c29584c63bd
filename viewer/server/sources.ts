/** @file The kinds of sources that can be watched: how each is read from disk, described and simulated. */

import { basename, join, resolve } from "node:path";
import { type EnvConfig, parseConfig } from "../../shared/config.ts";
import { refuse, unquoted } from "../../shared/errors.ts";
import { refuseUncheckedEnv } from "../../shared/foreign-paths.ts";
import { isRecord } from "../../shared/is-record.ts";
import type { SourceInfo } from "../../shared/protocol.ts";
import { JSONL_FILE } from "../../storage/jsonl-sink.ts";
import { MANIFEST_FILE, readManifest } from "../../storage/manifest.ts";
import { withZoo } from "../../storage/package-root.ts";
import { readPolicy } from "../../storage/policy-file.ts";
import { chosenStep, policiesOf, policyPath, policySteps } from "../../storage/policy-folder.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { isRunLocked } from "../../storage/run-lock.ts";
import { readIntactResult } from "../../storage/run-result.ts";
import { statPath } from "../../storage/stat-path.ts";
import { parseJson } from "../../storage/strict-json.ts";
import { CARD_FILE } from "../../storage/zoo-card.ts";
import { type Controller, policyController, randomController, zeroController } from "./controller.ts";
import { type RecordedEpisode, readEpisode } from "./episode-file.ts";

export interface Source {
  readonly info: SourceInfo;
  /**
   * Creates the controller of a training step, by default the newest; null for a recording.
   *
   * Throws InputError if no policy of that step is saved, or its file is damaged.
   */
  readonly createController: ((step: number | undefined) => Controller) | null;
  /** The episode of a recording. */
  readonly episode: RecordedEpisode | null;
  /** Path of metrics.jsonl; null without metrics. */
  readonly metrics: string | null;
  /** The environment, if its arm is from a URDF. */
  readonly imported: EnvConfig | null;
}

/** Name of the fact about a run that says that its result is damaged. */
export const DAMAGE = "damaged";

const MAX_CARD_BYTES = 2 ** 16;
const MAX_NAME_LENGTH = 190;
const MAX_FACT_LENGTH = 2000;

/** Reads a run, zoo entry, policy or recording. Throws InputError if the path is none of them. */
export function namedSource(given: string): Source {
  const path = withZoo(given);
  const stat = statPath(path);
  if (stat === undefined) {
    throw refuse(path, "a run folder, a policy file or an episode file", unquoted("no such file or folder"));
  }
  if (!stat.isDirectory()) return path.endsWith(".episode") ? episodeSource(path) : policySource(path);
  const name = basename(resolve(path));
  return isZooEntry(path) ? zooSource(path, name) : runSource(path, name);
}

/** Reads a run folder. Throws InputError if its manifest is missing or damaged. */
export function runSource(folder: string, name: string): Source {
  const { config, seed, engine, created } = readManifest(folder);
  refuseUncheckedEnv(config.env, folder);
  let damage: string | undefined;
  const result = readIntactResult(folder, (line) => {
    damage = `${line}. Make it again: steadyarm train --resume ${folder}`;
  });
  const facts = {
    ...(damage === undefined ? {} : { [DAMAGE]: damage }),
    folder,
    reward: config.env.reward,
    seed,
    steps: config.train.steps,
    engine,
    "hindsight k": config.agent.her.k,
    hidden: config.agent.hidden.join(" × "),
    created,
  };
  const state = result !== undefined ? "finished" : isRunLocked(folder) ? "running" : "stopped";
  return {
    info: {
      id: `run:${shorten(name)}`,
      kind: "run",
      name: shorten(name),
      env: config.env.id,
      steps: policySteps(folder),
      state,
      hasCurves: true,
      successRate: result?.successRate ?? null,
      seed: null,
      facts: factsOf(facts),
    },
    createController: (step) => folderController(folder, name, step),
    episode: null,
    metrics: join(folder, JSONL_FILE),
    imported: importedEnv(config.env),
  };
}

/** Reads a zoo entry. Throws InputError if its card or its policies are missing or damaged. */
export function zooSource(folder: string, name: string): Source {
  const path = join(folder, CARD_FILE);
  const card = parseJson(readRegularFile(path, MAX_CARD_BYTES), path);
  if (!isRecord(card)) throw refuse(path, "an object", card);
  const steps = policySteps(folder);
  const newest = chosenStep(folder);
  if (newest === undefined) throw refuse(folder, "a policy, step-<N>.safetensors", unquoted("none"));
  const { config } = readPolicy(policyPath(policiesOf(folder), newest));
  const title = card["title"] ?? card["name"];
  const success = card["successRate"];
  const metrics = join(folder, JSONL_FILE);
  const hasCurves = isFile(metrics);
  return {
    info: {
      id: `zoo:${shorten(name)}`,
      kind: "zoo",
      name: shorten(typeof title === "string" ? title : name),
      env: config.env.id,
      steps,
      state: null,
      hasCurves,
      successRate: typeof success === "number" ? success : null,
      seed: null,
      facts: factsOf(card),
    },
    createController: (step) => folderController(folder, name, step),
    episode: null,
    metrics: hasCurves ? metrics : null,
    imported: importedEnv(config.env),
  };
}

/** Reads a policy file. Throws InputError if it is invalid. */
function policySource(path: string): Source {
  const { config, step } = readPolicy(path);
  const name = shorten(basename(path, ".safetensors"));
  return simpleSource("policy", name, config.env.id, {
    createController: () => policyController(readPolicy(path)),
    steps: [step],
    facts: factsOf({ file: path, reward: config.env.reward, seed: config.train.seed }),
    imported: importedEnv(config.env),
  });
}

/** Reads a recording. Throws InputError if it is invalid. */
function episodeSource(path: string): Source {
  const episode = readEpisode(path);
  const { env, name, seed, step, noise } = episode.facts;
  const facts = factsOf({ policy: name, seed, noise, ...(step === null ? {} : { "trained steps": step }) });
  return simpleSource("episode", shorten(basename(path, ".episode")), env, { episode, facts });
}

/** The built-in controllers in one environment: random torques and no torque. */
export function builtinSources(id: string): Source[] {
  const { env, agent } = parseConfig({ env: { id } }, "built in");
  return [
    simpleSource("builtin", `random torques, ${id}`, id, {
      createController: () => randomController(env, agent.gamma),
      facts: factsOf({ actions: "random, held 1 to 5 steps" }),
    }),
    simpleSource("builtin", `no torque, ${id}`, id, {
      createController: () => zeroController(env, agent.gamma),
      facts: factsOf({ actions: "zero" }),
    }),
  ];
}

/** Whether a folder holds a run. */
export function isRunFolder(folder: string): boolean {
  return isFile(join(folder, MANIFEST_FILE));
}

/** Whether a folder is a zoo entry. */
export function isZooEntry(folder: string): boolean {
  return isFile(join(folder, CARD_FILE));
}

/** The parts of a source without training curves and run state. */
interface SimpleSource {
  readonly createController?: () => Controller;
  readonly episode?: RecordedEpisode;
  readonly steps?: number[];
  readonly imported?: EnvConfig | null;
  readonly facts: SourceInfo["facts"];
}

function simpleSource(kind: SourceInfo["kind"], name: string, env: string, source: SimpleSource): Source {
  const { createController = null, episode = null, steps = [], imported = null, facts } = source;
  return {
    info: {
      id: `${kind}:${name}`,
      kind,
      name,
      env,
      steps,
      state: null,
      hasCurves: false,
      successRate: null,
      seed: episode?.facts.seed ?? null,
      facts,
    },
    createController,
    episode,
    metrics: null,
    imported,
  };
}

function importedEnv(env: EnvConfig): EnvConfig | null {
  return env.urdf.file === "" ? null : env;
}

function folderController(folder: string, name: string, step: number | undefined): Controller {
  const steps = policySteps(folder);
  const chosen = step ?? chosenStep(folder, readIntactResult);
  if (chosen === undefined)
    throw refuse(name, "a saved policy", unquoted("none"), "Wait for the run's first");
  if (!steps.includes(chosen)) throw refuse(`${name}: step`, "a step with a saved policy", chosen);
  return policyController(readPolicy(policyPath(policiesOf(folder), chosen)));
}

function isFile(path: string): boolean {
  return statPath(path)?.isFile() === true;
}

/** Returns the texts, numbers and booleans of a record, and of the records in it, as facts. */
function factsOf(record: Readonly<Record<string, unknown>>): SourceInfo["facts"] {
  const facts: SourceInfo["facts"] = [];
  const add = (name: string, value: unknown) => {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      facts.push({ name: shorten(name), value: String(value).slice(0, MAX_FACT_LENGTH) });
    }
  };
  for (const [name, value] of Object.entries(record)) {
    if (isRecord(value)) for (const [inner, each] of Object.entries(value)) add(`${name} ${inner}`, each);
    else add(name, value);
  }
  return facts;
}

function shorten(name: string): string {
  return name.slice(0, MAX_NAME_LENGTH);
}
