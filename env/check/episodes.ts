/** @file Whether episodes begin unsolved, keep their goal, end when they should, and share no memory with the caller. */

import { type EnvCheck, even, PARTS, randomPlay, sameBits } from "./probe.ts";

const goalKept: EnvCheck = {
  name: "goal-kept",
  promise: "The goal is the one that was asked for, or drawn, for the whole episode.",
  find: async (open) => {
    const env = await open();
    env.reset({ seed: 11 });
    const asked = env.step(even(env, 0.3)).achievedGoal.slice();
    for (const [whose, start] of [
      ["drawn", () => env.reset({ seed: 11 })],
      ["asked for", () => env.reset({ seed: 11, goal: asked })],
    ] as const) {
      const goal = start().desiredGoal.slice();
      if (whose === "asked for" && !sameBits(goal, asked)) {
        return `reset({ goal }): desiredGoal: expected [${asked}], got [${goal}]`;
      }
      for (let i = 1; i < env.maxEpisodeSteps; i++) {
        const step = env.step(even(env, 0.3));
        if (!sameBits(step.desiredGoal, goal)) {
          return `step ${i}: desiredGoal: expected [${goal}], as ${whose} at the start, got [${step.desiredGoal}]`;
        }
        if (step.terminated || step.truncated) break;
      }
    }
    return undefined;
  },
};

const unsolved: EnvCheck = {
  name: "starts-unsolved",
  promise: "No episode starts with its goal achieved.",
  find: async (open) => {
    const env = await open();
    env.reset({ seed: 12 });
    for (let i = 1; i <= 200; i++) {
      const { achievedGoal, desiredGoal } = env.reset();
      if (env.isAchieved(achievedGoal, desiredGoal)) {
        return `reset ${i} after seed 12: expected a goal that is not achieved yet, got one that is`;
      }
    }
    return undefined;
  },
};

const successGoesOn: EnvCheck = {
  name: "success-goes-on",
  promise: "Success never ends an episode: the arm must learn to hold, and hindsight swaps goals.",
  find: async (open) => {
    const env = await open();
    env.reset({ seed: 13 });
    const goal = env.step(even(env, 0.2)).achievedGoal.slice();
    env.reset({ seed: 13, goal });
    const step = env.step(even(env, 0.2));
    if (!step.isSuccess || env.maxEpisodeSteps === 1) return undefined;
    return step.terminated || step.truncated
      ? `step 1, with its goal achieved: expected the episode to go on, got terminated ${step.terminated}, truncated ${step.truncated}`
      : undefined;
  },
};

const timeLimit: EnvCheck = {
  name: "time-limit",
  promise: "An episode is truncated at exactly maxEpisodeSteps, unless the task itself ended before.",
  find: async (open) => {
    const env = await open();
    env.reset({ seed: 14 });
    for (let i = 1; i <= env.maxEpisodeSteps; i++) {
      const { terminated, truncated } = env.step(even(env, i % 2 === 0 ? 0.1 : -0.1));
      if (terminated) return undefined;
      const due = i === env.maxEpisodeSteps;
      if (truncated !== due)
        return `step ${i} of ${env.maxEpisodeSteps}: truncated: expected ${due}, got ${truncated}`;
    }
    return undefined;
  },
};

const sharedMemory: EnvCheck = {
  name: "shared-memory",
  promise:
    "Arrays that were handed out are the caller's: later calls write to none, and do not read them back.",
  find: async (open) => {
    const env = await open();
    const looks = [env.reset({ seed: 15 }), env.step(even(env, 0.5)), env.step(even(env, -0.5))];
    const kept = structuredClone(
      looks.map(({ observation, achievedGoal, desiredGoal }) => ({ observation, achievedGoal, desiredGoal })),
    );
    const expected = structuredClone(env.step(even(env, 0.25)));
    for (const [i, look] of looks.entries()) {
      for (const part of PARTS) {
        if (!sameBits(look[part], kept[i]![part])) {
          return `${i === 0 ? "reset" : `step ${i}`}: ${part}: expected it untouched by later steps, got [${look[part].slice(0, 3)}…] for [${kept[i]![part].slice(0, 3)}…]`;
        }
      }
    }
    for (const look of [env.reset({ seed: 15 }), env.step(even(env, 0.5)), env.step(even(env, -0.5))]) {
      for (const part of PARTS) look[part].fill(0.0123);
    }
    const got = env.step(even(env, 0.25));
    const part = PARTS.find((each) => !sameBits(got[each], expected[each]));
    return part === undefined
      ? undefined
      : `step 3: ${part}: expected the same whether or not the caller wrote into earlier arrays, got another`;
  },
};

const alive: EnvCheck = {
  name: "constant-elements",
  promise:
    "No element of an observation or a goal is the same all the time: it would tell a network nothing.",
  find: async (open) => {
    const env = await open();
    // What is left has been the same so far; most numbers are gone after two steps.
    const dead = new Map<string, number>();
    let begun = false;
    for (const seed of [16, 17]) {
      for (const { seen } of randomPlay(env, seed, 1000)) {
        for (const part of PARTS) {
          for (const [i, value] of seen[part].entries()) {
            const name = `${part}[${i}]`;
            if (!begun) dead.set(name, value);
            else if (dead.get(name) !== value) dead.delete(name);
          }
        }
        begun = true;
        if (dead.size === 0) return undefined;
      }
    }
    const values = [...dead.values()].join(", ");
    return `${[...dead.keys()].join(", ")}: expected a number that changes within 2,000 random steps, got ${values} throughout`;
  },
};

export const EPISODES: readonly EnvCheck[] = [
  goalKept,
  unsolved,
  successGoesOn,
  timeLimit,
  sharedMemory,
  alive,
];
