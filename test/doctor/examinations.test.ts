/** @file The examinations, on a point on a line whose motor, sensor and goals are broken by a known amount. */

import { describe, expect, it } from "vitest";
import { type AgentState, Ddpg } from "../../agent/ddpg.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { taskFacts } from "../../agent/memory.ts";
import { withGoalOfBefore, withoutGoal } from "../../bench/faults/broken-goals.ts";
import {
  withClippedSensors,
  withDeadMotor,
  withDelay,
  withFrozenSensor,
  withGain,
  withObservationNoise,
} from "../../bench/faults/broken-hardware.ts";
import { type Interference, interfered } from "../../bench/faults/interfered-env.ts";
import { examineConsistency } from "../../doctor/examinations/consistency.ts";
import type { Figures } from "../../doctor/examinations/examination.ts";
import { examineGoals } from "../../doctor/examinations/goals.ts";
import { examineResponse } from "../../doctor/examinations/response.ts";
import { examineRoom } from "../../doctor/examinations/room.ts";
import { examineSensitivity } from "../../doctor/examinations/sensitivity.ts";
import { examineSensors } from "../../doctor/examinations/sensors.ts";
import { examineUpdates } from "../../doctor/examinations/updates.ts";
import { examineValues } from "../../doctor/examinations/values.ts";
import { type ExaminedRun, examinedRun } from "../../doctor/examined-run.ts";
import { parseConfig } from "../../shared/config.ts";
import { Episode } from "../../shared/episode.ts";
import type { GoalEnv, GoalObservation, Step } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { rollout } from "../../training/rollout.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { lineReach } from "../toy-envs.ts";

const EPISODES = 30;
const intact = (env: GoalEnv) => env;
const withFault = (fault: Interference) => (env: GoalEnv) => interfered(env, fault);

/** An environment that shows something else, from the first observation of an episode to the last. */
const showing = (change: (shown: GoalObservation) => Partial<GoalObservation>) =>
  withFault({
    start: (observation) => ({ ...observation, ...change(observation) }),
    step: (step: Step) => ({ ...step, ...change(step) }),
  });

/** A run of random actions and then some learning, in an environment with a fault. */
async function examined(fault: (env: GoalEnv) => GoalEnv, settings: object = {}): Promise<ExaminedRun> {
  const env = fault(lineReach());
  const warmupSteps = 20 * env.maxEpisodeSteps;
  const agentSettings = { hidden: [16], batchSize: 32, warmupSteps, ...settings };
  const config = parseConfig({ env: { id: "panda-push" }, agent: agentSettings }, "test");
  const task = taskFacts(env);
  const agent = await Ddpg.create(config.agent, task, await loadEngine("onnx"), Rng.fromSeed(1));
  const episode = new Episode(task.sizes);
  for (let i = 0; i < EPISODES; i++) {
    agent.beginEpisode();
    await rollout(env, { seed: i }, agent.explore, episode, () => agent.learn());
    agent.store(episode);
  }
  const state: AgentState = agent.getState();
  agent.dispose();
  const run = examinedRun(
    { run: temporaryFolder(), config, rows: [], ahead: undefined, unrepeatable: undefined },
    state,
    task.sizes,
    lineReach(),
  );
  if (run === undefined) throw new Error("the replay buffer does not fit");
  return run;
}

const figures = (found: Figures | string): Figures => {
  if (typeof found === "string") throw new Error(found);
  return found;
};

