/** @file The checker of environments: broken in one way each, they are each named by that; honest ones pass. */

import { describe, expect, it } from "vitest";
import { checkEnv, ENV_CHECKS } from "../../../env/check/check-env.ts";
import { box, clipInto, symmetricBox } from "../../../shared/box.ts";
import type { GoalEnv, GoalObservation, Step } from "../../../shared/goal-env.ts";
import { bitFlip, lineReach } from "../../toy-envs.ts";
import { pointEnv } from "./point-env.ts";

/** An honest point with some members replaced. */
function broken(change: (env: GoalEnv) => Partial<GoalEnv>): () => GoalEnv {
  return () => {
    const env = pointEnv();
    return { ...env, ...change(env) };
  };
}

/** With every step changed, the how-manieth of its episode being told. */
function brokenStep(change: (step: Step, count: number) => Step): () => GoalEnv {
  return broken((env) => {
    let count = 0;
    return {
      reset: (options) => {
        const start = env.reset(options);
        count = 0;
        return start;
      },
      step: (action) => {
        const step = env.step(action);
        count += 1;
        return change(step, count);
      },
    };
  });
}

/** With everything seen changed, after resets and steps alike. */
function brokenLook(change: <Seen extends GoalObservation>(seen: Seen) => Seen, more: Partial<GoalEnv> = {}) {
  return broken((env) => ({
    reset: (options) => change(env.reset(options)),
    step: (action) => change(env.step(action)),
    ...more,
  }));
}

let calls = 0;
const kept: Float32Array[] = [];
const shared = new Float32Array(4);

