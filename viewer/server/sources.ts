/** @file What can be watched: how each kind of source is found on disk, described, and played. */

import { basename, join, resolve } from "node:path";
import { type EnvConfig, isRecord, parseConfig } from "../../shared/config.ts";
import { refuse, unquoted } from "../../shared/errors.ts";
import type { SourceInfo } from "../../shared/protocol.ts";
import { JSONL_FILE } from "../../storage/jsonl-sink.ts";
import { MANIFEST_FILE, readManifest } from "../../storage/manifest.ts";
import { readPolicy } from "../../storage/policy-file.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { policyPath } from "../../storage/run-folder.ts";
import { isRunLocked } from "../../storage/run-lock.ts";
import { readResult } from "../../storage/run-result.ts";
import { statPath } from "../../storage/stat-path.ts";
import { parseJson } from "../../storage/strict-json.ts";
import { type RecordedEpisode, readEpisode } from "./episode-file.ts";
import { type Player, policyPlayer, randomPlayer, restingPlayer } from "./player.ts";
import { policiesOf, policySteps } from "./policy-folder.ts";

/** A source as the server has it. */
export interface Source {
  readonly info: SourceInfo;
  /** Makes who plays it. Throws InputError if there is no policy of that step, or if its file is damaged. */
  readonly play: ((step: number | undefined) => Player) | null;
  /** The episode, where it is a recording. */
  readonly episode: RecordedEpisode | null;
  /** metrics.jsonl, where it has one. */
  readonly metrics: string | null;
  /** Its environment, where that has an arm from a URDF, which the page does not know yet. */
  readonly imported: EnvConfig | null;
}

/** The file's name in a zoo entry's folder. */
export const CARD_FILE = "card.json";

const LARGEST_CARD = 2 ** 16;
const LONGEST_NAME = 190;
const LONGEST_FACT = 2000;

/** Reads whatever a person named: a run, a zoo entry, a policy or an episode. Throws InputError if it is none of them. */
export function namedSource(path: string): Source {
  const stat = statPath(path);
  if (stat === undefined) {
    throw refuse(path, "the folder of a run, a policy or an episode", unquoted("nothing there"));
  }
  if (!stat.isDirectory()) return path.endsWith(".episode") ? episodeSource(path) : policySource(path);
  const name = basename(resolve(path));
  return isZooEntry(path) ? zooSource(path, name) : runSource(path, name);
}

/** Reads a run's folder. Throws InputError if it holds none, or its manifest is damaged. */
export function runSource(folder: string, name: string): Source {
  const { config, seed, engine, created } = readManifest(folder);
  const result = readResult(folder);
  const facts = {
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
      facts: describe(facts),
    },
    play: (step) => folderPlayer(folder, name, step),
    episode: null,
    metrics: join(folder, JSONL_FILE),
    imported: importedEnv(config.env),
  };
}

/** Reads a zoo entry: a card and at least one policy. Throws InputError if either is missing or damaged. */
export function zooSource(folder: string, name: string): Source {
  const path = join(folder, CARD_FILE);
  const card = parseJson(readRegularFile(path, LARGEST_CARD), path);
  if (!isRecord(card)) throw refuse(path, "an object", card);
  const steps = policySteps(folder);
  const newest = steps.at(-1);
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
      facts: describe(card),
    },
    play: (step) => folderPlayer(folder, name, step),
    episode: null,
    metrics: hasCurves ? metrics : null,
    imported: importedEnv(config.env),
  };
}

/** Reads one policy file. Throws InputError if it is none. */
function policySource(path: string): Source {
  const { config, step } = readPolicy(path);
  const name = shorten(basename(path, ".safetensors"));
  const play = () => policyPlayer(readPolicy(path));
  const facts = describe({ file: path, reward: config.env.reward, seed: config.train.seed });
  return plainSource("policy", name, config.env.id, {
    play,
    steps: [step],
    facts,
    imported: importedEnv(config.env),
  });
}

/** Reads a recorded episode. Throws InputError if it is none. */
function episodeSource(path: string): Source {
  const episode = readEpisode(path);
  const { env, name, seed, step, noise } = episode.facts;
  const facts = describe({ policy: name, seed, noise, ...(step === null ? {} : { "trained steps": step }) });
  return plainSource("episode", shorten(basename(path, ".episode")), env, { episode, facts });
}

/** Random torques and no torque, in one environment. */
export function builtinSources(id: string): Source[] {
  const { env, agent } = parseConfig({ env: { id } }, "built in");
  const random = {
    play: () => randomPlayer(env, agent.gamma),
    facts: describe({ actions: "random, held 1 to 5 steps" }),
  };
  const still = {
    play: () => restingPlayer(env, agent.gamma),
    facts: describe({ actions: "none: no torque" }),
  };
  return [
    plainSource("builtin", `random torques, ${id}`, id, random),
    plainSource("builtin", `no torque, ${id}`, id, still),
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

interface Plain {
  readonly play?: () => Player;
  readonly episode?: RecordedEpisode;
  readonly steps?: number[];
  readonly imported?: EnvConfig | null;
  readonly facts: SourceInfo["facts"];
}

function plainSource(kind: SourceInfo["kind"], name: string, env: string, plain: Plain): Source {
  const { play = null, episode = null, steps = [], imported = null, facts } = plain;
  const id = `${kind}:${name}`;
  const unknown = { state: null, hasCurves: false, successRate: null };
  return { info: { id, kind, name, env, steps, ...unknown, facts }, play, episode, metrics: null, imported };
}

function importedEnv(env: EnvConfig): EnvConfig | null {
  return env.urdf.file === "" ? null : env;
}

function folderPlayer(folder: string, name: string, step: number | undefined): Player {
  const steps = policySteps(folder);
  const wanted = step ?? steps.at(-1);
  if (wanted === undefined) throw refuse(name, "a policy", unquoted("none"), "The run has not saved one yet");
  if (!steps.includes(wanted)) throw refuse(`${name}: step`, "one that there is a policy of", wanted);
  return policyPlayer(readPolicy(policyPath(policiesOf(folder), wanted)));
}

function isFile(path: string): boolean {
  return statPath(path)?.isFile() === true;
}

/** What a record says in plain values, one level deep and one inside, as names and texts. */
function describe(record: Readonly<Record<string, unknown>>): SourceInfo["facts"] {
  const facts: SourceInfo["facts"] = [];
  const add = (name: string, value: unknown) => {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      facts.push({ name: shorten(name), value: String(value).slice(0, LONGEST_FACT) });
    }
  };
  for (const [name, value] of Object.entries(record)) {
    if (isRecord(value)) for (const [inner, each] of Object.entries(value)) add(`${name} ${inner}`, each);
    else add(name, value);
  }
  return facts;
}

function shorten(name: string): string {
  return name.slice(0, LONGEST_NAME);
}
