/** @file Progress of a training run: counters, recent episodes and evaluations; the trainer's state besides the agent. */

import { z } from "zod";
import type { Episode } from "../shared/episode.ts";
import { Rng } from "../shared/rng.ts";
import { Count, SavedRng } from "../shared/state-schemas.ts";
import { standardDeviation } from "../shared/statistics.ts";
import { EARLY_STOPS, type EarlyStop, SOLVED } from "./early-stop.ts";
import type { Evaluation } from "./evaluate.ts";
import { termMetric } from "./metric-names.ts";

/** Training episodes averaged in `rollout/…`, as in Stable-Baselines3. */
const RECENT_EPISODES = 100;

/** Newest evaluations in `diagnostics/success_spread`. */
const SPREAD_EVALUATIONS = 10;

const RecentEpisode = z.strictObject({
  episodeReturn: z.number(),
  length: z.int(),
  success: z.boolean(),
  /** Sum of each reward term. */
  terms: z.array(z.number()),
});

/** The part of a checkpoint that TrainingProgress saves. */
export const ProgressState = z.strictObject({
  steps: Count,
  episodes: Count,
  stepsTo95: Count.nullable(),
  recent: z.array(RecentEpisode).max(RECENT_EPISODES),
  firstSuccessStep: Count.nullable(),
  evaluations: z.array(z.strictObject({ step: z.int(), successRate: z.number() })),
  /** Absent in checkpoints of older versions. */
  earlyStop: z.enum(EARLY_STOPS).nullable().default(null),
  episodeSeeds: SavedRng,
  wallSeconds: z.number().nonnegative(),
  actingSeconds: z.number().nonnegative(),
  updatingSeconds: z.number().nonnegative(),
});

export type ProgressState = z.infer<typeof ProgressState>;

/** The part of an episode that progress uses. */
type CountedEpisode = Pick<Episode, "episodeReturn" | "length" | "successAtEnd" | "firstSuccess" | "terms">;

export class TrainingProgress {
  /** Environment steps. */
  steps = 0;
  /** Finished episodes. */
  episodes = 0;
  /** Steps at the first evaluation with a success rate of at least 0.95; null before that. */
  stepsTo95: number | null = null;
  /** Training step at which a goal was first achieved; null before that. */
  firstSuccessStep: number | null = null;
  /** Seconds since the run began, before resumes included: in total, of environment steps, of updates. */
  seconds = { wall: 0, acting: 0, updating: 0 };
  /** Completed evaluations, oldest first. */
  readonly evaluations: { readonly step: number; readonly successRate: number }[] = [];
  /** Why the run ended before `train.steps`; null if it did not. */
  earlyStop: EarlyStop | null = null;
  readonly #recent: z.infer<typeof RecentEpisode>[] = [];
  readonly #episodeSeeds: Rng;
  readonly #termNames: readonly string[];

  /** @param termNames names of the environment's reward terms */
  constructor(seed: number, termNames: readonly string[] = []) {
    this.#termNames = termNames;
    this.#episodeSeeds = Rng.fromSeed(seed).fork("episodes");
  }

  /** Draws the seed of the next training episode. */
  nextEpisodeSeed(): number {
    return this.#episodeSeeds.bits();
  }

  countEpisode(episode: CountedEpisode): void {
    const { episodeReturn, length, successAtEnd: success, firstSuccess } = episode;
    if (this.firstSuccessStep === null && firstSuccess > 0) this.firstSuccessStep = this.steps + firstSuccess;
    this.steps += length;
    this.episodes += 1;
    this.#recent.push({
      episodeReturn,
      length,
      success,
      terms: this.#termNames.map((_, i) => sumOf(episode, i, this.#termNames.length)),
    });
    if (this.#recent.length > RECENT_EPISODES) this.#recent.shift();
  }

  /** @param step environment steps at the evaluated snapshot */
  countEvaluation(step: number, { successRate }: Evaluation): void {
    this.evaluations.push({ step, successRate });
    if (this.stepsTo95 === null && successRate >= SOLVED) this.stepsTo95 = step;
  }

  /** Returns the `rollout/…` metrics: means over the last training episodes, with exploration. */
  recentAverages(): Record<string, number> {
    const n = this.#recent.length;
    const mean = (of: (episode: z.infer<typeof RecentEpisode>) => number) =>
      this.#recent.reduce((sum, episode) => sum + of(episode), 0) / n;
    return {
      "rollout/success_rate": mean(({ success }) => (success ? 1 : 0)),
      "rollout/ep_rew_mean": mean(({ episodeReturn }) => episodeReturn),
      "rollout/ep_len_mean": mean(({ length }) => length),
      ...Object.fromEntries(
        this.#termNames.map((name, i) => [termMetric(name), mean(({ terms }) => terms[i] ?? 0)]),
      ),
    };
  }

  /** Returns the standard deviation of the success rates of the last ten evaluations. */
  successSpread(): number {
    return standardDeviation(
      this.evaluations.slice(-SPREAD_EVALUATIONS).map(({ successRate }) => successRate),
    );
  }

  getState(): ProgressState {
    return {
      steps: this.steps,
      episodes: this.episodes,
      stepsTo95: this.stepsTo95,
      firstSuccessStep: this.firstSuccessStep,
      recent: [...this.#recent],
      evaluations: [...this.evaluations],
      earlyStop: this.earlyStop,
      episodeSeeds: this.#episodeSeeds.getState(),
      wallSeconds: this.seconds.wall,
      actingSeconds: this.seconds.acting,
      updatingSeconds: this.seconds.updating,
    };
  }

  /** Restores saved progress. */
  setState(state: ProgressState): void {
    this.steps = state.steps;
    this.episodes = state.episodes;
    this.stepsTo95 = state.stepsTo95;
    this.firstSuccessStep = state.firstSuccessStep;
    this.#recent.splice(0, this.#recent.length, ...state.recent);
    this.evaluations.splice(0, this.evaluations.length, ...state.evaluations);
    this.earlyStop = state.earlyStop;
    this.#episodeSeeds.setState(state.episodeSeeds);
    this.seconds = { wall: state.wallSeconds, acting: state.actingSeconds, updating: state.updatingSeconds };
  }
}

/** Returns the sum of one reward term over an episode. */
function sumOf({ terms, length }: CountedEpisode, term: number, count: number): number {
  let sum = 0;
  for (let step = 0; step < length; step++) sum += terms[step * count + term]!;
  return sum;
}

/** Returns count / seconds, or 0 for no time. */
export function perSecond(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0;
}
