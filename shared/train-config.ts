/** @file Settings of the training loop: seed, steps, evaluations, checkpoints, early stopping. */

import { z } from "zod";
import { checksum, flag, integer, path, real } from "./setting.ts";

const OURS = "measured here, docs/ddpg.md";

export const TrainConfig = z.strictObject({
  seed: integer(
    { min: 0 },
    1,
    "Seed of all randomness: environment, weights, exploration, replay.",
    "arbitrary",
  ),
  steps: integer(
    { min: 1, max: 1_000_000_000 },
    20_000,
    "Environment steps to train for; the last episode is completed.",
    "rl-baselines3-zoo, PandaReach",
  ),
  collectors: integer(
    { min: 0, max: 64 },
    0,
    "Training episodes played by worker threads while the training thread learns from one; 0 is everything in one thread. The number changes results. `steadyarm train` without it chooses 2 on two or more cores (docs/ddpg.md).",
    "sweeps, cases and code give each core a run instead",
  ),
  demos: z
    .strictObject({
      folder: path(
        "a folder of `steadyarm record --scripted`",
        "Demonstrations that the replay buffer holds from the start to the end; empty for none.",
      ),
      sha256: checksum(
        "Checksum that the demonstrations must have, so that a run resumes with the same ones only.",
      ),
    })
    .prefault({}),
  carryOver: z
    .strictObject({
      probability: real(
        { min: 0, max: 1 },
        0,
        "Share of training episodes that start at the joint angles in which an earlier one ended; evaluations never do.",
        "off; 0.97 in the steady preset, docs/holding.md",
      ),
      rampEpisodes: integer(
        { min: 0 },
        200,
        "Training episodes over which that share rises from 0.",
        "chosen here, docs/holding.md",
      ),
      keepGoal: real(
        { min: 0, max: 1 },
        0.5,
        "Share of those episodes that keep the goal of the earlier one; the others draw a new one.",
        "chosen here, docs/ddpg.md",
      ),
    })
    .prefault({}),
  evaluateEvery: integer(
    { min: 0 },
    0,
    "Steps between evaluations, rounded up to the end of an episode; 0 is a fiftieth of train.steps, at least 1000.",
    OURS,
  ),
  evaluationEpisodes: integer(
    { min: 1, max: 100_000 },
    50,
    "Episodes of each evaluation, with the same seeds every time.",
    OURS,
  ),
  finalEpisodes: integer(
    { min: 1, max: 100_000 },
    100,
    "Episodes of the final evaluation, with seeds that no other evaluation uses.",
    OURS,
  ),
  keepBest: integer(
    { min: 0, max: 100 },
    0,
    "Best evaluated policies that are compared at the end, on finalEpisodes episodes each; the best of them is the run's policy. 0 takes the last one (docs/ddpg.md).",
    "off; 3 in the presets for objects",
  ),
  holdSeconds: real(
    { min: 0, max: 3600 },
    20,
    "Duration of the episodes that test at the end whether goals are held beyond the time limit, at least 3; 0 is none (docs/holding.md).",
    OURS,
  ),
  holdEpisodes: integer(
    { min: 1, max: 100_000 },
    10,
    "Episodes of that test; a policy with a final success rate below 0.5 is not tested.",
    OURS,
  ),
  diagnostics: flag(
    true,
    "Log diagnostics of actor and critic at each evaluation (docs/diagnostics.md), and save with each checkpoint what one more update does, for the doctor.",
    "does not affect learning",
  ),
  checkpointEvery: integer(
    { min: 1 },
    1000,
    "Steps between checkpoints, rounded up to the end of an episode.",
    OURS,
  ),
  keepCheckpoints: integer(
    { min: 1, max: 10_000 },
    2,
    "Number of newest checkpoints to keep; the policy of every checkpoint is always kept.",
    "the newest and a spare",
  ),
  stopConverged: integer(
    { min: 0, max: 10_000 },
    0,
    "Stop early after this many evaluations in a row with a success rate of at least train.convergedRate; 0 never stops.",
    "off",
  ),
  convergedRate: real(
    { min: 0, max: 1 },
    0.95,
    "Success rate of an evaluation that counts towards train.stopConverged.",
    "0.98 in the presets for objects",
  ),
  stopHopeless: integer(
    { min: 0, max: 1_000_000_000 },
    0,
    "Stop early at this step if no evaluation has had a success; 0 never stops.",
    "off",
  ),
});
export type TrainConfig = z.infer<typeof TrainConfig>;

/** Minimum steps between evaluations, and evaluations of a run, where `evaluateEvery` is 0. */
const MIN_INTERVAL = 1000;
const EVALUATIONS = 50;

/** Returns the steps between evaluations. */
export function evaluationInterval({
  evaluateEvery,
  steps,
}: Pick<TrainConfig, "evaluateEvery" | "steps">): number {
  if (evaluateEvery > 0) return evaluateEvery;
  return Math.max(MIN_INTERVAL, Math.ceil(steps / EVALUATIONS));
}
