/** @file An order for one training episode: everything that a worker thread needs to play it. */

import { z } from "zod";
import { NormalizerState } from "../agent/normalizer.ts";
import { Count, Float32Values } from "../shared/state-schemas.ts";
import { EpisodeStart } from "./carry-over.ts";

export const EpisodeOrder = z.strictObject({
  /** 1 for the run's first episode. */
  index: Count,
  /** Seed of the environment's reset. */
  seed: Count,
  /** Absent for a sampled start. */
  start: EpisodeStart.optional(),
  /** Environment steps before the episode, for warm-up and the decay of exploration. */
  steps: Count,
  /** The actor's flat weight vector, with parameter noise if it is on. */
  actor: Float32Values,
  normalizers: z.strictObject({ observation: NormalizerState, goal: NormalizerState }),
});
export type EpisodeOrder = z.infer<typeof EpisodeOrder>;