const BROKEN: readonly (readonly [what: string, check: string, message: string, make: () => GoalEnv])[] = [
  [
    "wants actions of ±2",
    "spaces",
    "actionSpace[0]: expected [-1, 1], got [-2, 2]",
    broken(() => ({ actionSpace: symmetricBox(2, 2) })),
  ],
  [
    "has a bound that is infinite",
    "spaces",
    "observationSpace[0]: expected finite bounds in order, got [-Infinity, 4]",
    broken(() => ({ observationSpace: box([Number.NEGATIVE_INFINITY, -4, -4, -4], [4, 4, 4, 4]) })),
  ],
  [
    "has no time limit",
    "limits",
    "maxEpisodeSteps: expected an integer ≥ 1, got Infinity",
    broken(() => ({ maxEpisodeSteps: Number.POSITIVE_INFINITY })),
  ],
  [
    "tells its rewards the wrong way round",
    "limits",
    "rewardRange: expected the least reward first",
    broken(() => ({ rewardRange: [0, -1] })),
  ],
  [
    "shows a number more than it says",
    "shapes",
    "reset: observation: expected 4 numbers, as its space has, got 5",
    brokenLook((seen) => ({
      ...seen,
      observation: Float32Array.of(...seen.observation, seen.observation[0]!),
    })),
  ],
  [
    "pays NaN",
    "step",
    "step 1: reward: expected a finite number, got NaN",
    brokenStep((step) => ({ ...step, reward: Number.NaN })),
  ],
  [
    "names reward terms that its steps do not have",
    "step",
    "step 1: terms: expected 1, as rewardTerms has names, got 0",
    broken(() => ({ rewardTerms: ["effort"] })),
  ],
  [
    "shows NaN now and then",
    "finite",
    "step 9: observation[3]: expected a finite number, got NaN",
    brokenStep((step, count) =>
      count === 9 ? { ...step, observation: step.observation.fill(Number.NaN, 3) } : step,
    ),
  ],
  [
    "leaves its space",
    "bounds",
    "step 10: achievedGoal[0]: expected a number in [-4, 4], got 4",
    brokenStep((step, count) =>
      count > 9
        ? { ...step, achievedGoal: step.achievedGoal.map((x) => x + 50), reward: -1, isSuccess: false }
        : step,
    ),
  ],
  [
    "hangs on what was played before",
    "same-seed",
    "seed 3, a second time, step 1",
    brokenStep((step) => {
      calls += 1;
      return { ...step, observation: step.observation.map((x, i) => (i === 3 ? x + (calls % 7) * 1e-6 : x)) };
    }),
  ],
  [
    "takes no notice of the seed",
    "other-seed",
    "reset({ seed: 2 }) after reset({ seed: 1 }): expected another start or goal, got the same",
    () => pointEnv({ seed: (given) => (Number.isInteger(given) && given >= 0 ? 1 : given) }),
  ],
  [
    "hands out one array again and again",
    "shared-memory",
    "reset: observation: expected it untouched by later steps",
    brokenLook((seen) => {
      shared.set(seen.observation);
      return { ...seen, observation: shared };
    }),
  ],
  [
    "shows a number that never changes",
    "constant-elements",
    "observation[4]: expected a number that changes within 2,000 random steps, got 1 throughout",
    brokenLook((seen) => ({ ...seen, observation: Float32Array.of(...seen.observation, 1) }), {
      observationSpace: symmetricBox(5, 4),
    }),
  ],
  [
    "pays something else than computeReward",
    "reward",
    "step 1: reward: expected computeReward(…) = -1, got -0.5",
    brokenStep((step) => ({ ...step, reward: step.reward / 2 })),
  ],
  [
    "pays more than it says",
    "reward-range",
    "reward: expected a number in [-1, -0.5], got 0",
    broken((env) => {
      // The tenth step of each episode is at its goal: random play alone hardly ever is.
      let count = 0;
      let goal = new Float32Array(2);
      const near = (seen: Step): Step => ({
        ...seen,
        achievedGoal: goal.slice(),
        reward: 0,
        isSuccess: true,
      });
      return {
        rewardRange: [-1, -0.5],
        reset: (options) => {
          const start = env.reset(options);
          count = 0;
          goal = start.desiredGoal.slice();
          return start;
        },
        step: (action) => {
          const step = env.step(action);
          count += 1;
          return count === 10 ? near(step) : step;
        },
      };
    }),
  ],
  [
    "writes into the goals it judges",
    "pure-reward",
    "computeReward: expected the desired goal untouched",
    broken((env) => ({
      computeReward: (achieved, desired, previous) => {
        const reward = env.computeReward(achieved, desired, previous);
        desired[0]! += 1e-3;
        return reward;
      },
    })),
  ],
  [
    "calls nothing a success",
    "success",
    "step 1: isSuccess: expected true, as isAchieved says, got false",
    brokenStep((step) => ({ ...step, isSuccess: false })),
  ],
  [
    "draws its own goal whatever was asked for",
    "goal-kept",
    "reset({ goal }): desiredGoal: expected [",
    broken((env) => ({
      reset: ({ seed, goal } = {}) => {
        // Refuses bad goals all the same.
        if (goal !== undefined) pointEnv().reset({ goal });
        return env.reset(seed === undefined ? {} : { seed });
      },
    })),
  ],
  [
    "starts at the goal",
    "starts-unsolved",
    "reset 1 after seed 12: expected a goal that is not achieved yet, got one that is",
    broken((env) => ({
      reset: (options = {}) => {
        const start = env.reset(options);
        // Right after a seed the goal is as drawn, so that other checks meet an honest start.
        return options.goal === undefined && options.seed === undefined
          ? { ...start, achievedGoal: start.desiredGoal.slice() }
          : start;
      },
    })),
  ],
  [
    "ends on success",
    "success-goes-on",
    "step 1, with its goal achieved: expected the episode to go on, got terminated true",
    brokenStep((step) => ({ ...step, terminated: step.isSuccess })),
  ],
  [
    "ends a step after its time limit",
    "time-limit",
    "step 19 of 19: truncated: expected true, got false",
    broken(() => ({ maxEpisodeSteps: 19 })),
  ],
  [
    "takes NaN for 0",
    "refuses-actions",
    "step with NaN in action[0]: expected an InputError, got none: it was accepted",
    broken((env) => ({ step: (action) => env.step(Array.from(action, (x) => (Number.isNaN(x) ? 0 : x))) })),
  ],
  [
    "acts on whatever size of action",
    "clips-actions",
    "step with ±1.5, against ±1: observation[0]: expected",
    () =>
      pointEnv({
        clip: (action, into) => {
          clipInto(symmetricBox(2, 1), action, into, "step action");
          for (let i = 0; i < 2; i++) into[i] = Math.max(-3, Math.min(3, action[i]!));
        },
      }),
  ],
  [
    "rounds seeds",
    "refuses-starts",
    "reset with a seed of 0.5: expected an InputError, got none: it was accepted",
    () => pointEnv({ seed: (given) => (given > 0 ? Math.floor(given) : given) }),
  ],
  [
    "goes on after the end",
    "call-order",
    "step after the episode's end: expected an InputError, got none: it was accepted",
    () => pointEnv({ endless: true }),
  ],
  [
    "cannot be disposed of twice",
    "dispose",
    "dispose, a second time: expected nothing to happen, got freed already",
    broken((env) => {
      let disposed = false;
      return {
        dispose: () => {
          if (disposed) throw new Error("freed already");
          disposed = true;
          env.dispose();
        },
      };
    }),
  ],
  [
    "keeps all that it ever showed",
    "memory",
    "after 5800 random steps: expected memory to stay flat, got",
    brokenLook((seen) => {
      kept.push(new Float32Array(64));
      return seen;
    }),
  ],
  [
    "throws what is no InputError",
    "shapes",
    "expected nothing to be thrown, got TypeError: x is not a function",
    brokenStep((step, count) => {
      if (count === 12) throw new TypeError("x is not a function");
      return step;
    }),
  ],
];

