/**
 * @file A folder of demonstrations: complete episodes for `steadyarm train --demos`.
 *
 * `demos.json` has the environment's settings, the source, and the checksums of `episodes.safetensors` and of itself.
 * For E episodes of L steps in total the tensors are, in float32 unless noted: `observations` [L + E, O],
 * `achieved_goals` [L + E, G], `desired_goals` [E, G], `actions` [L, A], `terms` [L, K], `rewards` [E] (sums), and in
 * int32 [E] `lengths`, `terminated` (0 or 1), `success` (at the end, 0 or 1), `first_success` (step, 0 for none).
 */

import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { EnvConfig } from "../shared/env-config.ts";
import type { EpisodeRecording, EpisodeSizes } from "../shared/episode.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import { validate } from "../shared/validate.ts";
import { type Content, writeFolderAtomically } from "./atomic-file.ts";
import { formatChecked, parseChecked } from "./checked-json.ts";
import { sha256 } from "./checkpoint-index.ts";
import { describeVersions } from "./machine.ts";
import { MAX_FILE_BYTES, readRegularFile } from "./regular-file.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor, type Tensors } from "./safetensors.ts";
import { statPath } from "./stat-path.ts";

/** Name of the file that describes the demonstrations in a folder. */
const DEMOS_FILE = "demos.json";
const EPISODES_FILE = "episodes.safetensors";
const FORMAT = "steadyarm-demonstrations";
const MAX_DEMOS_BYTES = 2 ** 20;

const Sizes = z.strictObject({
  observation: z.int().positive(),
  goal: z.int().positive(),
  action: z.int().positive(),
  terms: z.int().nonnegative(),
  maxSteps: z.int().positive(),
});

