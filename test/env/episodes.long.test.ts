/** @file 1,000 random episodes of every environment, alternating control modes: no divergence, no memory growth. */

import { expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import type { GoalEnv, GoalObservation } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { watchWasmMemory } from "./wasm-memory.ts";

const bytes = await watchWasmMemory();

const EPISODES = 1000;
/** Episodes until the memory has reached its maximum; at most 200 were necessary. */
const WARM_UP = EPISODES / 2;

/** Plays one episode; errors name environment, seed and step. A diverged simulation throws. */
function play(env: GoalEnv, name: string, seed: number, training: boolean): void {
  const rng = Rng.fromSeed(seed).fork("actions");
  const checkFinite = (what: string, numbers: ArrayLike<number>) => {
    for (let i = 0; i < numbers.length; i++) {
      if (!Number.isFinite(numbers[i])) throw new Error(`${what}[${i}] is ${numbers[i]}`);
    }
  };
  const check = ({ observation, achievedGoal, desiredGoal }: GoalObservation) => {
    checkFinite("observation", observation);
    checkFinite("achievedGoal", achievedGoal);
    checkFinite("desiredGoal", desiredGoal);
  };
  let steps = 0;
  try {
    check(env.reset({ seed, training }));
    for (let over = false; !over; ) {
      steps += 1;
      const step = env.step(sampleBox(env.actionSpace, rng));
      check(step);
      checkFinite("reward", [step.reward]);
      over = step.terminated || step.truncated;
    }
  } catch (error) {
    throw new Error(`${name}, seed ${seed}, step ${steps}: ${String(error)}`);
  }
  if (steps !== env.maxEpisodeSteps) throw new Error(`${name}, seed ${seed}: over after ${steps} steps`);
}

/** Fast environments first. */
const IDS = Object.keys(ENVIRONMENTS).sort(
  (a, b) => Number(a.startsWith("panda")) - Number(b.startsWith("panda")),
);

it.each(IDS)("1,000 random episodes of %s stay finite", async (id) => {
  const envs = await Promise.all(
    ENVIRONMENTS[id]!.controls.map(async (control) => {
      const { env, agent } = parseConfig({ env: { id, control } }, "test");
      return [`${id} under ${control} control`, await makeEnv(env, agent.gamma)] as const;
    }),
  );
  let before = 0;
  for (let seed = 0; seed < EPISODES; seed++) {
    if (seed === WARM_UP) before = bytes();
    const [name, env] = envs[seed % envs.length]!;
    // Every second round is training, so that each control mode has both.
    play(env, name, seed, Math.floor(seed / envs.length) % 2 === 0);
  }
  expect(bytes()).toBe(before);
  for (const [, env] of envs) env.dispose();
});
