/** @file The checkpoint of a training run: agent, progress, work in progress and lengths of the log files. */

import { z } from "zod";
import { AgentState } from "../agent/ddpg.ts";
import { LookAhead } from "../agent/learner.ts";
import { MemoryState } from "../agent/memory.ts";
import { RunConfig } from "../shared/config.ts";
import { Count } from "../shared/state-schemas.ts";
import { validate } from "../shared/validate.ts";
import { checkpointPath, readNewestCheckpoint, writeCheckpoint } from "../storage/checkpoint-folder.ts";
import { BestPolicy } from "./best-policies.ts";
import { EpisodeEnd } from "./carry-over.ts";
import type { CollectionState } from "./collection.ts";
import { EpisodeOrder } from "./episode-order.ts";
import { EvaluationInProgress } from "./evaluations.ts";
import { ProgressState } from "./training-progress.ts";

/** The state of a run after an episode. */
export interface RunState extends CollectionState {
  /** The settings that the run is trained with; absent in checkpoints of older versions. */
  readonly config?: RunConfig | undefined;
  readonly agent: AgentState;
  /** What one more update does, with which the doctor compares an intact one; absent without diagnostics. */
  readonly ahead?: LookAhead | undefined;
  readonly progress: ProgressState;
  /** Absent if none is in progress. */
  readonly evaluation?: EvaluationInProgress | undefined;
  /** The best evaluated policies so far, best first. */
  readonly best: readonly BestPolicy[];
  /** Length of each log file, bytes, by the name of its sink. */
  readonly logs: Readonly<Record<string, number>>;
}

/** The parts of a checkpoint. The replay buffer, by far the largest part, gets its own file. */
const SavedRun = z.strictObject({
  config: RunConfig.optional(),
  agent: AgentState.extend({ memory: MemoryState.pick({ normalizers: true }) }),
  replay: MemoryState.omit({ normalizers: true }),
  ahead: LookAhead.optional(),
  progress: ProgressState,
  evaluation: EvaluationInProgress.optional(),
  /** Absent in checkpoints of older versions. */
  best: z.array(BestPolicy).readonly().default([]),
  episodes: z.array(EpisodeOrder).readonly().optional(),
  lastEnd: EpisodeEnd.optional(),
  logs: z.record(z.string(), Count),
});

/** Saves a checkpoint, as writeCheckpoint does. */
export function saveRunState(folder: string, step: number, { agent, ...rest }: RunState): void {
  const { normalizers, ...replay } = agent.memory;
  const saved: z.infer<typeof SavedRun> = {
    agent: { ...agent, memory: { normalizers } },
    replay,
    ...rest,
    logs: { ...rest.logs },
  };
  writeCheckpoint(folder, step, saved);
}

/**
 * Loads the newest valid checkpoint.
 *
 * @param warn receives one line for each damaged checkpoint that was skipped
 * @returns the state, and the checkpoint's path for errors about it
 * @throws InputError if there is no valid checkpoint, or if its fields are not those of a training run
 */
export function loadNewestRunState(
  folder: string,
  warn: (line: string) => void,
): { readonly state: RunState; readonly path: string } {
  const checkpoint = readNewestCheckpoint(folder, warn);
  const path = checkpointPath(folder, checkpoint.step);
  const { agent, replay, ...rest } = validate(SavedRun, checkpoint.state, path);
  return { state: { agent: { ...agent, memory: { ...agent.memory, ...replay } }, ...rest }, path };
}