describe("the response to actions", () => {
  const respond = async (fault: (env: GoalEnv) => GoalEnv) => figures(examineResponse(await examined(fault)));

  it("is that of the intact environment where nothing is broken", async () => {
    const found = await respond(intact);
    expect(found["exam/action_gain"]).toBeCloseTo(1, 1);
    expect(found["exam/action_delay"]).toBe(0);
    expect(found["exam/dead_actions"]).toBe(0);
  });

  it.each([1, 3])("comes %i steps late with such a delay", async (steps) => {
    expect((await respond(withDelay(steps)))["exam/action_delay"]).toBe(steps);
  });

  it("is weaker by the gain", async () => {
    expect((await respond(withGain(0.25)))["exam/action_gain"]).toBeCloseTo(0.25, 1);
  });

  it("has the opposite direction for a motor with the wrong sign", async () => {
    const reversed = withFault({ action: (action) => Float32Array.from(action, (x) => -x) });
    expect((await respond(intact))["exam/action_direction"]).toBeCloseTo(1, 5);
    expect((await respond(reversed))["exam/action_direction"]).toBeCloseTo(-1, 5);
  });

  it("is missing for a dead motor", async () => {
    expect((await respond(withDeadMotor(0)))["exam/dead_actions"]).toBe(1);
  });

  it("is not examined without the warm-up's episodes", async () => {
    expect(examineResponse({ ...(await examined(intact)), warmup: [] })).toContain("warm-up");
  });
});

describe("the sensors", () => {
  const sense = async (fault: (env: GoalEnv) => GoalEnv) => figures(examineSensors(await examined(fault)));

  it("are found intact, noisy, frozen or clipped", async () => {
    const healthy = await sense(intact);
    expect(healthy["exam/input_noise"]).toBeCloseTo(1, 1);
    expect(healthy["exam/frozen_inputs"]).toBe(0);
    expect(healthy["exam/clipped_inputs"]).toBe(0);
    expect((await sense(withObservationNoise(0.5)))["exam/input_noise"]).toBeGreaterThan(3);
    expect((await sense(withFrozenSensor(0)))["exam/frozen_inputs"]).toBe(1);
    expect((await sense(withClippedSensors(0.05)))["exam/clipped_inputs"]).toBeGreaterThan(0);
  });

  it("are found coarse if they show tenths only", async () => {
    const coarse = showing(({ observation }) => ({
      observation: observation.map((x) => Math.round(x * 10) / 10),
    }));
    expect((await sense(intact))["exam/coarse_inputs"]).toBe(0);
    expect((await sense(coarse))["exam/coarse_inputs"]).toBe(1);
  });
});

describe("observations, actions and achieved goals", () => {
  const agreement = async (fault: (env: GoalEnv) => GoalEnv) =>
    figures(examineConsistency(await examined(fault)));

  it("belong together where nothing is broken", async () => {
    const found = await agreement(intact);
    expect(found["exam/dynamics"]).toBeCloseTo(1, 1);
    expect(found["exam/achieved_seen"]).toBeCloseTo(1, 1);
  });

  it("do not where the achieved goal is shown in another frame", async () => {
    const found = await agreement(
      showing(({ achievedGoal }) => ({ achievedGoal: achievedGoal.map((x) => -x) })),
    );
    expect(found["exam/achieved_seen"]).toBeLessThan(0.5);
    expect(found["exam/dynamics"]).toBeCloseTo(1, 1);
  });

  it("do not where actions take effect late", async () => {
    expect((await agreement(withDelay(3)))["exam/dynamics"]).toBeLessThan(0.5);
  });
});

