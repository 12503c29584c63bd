/** @file The update after a checkpoint, made by learners that are broken in a known way. */

import { describe, expect, it } from "vitest";
import { Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import {
  type EngineFault,
  withFeeds,
  withFrozen,
  withFrozenLayer,
} from "../../bench/faults/broken-learner.ts";
import {
  withBlankGoalsInBatches,
  withDecay,
  withNextStateOfPresent,
  withTargetsRepelled,
} from "../../bench/faults/impaired-learner.ts";
import { withActionsOfOtherRows, withReversedUpdate } from "../../bench/faults/miswired-learner.ts";
import { examineNextUpdate } from "../../doctor/examinations/next-update.ts";
import { examinedRun } from "../../doctor/examined-run.ts";
import { rank } from "../../doctor/rank.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import { Rng } from "../../shared/rng.ts";
import { rollout } from "../../training/rollout.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { lineReach } from "../toy-envs.ts";

const intact: EngineFault = (engine) => engine;

const scaledFeed = (feed: string, factor: number) =>
  withFeeds((name, values) => (name === feed ? values.map((x) => factor * x) : undefined));

/** The figures for a learner with a fault, and the first finding that follows from them alone. */
async function examined(fault: EngineFault, settings: object = {}) {
  const env = lineReach();
  const agentSettings = { hidden: [16], batchSize: 32, warmupSteps: 5 * env.maxEpisodeSteps, ...settings };
  const config = parseConfig({ env: { id: "panda-push" }, agent: agentSettings }, "test");
  const task = taskFacts(env);
  const create = async (engine: EngineFault) => {
    const loaded = await loadEngine("onnx");
    const { layouts } = examinedRunOf(await agentState(config, env));
    return Ddpg.create(
      config.agent,
      task,
      engine(loaded, { actor: layouts.actor, critic: layouts.critics[0]! }, task.sizes),
      Rng.fromSeed(1),
    );
  };
  const examinedRunOf = (
    state: Awaited<ReturnType<typeof agentState>>,
    ahead?: Awaited<ReturnType<Ddpg["learner"]["lookAhead"]>>,
  ) => {
    const run = examinedRun(
      { run: temporaryFolder(), config, rows: [], ahead, unrepeatable: undefined },
      state,
      task.sizes,
      lineReach(),
    );
    if (run === undefined) throw new Error("the replay buffer does not fit");
    return run;
  };
  const agent = await create(fault);
  await learn(agent, env, 20);
  const ahead = await agent.learner.lookAhead();
  const run = examinedRunOf(agent.getState(), ahead);
  agent.dispose();
  const figures = await examineNextUpdate(run);
  if (typeof figures === "string") throw new Error(figures);
  const metrics = new Map(Object.entries(figures).map(([name, value]) => [name, { value, trend: [] }]));
  return { run, figures, cause: rank(metrics, config)[0]?.cause };
}

async function learn(agent: Ddpg, env: ReturnType<typeof lineReach>, episodes: number): Promise<void> {
  const episode = new Episode(taskFacts(env).sizes);
  for (let i = 0; i < episodes; i++) {
    agent.beginEpisode();
    await rollout(env, { seed: i }, agent.explore, episode, () => agent.learn());
    agent.store(episode);
  }
}

/** The state of an intact agent after one episode, for the layouts of its networks. */
async function agentState(config: ReturnType<typeof parseConfig>, env: ReturnType<typeof lineReach>) {
  const agent = await Ddpg.create(config.agent, taskFacts(env), await loadEngine("onnx"), Rng.fromSeed(1));
  await learn(agent, env, 1);
  const state = agent.getState();
  agent.dispose();
  return state;
}

describe("an intact learner's update", () => {
  it.each([
    ["as it is", {}],
    ["with falling rates", { learningRateDecay: { updates: 300, to: 0.1 } }],
    [
      "with prioritised replay and a tiny rate",
      { replay: { kind: "prioritized" }, criticLearningRate: 1e-6 },
    ],
    [
      "with batch normalisation and no target networks",
      { batchNorm: { critic: "renorm" }, targetNetworks: false },
    ],
    [
      "with two critics, averaging and a policy delay",
      { critics: { count: 2, targetMin: 2 }, actorAveraging: 0.01, actorEvery: 2 },
    ],
  ])("is repeated exactly, %s", async (_name, settings) => {
    const { figures, cause } = await examined(intact, settings);
    expect(figures["exam/update_agrees"]).toBe(1);
    expect(figures["exam/critic_gradient"]).toBeCloseTo(1, 5);
    expect(cause).toBeUndefined();
  });
});

describe("a broken learner's update", () => {
  it.each([
    ["rewards of the wrong sign", scaledFeed("rewards", -1), "exam/changed_rewards", 1, "wrong-targets"],
    ["no discounted future", scaledFeed("continues", 0), "exam/changed_ends", 1, "wrong-targets"],
    ["next states of the present", withNextStateOfPresent, "exam/changed_next_states", 1, "wrong-targets"],
    ["actions of other rows", withActionsOfOtherRows, "exam/changed_actions", 1, "misaligned-batch"],
    ["actions in another unit", scaledFeed("actions", 57.3), "exam/other_values", 1, "misaligned-batch"],
    ["goals that are blank", withBlankGoalsInBatches, "exam/changed_goals", 1, "goal-not-seen"],
    ["inputs at another scale", scaledFeed("inputs", 10), "exam/changed_scale", 1, "misaligned-batch"],
    [
      "an actor that moves backwards",
      withReversedUpdate("actor"),
      "exam/actor_step_direction",
      -1,
      "actor-against-critic",
    ],
    ["a frozen critic", withFrozen("critic"), "exam/critic_step", 0, "frozen-network"],
    [
      "a frozen layer of the actor",
      withFrozenLayer("actor", 0),
      "exam/actor_layer_step",
      0,
      "frozen-network",
    ],
    ["weight decay", withDecay(0.05), "exam/critic_shrinks", 1, "vanishing-weights"],
    ["frozen targets", withFrozen("targetActor", "targetCritic"), "exam/target_step", 0, "targets-too-slow"],
    ["targets that move away", withTargetsRepelled, "exam/target_step", -1, "wrong-targets"],
  ])("with %s shows it", async (_name, fault, figure, value, expected) => {
    const { figures, cause } = await examined(fault);
    expect(figures["exam/update_agrees"]).toBe(0);
    expect(figures[figure]).toBeCloseTo(value, 1);
    expect(cause).toBe(expected);
  });
});

it("is not examined where a checkpoint has none, or in a run of other versions", async () => {
  const { run } = await examined(intact);
  const reasonOf = (changes: Partial<typeof run>) => examineNextUpdate({ ...run, ...changes });
  expect(await reasonOf({ ahead: undefined })).toBe("the checkpoint has no update to repeat");
  expect(await reasonOf({ unrepeatable: "other versions" })).toBe("other versions");
});
