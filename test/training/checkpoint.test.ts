import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { readCheckpoint, writeCheckpoint } from "../../storage/checkpoint-folder.ts";
import { loadNewestRunState, saveRunState } from "../../training/checkpoint.ts";
import { rollout } from "../../training/rollout.ts";
import { TrainingProgress } from "../../training/training-progress.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";
import { lineReach } from "../toy-envs.ts";

/** The state of a run after some episodes, with prioritised replay so that no part of it is empty. */
async function trainedState() {
  const env = lineReach();
  const task = taskFacts(env);
  const settings = { hidden: [4], batchSize: 8, warmupSteps: 20, replay: { kind: "prioritized" } };
  const config = parseConfig({ agent: settings }, "test").agent;
  const agent = await Ddpg.create(config, task, await loadEngine("onnx"), Rng.fromSeed(1));
  const progress = new TrainingProgress(1);
  const episode = new Episode(task.sizes);
  for (let seed = 0; seed < 3; seed++) {
    await rollout(env, { seed }, agent.explore, episode, () => agent.learn());
    agent.store(episode);
    progress.countEpisode(episode);
  }
  const state = {
    agent: agent.getState(),
    progress: progress.getState(),
    best: [],
    logs: { jsonl: 12, csv: 0 },
  };
  agent.dispose();
  return state;
}

it("loads the state that was saved, with the replay buffer in its own file", async () => {
  const state = await trainedState();
  const folder = join(temporaryFolder(), "checkpoints");
  saveRunState(folder, 60, state);
  expect(readdirSync(join(folder, "step-60"))).toEqual([
    "agent.safetensors",
    "checkpoint.json",
    "replay.safetensors",
  ]);
  const loaded = loadNewestRunState(folder, expect.unreachable);
  expect(loaded).toStrictEqual({ state, path: join(folder, "step-60") });
});

it("names the first field that is not a training run's", async () => {
  const source = join(temporaryFolder(), "checkpoints");
  saveRunState(source, 60, await trainedState());
  const { agent, replay, progress, logs } = Object(readCheckpoint(source, 60).state);
  const errorFor = (state: Record<string, unknown>) => {
    const folder = join(temporaryFolder(), "checkpoints");
    writeCheckpoint(folder, 60, state);
    return refusal(() => loadNewestRunState(folder, expect.unreachable));
  };
  const complete = { agent, replay, progress, logs };
  const actions = { replay: { ...replay.replay, actions: [1, 2] }, priorities: replay.priorities };
  expect(errorFor({ ...complete, replay: actions })).toMatch(
    /step-60: replay\.replay\.actions: expected Float32Array, got \[1,2\]$/,
  );
  expect(errorFor({ ...complete, agent: { ...agent, steps: -1 } })).toMatch(
    /step-60: agent\.steps: expected .*0, got -1$/,
  );
  expect(errorFor({ ...complete, progress: { ...progress, steps: "3" } })).toMatch(
    /step-60: progress\.steps: expected .*, got "3"$/,
  );
  expect(errorFor({ agent, replay, progress })).toMatch(/step-60: logs: expected record, got nothing$/);
  expect(errorFor({ ...complete, extra: 1 })).toMatch(/step-60: extra: expected no such field, got 1$/);
});