const Facts = z.strictObject({
  format: z.literal(FORMAT),
  env: EnvConfig,
  source: z.strictObject({
    kind: z.literal("script"),
    seed: z.int().nonnegative(),
    /** Std of the Gaussian noise on each action. */
    noise: z.number().nonnegative(),
  }),
  sizes: Sizes,
  episodes: z.int().positive(),
  steps: z.int().positive(),
  /** Share of episodes whose goal was achieved at the last step. */
  successRate: z.number().min(0).max(1),
  versions: z.record(z.string(), z.string()),
  data: z.strictObject({ bytes: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
});
export type DemonstrationFacts = z.infer<typeof Facts>;

export interface Demonstrations {
  readonly facts: DemonstrationFacts;
  /** SHA-256 of demos.json, which has that of the episodes. */
  readonly sha256: string;
  readonly episodes: readonly EpisodeRecording[];
}

/** Throws InputError unless a folder of demonstrations can be created at `path`. */
export function checkNewFolder(path: string): void {
  if (statPath(path) !== undefined) {
    throw refuse(path, "a new folder", unquoted("an existing path"), "Choose another --out");
  }
  const parent = dirname(resolve(path));
  if (!statPath(parent)?.isDirectory()) {
    throw refuse(path, `a folder in an existing one`, unquoted("none there"), `mkdir -p ${parent}`);
  }
}

/**
 * Writes a folder of demonstrations atomically.
 *
 * @param path must not exist; its parent must
 * @throws InputError if a number is not finite, or the disk refuses; nothing remains
 */
export function writeDemonstrations(
  path: string,
  { env, source }: Pick<DemonstrationFacts, "env" | "source">,
  sizes: EpisodeSizes,
  episodes: readonly EpisodeRecording[],
): DemonstrationFacts {
  const data = encodeSafetensors(toTensors(episodes, sizes), join(path, EPISODES_FILE));
  const { observation, goal, action, terms = 0, maxSteps } = sizes;
  const facts: DemonstrationFacts = {
    format: FORMAT,
    env,
    source,
    sizes: { observation, goal, action, terms, maxSteps },
    episodes: episodes.length,
    steps: sumOf(episodes.map(({ length }) => length)),
    successRate: sumOf(episodes.map(({ successAtEnd }) => (successAtEnd ? 1 : 0))) / episodes.length,
    versions: describeVersions(),
    data: { bytes: sumOf(data.map(({ length }) => length)), sha256: sha256(data) },
  };
  writeFolderAtomically(
    resolve(path),
    new Map<string, Content>([
      [EPISODES_FILE, data],
      [DEMOS_FILE, formatChecked(facts, path)],
    ]),
  );
  return facts;
}

/** Reads a folder of demonstrations and checks all of it. Throws InputError of one line if anything is wrong. */
export function readDemonstrations(path: string): Demonstrations {
  if (statPath(path) === undefined) {
    throw refuse(
      path,
      "a folder of demonstrations",
      unquoted("nothing there"),
      `Record them: steadyarm record --scripted panda-push --out ${basename(path)}`,
    );
  }
  const where = join(path, DEMOS_FILE);
  const text = readRegularFile(where, MAX_DEMOS_BYTES);
  const kind = "a description of demonstrations of steadyarm";
  const { fields, verify } = parseChecked(text, where, kind, ({ format }) => format === FORMAT);
  const facts = validate(Facts, fields, where);
  verify();
  const file = join(path, EPISODES_FILE);
  const bytes = readRegularFile(file, MAX_FILE_BYTES);
  if (bytes.length !== facts.data.bytes) {
    throw refuse(file, `${facts.data.bytes} bytes`, bytes.length, "The file is truncated or another one");
  }
  if (sha256([bytes]) !== facts.data.sha256) {
    throw new InputError(`${file}: its checksum does not match ${DEMOS_FILE}; the file is damaged`);
  }
  const { tensors } = decodeSafetensors(bytes, file);
  return { facts, sha256: sha256([text]), episodes: fromTensors(tensors, facts, file) };
}

function toTensors(episodes: readonly EpisodeRecording[], sizes: EpisodeSizes): Tensors {
  const { observation, goal, action, terms = 0 } = sizes;
  const floats = (of: (episode: EpisodeRecording) => Float32Array, columns: number): Tensor => {
    const data = concatenate(episodes.map(of));
    return { shape: [columns === 0 ? 0 : data.length / columns, columns], data };
  };
  const integers = (of: (episode: EpisodeRecording) => number): Tensor => ({
    shape: [episodes.length],
    data: Int32Array.from(episodes, of),
  });
  return {
    observations: floats((episode) => episode.observations, observation),
    achieved_goals: floats((episode) => episode.achievedGoals, goal),
    desired_goals: floats((episode) => episode.desiredGoal, goal),
    actions: floats((episode) => episode.actions, action),
    terms: floats((episode) => episode.terms, terms),
    rewards: {
      shape: [episodes.length],
      data: Float32Array.from(episodes, ({ episodeReturn }) => episodeReturn),
    },
    lengths: integers(({ length }) => length),
    terminated: integers(({ terminated }) => (terminated ? 1 : 0)),
    success: integers(({ successAtEnd }) => (successAtEnd ? 1 : 0)),
    first_success: integers(({ firstSuccess }) => firstSuccess),
  };
}

function fromTensors(tensors: Tensors, facts: DemonstrationFacts, where: string): EpisodeRecording[] {
  const { episodes: count, steps, sizes } = facts;
  const moments = steps + count;
  const floats = (name: string, ...shape: readonly number[]): Float32Array => {
    const tensor = tensors[name];
    if (!(tensor?.data instanceof Float32Array) || String(tensor.shape) !== String(shape)) {
      const got = tensor === undefined ? undefined : unquoted(`[${tensor.shape}]`);
      throw refuse(`${where}: ${name}`, `float32 of shape [${shape}]`, got);
    }
    return tensor.data;
  };
  const integers = (name: string, max: number): Int32Array => {
    const data = tensors[name]?.data;
    const valid = data instanceof Int32Array && data.length === count;
    if (!valid || data.some((x) => x < 0 || x > max)) {
      throw refuse(
        `${where}: ${name}`,
        `${count} int32 in [0, ${max}]`,
        valid ? unquoted("others") : data?.length,
      );
    }
    return data;
  };
  const observations = floats("observations", moments, sizes.observation);
  const achievedGoals = floats("achieved_goals", moments, sizes.goal);
  const desiredGoals = floats("desired_goals", count, sizes.goal);
  const actions = floats("actions", steps, sizes.action);
  const terms = floats("terms", sizes.terms === 0 ? 0 : steps, sizes.terms);
  const rewards = floats("rewards", count);
  const lengths = integers("lengths", sizes.maxSteps);
  const terminated = integers("terminated", 1);
  const success = integers("success", 1);
  const firstSuccess = integers("first_success", sizes.maxSteps);
  if (sumOf([...lengths]) !== steps || lengths.includes(0)) {
    throw refuse(`${where}: lengths`, `episodes of ${steps} steps together`, sumOf([...lengths]));
  }
  const wild = actions.find((x) => x < -1 || x > 1);
  if (wild !== undefined) throw refuse(`${where}: actions`, "numbers in [-1, 1]", wild);
  let step = 0;
  return Array.from(lengths, (length, i) => {
    const [from, to, first, last] = [step, step + length, step + i, step + i + length + 1];
    step = to;
    return {
      observations: observations.slice(first * sizes.observation, last * sizes.observation),
      achievedGoals: achievedGoals.slice(first * sizes.goal, last * sizes.goal),
      desiredGoal: desiredGoals.slice(i * sizes.goal, (i + 1) * sizes.goal),
      actions: actions.slice(from * sizes.action, to * sizes.action),
      terms: terms.slice(from * sizes.terms, to * sizes.terms),
      length,
      terminated: terminated[i] === 1,
      episodeReturn: rewards[i]!,
      successAtEnd: success[i] === 1,
      firstSuccess: firstSuccess[i]!,
    };
  });
}

function concatenate(arrays: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(sumOf(arrays.map(({ length }) => length)));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0);
}
