/** @file What a checkpoint of a training run holds: everything, so that going on equals never having stopped. */

import { z } from "zod";
import type { AgentState } from "../agent/ddpg.ts";
import type { NormalizerState } from "../agent/normalizer.ts";
import type { ReplayContents } from "../agent/replay-buffer.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import type { Checkpoint, CheckpointContents } from "../storage/checkpoint-folder.ts";
import type { Tensors } from "../storage/safetensors.ts";
import type { SavedProgress } from "./training-progress.ts";

/** A run at the end of some episode. */
export interface RunState {
  readonly agent: AgentState;
  readonly progress: SavedProgress;
  /** Length of each log file at that moment, bytes. */
  readonly logs: Readonly<Record<string, number>>;
}

const Word = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);
const Stream = z.strictObject({ key: Word, words: z.tuple([Word, Word, Word, Word]) });
const Count = z.int().nonnegative();

const State = z.strictObject({
  progress: z.unknown(),
  logs: z.record(z.string(), Count),
  rng: z.strictObject({ exploration: Stream, sampling: Stream }),
  normalizerCounts: z.strictObject({ observation: Count, goal: Count, returns: Count }),
  greatestPriority: z.number().positive(),
  nextSlot: Count,
  counters: z.strictObject({
    steps: Count,
    learningSteps: Count,
    updates: Count,
    parameterDeviation: z.number().nonnegative(),
    sums: z.record(z.string(), z.number()),
    summed: Count,
  }),
});

/** Everything as tensors and plain data, ready to be written. */
export function toCheckpoint({ agent, progress, logs }: RunState): CheckpointContents {
  const { learner, memory } = agent;
  const { observation, goal, returns } = memory.normalizers;
  const { replay, priorities } = memory;
  return {
    files: {
      agent: {
        ...flat(learner.vectors),
        ...flat({
          "observation/mean": observation.mean,
          "observation/squares": observation.squares,
          "goal/mean": goal.mean,
          "goal/squares": goal.squares,
          "returns/mean": returns.mean,
          "returns/squares": returns.squares,
        }),
      },
      replay: flat({
        observations: replay.observations,
        achievedGoals: replay.achievedGoals,
        desiredGoals: replay.desiredGoals,
        actions: replay.actions,
        lengths: replay.lengths,
        ...(replay.terms.length > 0 ? { terms: replay.terms } : {}),
        terminated: replay.terminated,
        rewarding: replay.rewarding,
        priorities: priorities.priorities,
      }),
    },
    state: {
      progress,
      logs,
      rng: { exploration: agent.exploration, sampling: learner.sampling },
      normalizerCounts: { observation: observation.count, goal: goal.count, returns: returns.count },
      greatestPriority: priorities.greatest,
      nextSlot: replay.nextSlot,
      counters: {
        steps: agent.steps,
        learningSteps: agent.learningSteps,
        updates: learner.updates,
        parameterDeviation: agent.parameterDeviation,
        sums: learner.sums,
        summed: learner.summed,
      },
    },
  };
}

/** What a checkpoint's files and data mean. Throws InputError naming `where` and what is missing. */
export function fromCheckpoint(
  checkpoint: Checkpoint,
  where: string,
): Omit<RunState, "progress"> & { progress: unknown } {
  const parsed = State.safeParse(checkpoint.state);
  if (!parsed.success) {
    throw new InputError(
      `${where}: expected a training run's state, got something else at ${parsed.error.issues[0]?.path.join(".")}`,
    );
  }
  const { progress, logs, rng, normalizerCounts, greatestPriority, nextSlot, counters } = parsed.data;
  const agentFile = tensorsOf(checkpoint, "agent", where);
  const replayFile = tensorsOf(checkpoint, "replay", where);
  const vectors = Object.fromEntries(
    Object.entries(agentFile).flatMap(([name, { data }]) =>
      data instanceof Float32Array ? [[name, data]] : [],
    ),
  );
  const normalizer = (name: "observation" | "goal" | "returns"): NormalizerState => ({
    count: normalizerCounts[name],
    mean: array(agentFile, `${name}/mean`, Float64Array, where),
    squares: array(agentFile, `${name}/squares`, Float64Array, where),
  });
  const replay: ReplayContents = {
    observations: array(replayFile, "observations", Float32Array, where),
    achievedGoals: array(replayFile, "achievedGoals", Float32Array, where),
    desiredGoals: array(replayFile, "desiredGoals", Float32Array, where),
    actions: array(replayFile, "actions", Float32Array, where),
    // Only environments with reward terms have them.
    terms: Object.hasOwn(replayFile, "terms")
      ? array(replayFile, "terms", Float32Array, where)
      : new Float32Array(0),
    lengths: array(replayFile, "lengths", Int32Array, where),
    terminated: array(replayFile, "terminated", Uint8Array, where),
    rewarding: array(replayFile, "rewarding", Uint8Array, where),
    nextSlot,
  };
  const normalizers = {
    observation: normalizer("observation"),
    goal: normalizer("goal"),
    returns: normalizer("returns"),
  };
  const priorities = {
    priorities: array(replayFile, "priorities", Float64Array, where),
    greatest: greatestPriority,
  };
  const { steps, learningSteps, parameterDeviation, ...counted } = counters;
  const agent = {
    learner: { vectors, sampling: rng.sampling, ...counted },
    memory: { normalizers, replay, priorities },
    exploration: rng.exploration,
    steps,
    learningSteps,
    parameterDeviation,
  };
  return { agent, progress, logs };
}

function flat(
  arrays: Readonly<Record<string, Float32Array | Float64Array | Int32Array | Uint8Array>>,
): Tensors {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, data]) => [name, { shape: [data.length], data }]),
  );
}

function tensorsOf({ files }: Checkpoint, name: string, where: string): Tensors {
  const tensors = Object.hasOwn(files, name) ? files[name] : undefined;
  if (tensors === undefined) throw refuse(where, `a file ${name}.safetensors`, unquoted("none"));
  return tensors;
}

function array<T>(tensors: Tensors, name: string, kind: new (length: number) => T, where: string): T {
  const data = Object.hasOwn(tensors, name) ? tensors[name]?.data : undefined;
  if (!(data instanceof kind)) throw refuse(`${where}: ${name}`, `a ${kind.name}`, data);
  return data;
}
