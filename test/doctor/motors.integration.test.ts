/** @file What motors make of actions, on an arm whose motors are broken by a known law. */

import { expect, it, onTestFinished } from "vitest";
import { type AgentState, Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { withDeadMotor, withDelay, withGain } from "../../bench/faults/broken-hardware.ts";
import { type Interference, interfered } from "../../bench/faults/interfered-env.ts";
import { examineMotors } from "../../doctor/examinations/motors.ts";
import { examineRepeatedEpisodes } from "../../doctor/examinations/repeated-episodes.ts";
import { examinedRun } from "../../doctor/examined-run.ts";
import { rank } from "../../doctor/rank.ts";
import { makeEnv } from "../../env/registry.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import type { GoalEnv } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { trainingReset } from "../../training/carry-over.ts";
import { rollout } from "../../training/rollout.ts";
import { TrainingProgress } from "../../training/training-progress.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const EPISODES = 12;

const acting = (action: (commanded: Float32Array) => Float32Array) => (env: GoalEnv) =>
  interfered(env, { action: (commanded) => action(Float32Array.from(commanded)) } satisfies Interference);

/** Random episodes of an arm with a fault, examined beside the intact one. */
async function examined(fault: (env: GoalEnv) => GoalEnv) {
  const config = parseConfig({ env: { id: "planar2-reach" }, agent: { warmupSteps: 10_000 } }, "test");
  const make = async () => {
    const env = await makeEnv(config.env, config.agent.gamma);
    onTestFinished(() => env.dispose());
    return env;
  };
  const env = fault(await make());
  const task = taskFacts(env);
  const agent = await Ddpg.create(config.agent, task, await loadEngine("onnx"), Rng.fromSeed(1));
  const episode = new Episode(task.sizes);
  const progress = new TrainingProgress(config.train.seed);
  for (let i = 0; i < EPISODES; i++) {
    agent.beginEpisode();
    await rollout(env, trainingReset(progress.nextEpisodeSeed(), undefined), agent.explore, episode);
    agent.store(episode);
  }
  const state: AgentState = agent.getState();
  agent.dispose();
  const run = examinedRun(
    { run: temporaryFolder(), config, rows: [], ahead: undefined, unrepeatable: undefined },
    state,
    task.sizes,
    await make(),
  );
  if (run === undefined) throw new Error("the replay buffer does not fit");
  const [episodes, motors] = [examineRepeatedEpisodes(run), examineMotors(run)];
  if (typeof episodes === "string" || typeof motors === "string") throw new Error("not examined");
  const metrics = new Map(
    Object.entries({ ...episodes, ...motors }).map(([name, value]) => [name, { value, trend: [] }]),
  );
  return { motors, cause: rank(metrics, config)[0]?.cause };
}

it.each([
  ["intact", (env: GoalEnv) => env, "exam/motor_least_gain", 1, undefined],
  ["at half of their torque", withGain(0.5), "exam/motor_least_gain", 0.5, "weak-actions"],
  ["at twice their torque", withGain(2), "exam/motor_most_gain", 2, "strong-actions"],
  ["one of them dead", withDeadMotor(1), "exam/motor_least_gain", 0, "dead-motor"],
  ["two steps late", withDelay(2), "exam/motor_delay", 2, "action-delay"],
  [
    "one with the wrong sign",
    acting(([a, b]) => Float32Array.of(-a!, b!)),
    "exam/motor_least_gain",
    -1,
    "wrong-wiring",
  ],
  ["exchanged", acting(([a, b]) => Float32Array.of(b!, a!)), "exam/motors_crossed", 2, "wrong-wiring"],
] as const)("motors that are %s", async (_name, fault, figure, value, cause) => {
  const found = await examined(fault);
  expect(found.motors[figure]).toBeCloseTo(value, 1);
  expect(found.motors["exam/motors_explained"]).toBeGreaterThan(0.95);
  expect(found.cause).toBe(cause);
});
