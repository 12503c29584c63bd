/** @file A thousand random episodes of every environment, its controls taking turns: every number finite, no body lost, no memory kept. */

import { expect, it } from "vitest";
import { ENVIRONMENTS, makeEnv } from "../../env/registry.ts";
import { sampleBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import type { GoalEnv, GoalObservation } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";
import { watchWasmMemory } from "./wasm-memory.ts";

const bytes = await watchWasmMemory();

const EPISODES = 1000;
/** Of all controls: by then worlds have been as large as they get, which was the case after 200 at the latest. */
const WARM_UP = EPISODES / 2;

/** Plays one episode, maybe as a practice; what throws is told with where. A disabled body throws. */
function play(env: GoalEnv, who: string, seed: number, training: boolean): void {
  const rng = Rng.fromSeed(seed).fork("actions");
  const finite = (what: string, numbers: ArrayLike<number>) => {
    for (let i = 0; i < numbers.length; i++) {
      if (!Number.isFinite(numbers[i])) throw new Error(`${what}[${i}] is ${numbers[i]}`);
    }
  };
  const look = ({ observation, achievedGoal, desiredGoal }: GoalObservation) => {
    finite("observation", observation);
    finite("achievedGoal", achievedGoal);
    finite("desiredGoal", desiredGoal);
  };
  let taken = 0;
  try {
    look(env.reset({ seed, training }));
    for (let over = false; !over; ) {
      taken += 1;
      const step = env.step(sampleBox(env.actionSpace, rng));
      look(step);
      finite("reward", [step.reward]);
      over = step.terminated || step.truncated;
    }
  } catch (error) {
    throw new Error(`${who}, seed ${seed}, step ${taken}: ${String(error)}`);
  }
  if (taken !== env.maxEpisodeSteps) throw new Error(`${who}, seed ${seed}: over after ${taken} steps`);
}

/** The quick ones first. */
const IDS = Object.keys(ENVIRONMENTS).sort(
  (a, b) => Number(a.startsWith("panda")) - Number(b.startsWith("panda")),
);

it.each(IDS)("1,000 random episodes of %s stay whole", async (id) => {
  const envs = await Promise.all(
    ENVIRONMENTS[id]!.controls.map(async (control) => {
      const { env, agent } = parseConfig({ env: { id, control } }, "test");
      return [`${id} under ${control} control`, await makeEnv(env, agent.gamma)] as const;
    }),
  );
  let before = 0;
  for (let seed = 0; seed < EPISODES; seed++) {
    if (seed === WARM_UP) before = bytes();
    const [who, env] = envs[seed % envs.length]!;
    // Every second round, so that each control has both.
    play(env, who, seed, Math.floor(seed / envs.length) % 2 === 0);
  }
  expect(bytes()).toBe(before);
  for (const [, env] of envs) env.dispose();
});