describe("checkEnv", () => {
  it("finds nothing in an honest environment", async () => {
    expect(await checkEnv(pointEnv)).toEqual([]);
  });

  it.each(BROKEN)(
    "names by exactly that check an environment that %s: %s",
    async (_what, check, message, make) => {
      const findings = await checkEnv(make);
      expect(findings.map((each) => each.check)).toEqual([check]);
      expect(findings[0]?.message).toContain(message);
    },
  );

  it("has every check broken by at least one of those", () => {
    expect([...new Set(BROKEN.map(([, check]) => check))].sort()).toEqual(
      ENV_CHECKS.map(({ name }) => name).sort(),
    );
  });

  it("tells of each check as it ends, in order, up to the stage that finds something", async () => {
    const told: [string, boolean][] = [];
    await checkEnv(pointEnv, (name, finding) => void told.push([name, finding === undefined]));
    expect(told).toEqual(ENV_CHECKS.map(({ name }) => [name, true]));
    told.length = 0;
    await checkEnv(
      brokenLook((seen) => ({ ...seen, observation: new Float32Array(1) })),
      (name, finding) => void told.push([name, finding === undefined]),
    );
    expect(told.slice(0, 3)).toEqual([
      ["spaces", true],
      ["limits", true],
      ["shapes", false],
    ]);
    expect(told.map(([name]) => name)).not.toContain("same-seed");
  });

  it("disposes of every environment that it made, whatever they do", async () => {
    let open = 0;
    const make = broken((env) => ({
      step: () => {
        throw new Error("no");
      },
      dispose: () => {
        open -= 1;
        env.dispose();
      },
    }));
    await checkEnv(() => {
      open += 1;
      return make();
    });
    expect(open).toBe(0);
  });

  it("finds in the toys that they are not disposed of, and nothing else", async () => {
    for (const toy of [lineReach, () => bitFlip(4)]) {
      const checks = (await checkEnv(toy)).map(({ check }) => check);
      expect(checks).toContain("dispose");
    }
  });
});