describe("the goals", () => {
  it("agree with the successes, unless others are shown", async () => {
    const healthy = figures(examineGoals(await examined(intact)));
    expect(healthy["exam/blank_goals"]).toBe(0);
    expect(healthy["exam/goal_mismatch"]).toBe(0);
    expect(healthy["exam/goal_spread"]).toBeGreaterThan(0.5);
    expect(figures(examineGoals(await examined(withoutGoal)))["exam/blank_goals"]).toBe(1);
    expect(figures(examineGoals(await examined(withGoalOfBefore)))["exam/goal_mismatch"]).toBeGreaterThan(
      0.2,
    );
  });

  it("are found elsewhere, or in another unit", async () => {
    const healthy = figures(examineGoals(await examined(intact)));
    expect(healthy["exam/goal_shift"]).toBeLessThan(0.5);
    const moved = showing(({ desiredGoal }) => ({ desiredGoal: desiredGoal.map((x) => x + 2) }));
    expect(figures(examineGoals(await examined(moved)))["exam/goal_shift"]).toBeGreaterThan(1);
    const large = showing(({ desiredGoal }) => ({ desiredGoal: desiredGoal.map((x) => x * 10) }));
    expect(figures(examineGoals(await examined(large)))["exam/goal_spread"]).toBeGreaterThan(3);
  });

  it("end no episode as terminated, unless the environment says so", async () => {
    expect(figures(examineGoals(await examined(intact)))["exam/terminated"]).toBe(0);
    const ending = withFault({ step: (step) => ({ ...step, terminated: step.truncated, truncated: false }) });
    expect(figures(examineGoals(await examined(ending)))["exam/terminated"]).toBe(1);
  });

  it("are trivial in hindsight where nothing moves", async () => {
    const moving = figures(examineGoals(await examined(intact)))["exam/trivial_hindsight"] ?? Number.NaN;
    expect(figures(examineGoals(await examined(withGain(0.001))))["exam/trivial_hindsight"]).toBeGreaterThan(
      moving,
    );
    const skipped = await examined(intact, { her: { skipTrivial: true } });
    expect(figures(examineGoals(skipped))["exam/trivial_hindsight"]).toBe(0);
    expect(
      figures(examineGoals(await examined(intact, { her: { k: 0 } })))["exam/trivial_hindsight"],
    ).toBeNaN();
  });
});

describe("the networks", () => {
  it("have room, unless they have one unit", async () => {
    const wide = examineRoom(await examined(intact, { hidden: [16] }))["exam/room"] ?? Number.NaN;
    const narrow = examineRoom(await examined(intact, { hidden: [1] }))["exam/room"] ?? Number.NaN;
    expect(wide).toBeGreaterThan(0.8);
    expect(narrow).toBeLessThan(wide - 0.2);
  });

  it("do not depend on the goal where it is always the same", async () => {
    const blind = examineSensitivity(await examined(withoutGoal));
    expect(blind["exam/actor_goal_use"]).toBe(0);
    expect(blind["exam/critic_goal_use"]).toBe(0);
    expect(examineSensitivity(await examined(intact))["exam/critic_goal_use"]).toBeGreaterThan(0);
  });

  it("have an actor that follows its critic, unless its output has the wrong sign", async () => {
    const trained = { hidden: [32], updatesPerStep: 8, criticLearningRate: 0.003, tau: 0.05 };
    const healthy = await examined(intact, trained);
    const { learner } = healthy.state;
    const actor = (learner.vectors["actor"] ?? new Float32Array(0)).slice();
    for (const { name, offset, size } of healthy.layouts.actor.parts)
      if (name.startsWith("1.")) for (let i = offset; i < offset + size; i++) actor[i]! *= -1;
    const state: AgentState = {
      ...healthy.state,
      learner: { ...learner, vectors: { ...learner.vectors, actor } },
    };
    const reversed = examinedRun(
      { run: temporaryFolder(), config: healthy.config, rows: [], ahead: undefined, unrepeatable: undefined },
      state,
      healthy.sizes,
      lineReach(),
    );
    if (reversed === undefined) throw new Error("the replay buffer does not fit");
    const own = figures(await examineUpdates(healthy));
    const found = figures(await examineUpdates(reversed));
    expect(own["exam/actor_regain"]).toBeLessThan(0.1);
    expect(found["exam/actor_regain"]).toBeGreaterThan(0.2);
    expect(own["exam/relearned"]).toBeLessThan(2);
    expect(found["exam/relearned"]).toBeGreaterThan(4);
  });

  it("satisfy the Bellman equation better after training than before, whatever the scale of the reward", async () => {
    const bellmanFit = async (settings: object) =>
      figures(examineValues(await examined(intact, settings)))["exam/bellman_fit"] ?? Number.NaN;
    const slow = await bellmanFit({ criticLearningRate: 1e-6 });
    expect(await bellmanFit({})).toBeGreaterThan(slow);
    expect(await bellmanFit({ rewardScale: 100, criticLearningRate: 0.01 })).toBeGreaterThan(slow);
  });
});
