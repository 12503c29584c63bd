/** @file Checks of episodes: start unsolved, fixed goal, correct end, no memory shared with the caller. */

import { Rng } from "../../shared/rng.ts";
import { type EnvCheck, even, PARTS, randomPlay, sameBits } from "./probe.ts";

/** Episodes of constant actions, drawn goals, and the share of the reached range that counts as reached beyond it. */
const PROBES = 40;
const GOALS = 200;
const REACH_MARGIN = 0.1;

const goalKept: EnvCheck = {
  name: "goal-kept",
  promise: "The desired goal is the requested or drawn one throughout the episode.",
  find: async (open) => {
    const env = await open();
    env.reset({ seed: 11 });
    const requested = env.step(even(env, 0.3)).achievedGoal.slice();
    for (const [origin, start] of [
      ["drawn", () => env.reset({ seed: 11 })],
      ["requested", () => env.reset({ seed: 11, goal: requested })],
    ] as const) {
      const goal = start().desiredGoal.slice();
      if (origin === "requested" && !sameBits(goal, requested)) {
        return `reset({ goal }): desiredGoal: expected [${requested}], got [${goal}]`;
      }
      for (let i = 1; i < env.maxEpisodeSteps; i++) {
        const step = env.step(even(env, 0.3));
        if (!sameBits(step.desiredGoal, goal)) {
          return `step ${i}: desiredGoal: expected [${goal}], as ${origin} at the start, got [${step.desiredGoal}]`;
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
        return `reset ${i} after seed 12: expected a goal that is not achieved yet, got an achieved one`;
      }
    }
    return undefined;
  },
};

const successContinues: EnvCheck = {
  name: "success-goes-on",
  promise: "Success never ends an episode: the arm must learn to hold the goal, and HER relabels goals.",
  find: async (open) => {
    const env = await open();
    env.reset({ seed: 13 });
    const goal = env.step(even(env, 0.2)).achievedGoal.slice();
    env.reset({ seed: 13, goal });
    const step = env.step(even(env, 0.2));
    if (!step.isSuccess || env.maxEpisodeSteps === 1) return undefined;
    return step.terminated || step.truncated
      ? `step 1, with its goal achieved: expected the episode to continue, got terminated ${step.terminated}, truncated ${step.truncated}`
      : undefined;
  },
};

const timeLimit: EnvCheck = {
  name: "time-limit",
  promise: "An episode is truncated at exactly maxEpisodeSteps unless it terminates before.",
  find: async (open) => {
    const env = await open();
    env.reset({ seed: 14 });
    for (let i = 1; i <= env.maxEpisodeSteps; i++) {
      const { terminated, truncated } = env.step(even(env, i % 2 === 0 ? 0.1 : -0.1));
      if (terminated) return undefined;
      const due = i === env.maxEpisodeSteps;
      if (truncated !== due) {
        return `step ${i} of ${env.maxEpisodeSteps}: truncated: expected ${due}, got ${truncated}`;
      }
    }
    return undefined;
  },
};

/** Episodes of random actions whose lengths are compared. */
const ENDINGS = 5;
/** Length from which episodes that all terminate at the same step cannot be a coincidence. */
const MIN_LIMIT = 5;

const limitTruncates: EnvCheck = {
  name: "limit-truncates",
  promise:
    "A time limit sets truncated and not terminated, so that the critic bootstraps from the next state.",
  find: async (open) => {
    const env = await open();
    const lengths: number[] = [];
    let length = 0;
    for (const { step } of randomPlay(env, 18, ENDINGS * env.maxEpisodeSteps)) {
      if (step === undefined) continue;
      length += 1;
      if (step.terminated) lengths.push(length);
      else if (step.truncated) return undefined;
      if (step.terminated || step.truncated) length = 0;
      if (lengths.length === ENDINGS) break;
    }
    const [limit = 0] = lengths;
    if (limit < Math.min(MIN_LIMIT, env.maxEpisodeSteps) || lengths.some((each) => each !== limit))
      return undefined;
    return `step ${limit}: expected truncated true and terminated false at a time limit, got terminated true in ${lengths.length} of ${lengths.length} episodes of random actions`;
  },
};

const reachable: EnvCheck = {
  name: "goals-in-reach",
  promise: "Goals that reset draws can be achieved.",
  find: async (open) => {
    const env = await open();
    const actions = env.actionSpace.low.length;
    const low = env.goalSpace.low.map(() => Number.POSITIVE_INFINITY);
    const high = env.goalSpace.low.map(() => Number.NEGATIVE_INFINITY);
    env.reset({ seed: 19 });
    const goals = Array.from({ length: GOALS }, () => env.reset().desiredGoal.slice());
    const isReached = (goal: Float32Array) =>
      goal.every((x, i) => {
        const margin = REACH_MARGIN * (high[i]! - low[i]!);
        return x >= low[i]! - margin && x <= high[i]! + margin;
      });
    const rng = Rng.fromSeed(19);
    for (let episode = 0; episode < PROBES; episode++) {
      const action = Float32Array.from({ length: actions }, (_, i) =>
        episode < 2 * actions
          ? i === episode >> 1
            ? 1 - 2 * (episode & 1)
            : 0
          : rng.uniform() < 0.5
            ? -1
            : 1,
      );
      const start = env.reset({ seed: 100 + episode }).achievedGoal.slice();
      let moves = false;
      for (let done = false; !done; ) {
        const { achievedGoal, terminated, truncated } = env.step(action);
        moves ||= !env.isAchieved(achievedGoal, start);
        for (let i = 0; i < low.length; i++) {
          low[i] = Math.min(low[i]!, achievedGoal[i]!);
          high[i] = Math.max(high[i]!, achievedGoal[i]!);
        }
        done = terminated || truncated;
      }
      // The bounds only grow, so the other episodes cannot change this.
      if (goals.some(isReached)) return undefined;
      // Actions that do not move the goal by themselves, as with an object, do not show how far it can go.
      if (!moves && episode >= 2 * actions) return undefined;
    }
    const show = (numbers: ArrayLike<number>) =>
      Array.from(numbers, (x) => Number(x.toPrecision(3))).join(", ");
    return `desiredGoal: expected some of ${GOALS} drawn goals between [${show(low)}] and [${show(high)}], the bounds of ${PROBES} episodes of full actions, got none, such as [${show(goals[0]!)}]`;
  },
};

const sharedMemory: EnvCheck = {
  name: "shared-memory",
  promise: "Returned arrays belong to the caller: later calls neither write to them nor read them.",
  find: async (open) => {
    const env = await open();
    const returned = [env.reset({ seed: 15 }), env.step(even(env, 0.5)), env.step(even(env, -0.5))];
    const copies = structuredClone(
      returned.map(({ observation, achievedGoal, desiredGoal }) => ({
        observation,
        achievedGoal,
        desiredGoal,
      })),
    );
    const expected = structuredClone(env.step(even(env, 0.25)));
    for (const [i, observation] of returned.entries()) {
      for (const part of PARTS) {
        const [before, now] = [copies[i]![part], observation[part]];
        if (!sameBits(now, before)) {
          return `${i === 0 ? "reset" : `step ${i}`}: ${part}: expected no change by later steps, [${before.slice(0, 3)}…], got [${now.slice(0, 3)}…]`;
        }
      }
    }
    const overwritten = [env.reset({ seed: 15 }), env.step(even(env, 0.5)), env.step(even(env, -0.5))];
    for (const observation of overwritten) {
      for (const part of PARTS) observation[part].fill(0.0123);
    }
    const got = env.step(even(env, 0.25));
    const part = PARTS.find((each) => !sameBits(got[each], expected[each]));
    return part === undefined
      ? undefined
      : `step 3: ${part}: expected the same numbers after the caller wrote into earlier arrays, got different ones`;
  },
};

const varying: EnvCheck = {
  name: "constant-elements",
  promise: "No element of an observation or a goal is constant: it would carry no information.",
  find: async (open) => {
    const env = await open();
    // Elements that have been constant so far; most are removed after two steps.
    const constant = new Map<string, number>();
    let isFirst = true;
    for (const seed of [16, 17]) {
      for (const { observed } of randomPlay(env, seed, 1000)) {
        for (const part of PARTS) {
          for (const [i, value] of observed[part].entries()) {
            const name = `${part}[${i}]`;
            if (isFirst) constant.set(name, value);
            else if (constant.get(name) !== value) constant.delete(name);
          }
        }
        isFirst = false;
        if (constant.size === 0) return undefined;
      }
    }
    const values = [...constant.values()].join(", ");
    return `${[...constant.keys()].join(", ")}: expected a number that changes within 2,000 random steps, got ${values} throughout`;
  },
};

export const EPISODES: readonly EnvCheck[] = [
  goalKept,
  unsolved,
  successContinues,
  timeLimit,
  limitTruncates,
  reachable,
  sharedMemory,
  varying,
];
