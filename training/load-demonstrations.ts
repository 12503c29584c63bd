/** @file Loads the demonstrations of a run, and checks that they are of its environment. */

import { isDeepStrictEqual } from "node:util";
import type { Ddpg } from "../agent/ddpg.ts";
import type { EnvConfig, RunConfig } from "../shared/config.ts";
import { Episode, type EpisodeSizes } from "../shared/episode.ts";
import { refuse } from "../shared/errors.ts";
import { type Demonstrations, readDemonstrations } from "../storage/demonstrations.ts";

/**
 * The settings that give observations and actions their meaning. Others may differ: HER computes rewards again, and
 * starts, noise and friction may vary.
 */
const DEFINING = [
  "id",
  "control",
  "torqueScale",
  "gravityCompensation",
  "relativeInputs",
  "rewardTerms",
] as const satisfies readonly (keyof EnvConfig)[];

/**
 * Reads the demonstrations that a config names.
 *
 * @returns undefined if it names none
 * @throws InputError of one line if the folder is missing, damaged, of another environment, or not that of the checksum
 */
export function loadDemonstrations({ env, train }: RunConfig): Demonstrations | undefined {
  const { folder, sha256 } = train.demos;
  if (folder === "") return undefined;
  const demonstrations = readDemonstrations(folder);
  if (sha256 !== "" && demonstrations.sha256 !== sha256) {
    throw refuse(
      `${folder}: checksum`,
      `${sha256}, that of the run's demonstrations`,
      demonstrations.sha256,
      "Restore the folder, or train a new run",
    );
  }
  const { facts } = demonstrations;
  for (const key of DEFINING) {
    if (key === "torqueScale" && env.control !== "torque") continue;
    if (isDeepStrictEqual(facts.env[key], env[key])) continue;
    throw refuse(
      `${folder}: env.${key}`,
      `${JSON.stringify(env[key])}, as in the run`,
      facts.env[key],
      `Record others: steadyarm record --scripted ${env.id} --control ${env.control}`,
    );
  }
  return demonstrations;
}

/** Stores demonstrations in the memory of a new agent. Throws InputError if their sizes are not the environment's. */
export function storeDemonstrations(
  { memory }: Ddpg,
  { facts, episodes }: Demonstrations,
  sizes: EpisodeSizes,
  folder: string,
): void {
  const { observation, goal, action, terms = 0, maxSteps } = sizes;
  const expected = { observation, goal, action, terms, maxSteps };
  if (!isDeepStrictEqual(facts.sizes, expected)) {
    throw refuse(
      `${folder}: sizes`,
      JSON.stringify(expected),
      facts.sizes,
      "Record the demonstrations again",
    );
  }
  const episode = new Episode(sizes);
  for (const recording of episodes) {
    episode.load(recording);
    memory.storeDemonstration(episode);
  }
}
