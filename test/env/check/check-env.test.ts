/** @file The environment checker: a valid environment has no findings, and each broken one has the finding of its fault. */

import { describe, expect, it } from "vitest";
import { checkEnv, ENV_CHECKS } from "../../../env/check/check-env.ts";
import { box, clipInto, symmetricBox } from "../../../shared/box.ts";
import type { GoalEnv, GoalObservation, Step } from "../../../shared/goal-env.ts";
import { bitFlip, lineReach } from "../../toy-envs.ts";
import { pointEnv } from "./point-env.ts";

/** Returns the valid point environment with some members replaced. */
function broken(change: (env: GoalEnv) => Partial<GoalEnv>): () => GoalEnv {
  return () => {
    const env = pointEnv();
    return { ...env, ...change(env) };
  };
}

/** Changes every step; `count` is its 1-based index in the episode. */
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

/** Changes every observation, of resets and of steps. */
function brokenObservation(
  change: <Observed extends GoalObservation>(observed: Observed) => Observed,
  more: Partial<GoalEnv> = {},
) {
  return broken((env) => ({
    reset: (options) => change(env.reset(options)),
    step: (action) => change(env.step(action)),
    ...more,
  }));
}

/** Rewards each step by whether its goal is achieved. */
function brokenReward(reward: (isAchieved: boolean) => number): () => GoalEnv {
  return broken((env) => {
    const computeReward: GoalEnv["computeReward"] = (achieved, desired) =>
      reward(env.isAchieved(achieved, desired));
    return {
      computeReward,
      step: (action) => {
        const step = env.step(action);
        return { ...step, reward: computeReward(step.achievedGoal, step.desiredGoal, step.achievedGoal) };
      },
    };
  });
}

let calls = 0;
const leaked: Float32Array[] = [];
const shared = new Float32Array(4);

const BROKEN: readonly (readonly [what: string, check: string, message: string, make: () => GoalEnv])[] = [
  [
    "has actions in [−2, 2]",
    "spaces",
    "actionSpace[0]: expected [-1, 1], got [-2, 2]",
    broken(() => ({ actionSpace: symmetricBox(2, 2) })),
  ],
  [
    "has an infinite bound",
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
    "has a timestep of no duration",
    "limits",
    "controlTimestep: expected seconds > 0, got 0",
    broken(() => ({ controlTimestep: 0 })),
  ],
  [
    "declares its reward range in the wrong order",
    "limits",
    "rewardRange: expected [minimum, maximum]",
    broken(() => ({ rewardRange: [0, -1] })),
  ],
  [
    "returns one number too many",
    "shapes",
    "reset: observation: expected 4 numbers, the size of observationSpace, got 5",
    brokenObservation((observed) => ({
      ...observed,
      observation: Float32Array.of(...observed.observation, observed.observation[0]!),
    })),
  ],
  [
    "returns a reward of NaN",
    "step",
    "step 1: reward: expected a finite number, got NaN",
    brokenStep((step) => ({ ...step, reward: Number.NaN })),
  ],
  [
    "declares reward terms that its steps do not have",
    "step",
    "step 1: terms: expected 1, the number of names in rewardTerms, got 0",
    broken(() => ({ rewardTerms: ["effort"] })),
  ],
  [
    "observes NaN in one step",
    "finite",
    "step 9: observation[3]: expected a finite number, got NaN",
    brokenStep((step, count) =>
      count === 9 ? { ...step, observation: step.observation.fill(Number.NaN, 3) } : step,
    ),
  ],
  [
    "leaves its goal space",
    "bounds",
    "step 10: achievedGoal[0]: expected a number in [-4, 4], got 4",
    brokenStep((step, count) =>
      count > 9
        ? { ...step, achievedGoal: step.achievedGoal.map((x) => x + 50), reward: -1, isSuccess: false }
        : step,
    ),
  ],
  [
    "depends on earlier episodes",
    "same-seed",
    "seed 3, a second time, step 1",
    brokenStep((step) => {
      calls += 1;
      return { ...step, observation: step.observation.map((x, i) => (i === 3 ? x + (calls % 7) * 1e-6 : x)) };
    }),
  ],
  [
    "ignores the seed",
    "other-seed",
    "reset({ seed: 2 }) after reset({ seed: 1 }): expected another start or goal, got the same",
    () => pointEnv({ seed: (given) => (Number.isInteger(given) && given >= 0 ? 1 : given) }),
  ],
  [
    "returns the same array each time",
    "shared-memory",
    "reset: observation: expected no change by later steps",
    brokenObservation((observed) => {
      shared.set(observed.observation);
      return { ...observed, observation: shared };
    }),
  ],
  [
    "has a constant element",
    "constant-elements",
    "observation[4]: expected a number that changes within 2,000 random steps, got 1 throughout",
    brokenObservation(
      (observed) => ({ ...observed, observation: Float32Array.of(...observed.observation, 1) }),
      {
        observationSpace: symmetricBox(5, 4),
      },
    ),
  ],
  [
    "returns rewards that differ from computeReward",
    "reward",
    "step 1: reward: expected computeReward(…) = -1, got -0.5",
    brokenStep((step) => ({ ...step, reward: step.reward / 2 })),
  ],
  [
    "returns rewards outside its range",
    "reward-range",
    "expected a number in [-1, -0.5], got 0",
    broken((env) => {
      // The tenth step of each episode is at its goal, which random play hardly ever reaches.
      let count = 0;
      let goal = new Float32Array(2);
      const atGoal = (step: Step): Step => ({
        ...step,
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
          return count === 10 ? atGoal(step) : step;
        },
      };
    }),
  ],
  [
    "has a computeReward that writes into its arguments",
    "pure-reward",
    "computeReward: desired goal[0]: expected no change of",
    broken((env) => ({
      computeReward: (achieved, desired, previous) => {
        const reward = env.computeReward(achieved, desired, previous);
        desired[0]! += 1e-3;
        return reward;
      },
    })),
  ],
  [
    "never reports success",
    "success",
    "step 1: isSuccess: expected true, the value of isAchieved, got false",
    brokenStep((step) => ({ ...step, isSuccess: false })),
  ],
  [
    "ignores the requested goal",
    "goal-kept",
    "reset({ goal }): desiredGoal: expected [",
    broken((env) => ({
      reset: ({ seed, goal } = {}) => {
        // Still rejects invalid goals.
        if (goal !== undefined) pointEnv().reset({ goal });
        return env.reset(seed === undefined ? {} : { seed });
      },
    })),
  ],
  [
    "starts at its goal",
    "starts-unsolved",
    "reset 1 after seed 12: expected a goal that is not achieved yet, got an achieved one",
    broken((env) => ({
      reset: (options = {}) => {
        const start = env.reset(options);
        // Not directly after a seed, so that the other checks get a valid start.
        return options.goal === undefined && options.seed === undefined
          ? { ...start, achievedGoal: start.desiredGoal.slice() }
          : start;
      },
    })),
  ],
  [
    "ends on success",
    "success-goes-on",
    "step 1, with its goal achieved: expected the episode to continue, got terminated true",
    brokenStep((step) => ({ ...step, terminated: step.isSuccess })),
  ],
  [
    "ends a step after its time limit",
    "time-limit",
    "step 19 of 19: truncated: expected true, got false",
    broken(() => ({ maxEpisodeSteps: 19 })),
  ],
  [
    "sends its time limit as the end of the task",
    "limit-truncates",
    "step 20: expected truncated true and terminated false at a time limit, got terminated true",
    brokenStep((step) => ({ ...step, terminated: step.truncated, truncated: false })),
  ],
  [
    "sends its time limit as both",
    "limit-truncates",
    "step 20: expected truncated true and terminated false",
    brokenStep((step) => ({ ...step, terminated: step.truncated })),
  ],
  [
    "rewards success with 1 and declares [−1, 0]",
    "reward-range",
    "computeReward of an achieved goal: expected a number in [-1, 0], got 1",
    brokenReward((isAchieved) => (isAchieved ? 1 : 0)),
  ],
  [
    "rewards failure",
    "own-goal",
    "computeReward of an achieved goal: expected more than 0, that of a goal that is not achieved, got -1",
    brokenReward((isAchieved) => (isAchieved ? -1 : 0)),
  ],
  [
    "rewards success and failure alike",
    "own-goal",
    "computeReward of an achieved goal: expected more than -1",
    brokenReward(() => -1),
  ],
  [
    "draws goals that no action reaches",
    "goals-in-reach",
    "desiredGoal: expected some of 200 drawn goals between",
    () => ({ ...pointEnv({ goalDistance: 7 }), goalSpace: symmetricBox(2, 9) }),
  ],
  [
    "treats NaN as 0",
    "refuses-actions",
    "step with NaN in action[0]: expected an InputError, got none",
    broken((env) => ({ step: (action) => env.step(Array.from(action, (x) => (Number.isNaN(x) ? 0 : x))) })),
  ],
  [
    "does not clip actions to ±1",
    "clips-actions",
    "step with ±1.5, compared with ±1: observation[0]: expected",
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
    "reset with a seed of 0.5: expected an InputError, got none",
    () => pointEnv({ seed: (given) => (given > 0 ? Math.floor(given) : given) }),
  ],
  [
    "steps after the end of an episode",
    "call-order",
    "step after the end of the episode: expected an InputError, got none",
    () => pointEnv({ endless: true }),
  ],
  [
    "cannot be disposed of twice",
    "dispose",
    "second dispose: expected no effect, got freed already",
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
    "leaks memory",
    "memory",
    "after 5800 random steps: expected constant memory use, got",
    brokenObservation((observed) => {
      leaked.push(new Float32Array(64));
      return observed;
    }),
  ],
  [
    "throws an error other than InputError",
    "shapes",
    "expected no exception, got TypeError: x is not a function",
    brokenStep((step, count) => {
      if (count === 12) throw new TypeError("x is not a function");
      return step;
    }),
  ],
];

describe("checkEnv", () => {
  it("has no findings for a valid environment", async () => {
    expect(await checkEnv(pointEnv)).toEqual([]);
  });

  it.each(BROKEN)("reports an environment that %s as exactly: %s", async (_what, check, message, make) => {
    const findings = await checkEnv(make);
    expect(findings.map((each) => each.check)).toEqual([check]);
    expect(findings[0]?.message).toContain(message);
  });

  it("is tested with a broken environment for each check", () => {
    expect([...new Set(BROKEN.map(([, check]) => check))].sort()).toEqual(
      ENV_CHECKS.map(({ name }) => name).sort(),
    );
  });

  it("reports each check in order, up to the first stage with a finding", async () => {
    const reported: [string, boolean][] = [];
    await checkEnv(pointEnv, (name, finding) => void reported.push([name, finding === undefined]));
    expect(reported).toEqual(ENV_CHECKS.map(({ name }) => [name, true]));
    reported.length = 0;
    await checkEnv(
      brokenObservation((observed) => ({ ...observed, observation: new Float32Array(1) })),
      (name, finding) => void reported.push([name, finding === undefined]),
    );
    expect(reported.slice(0, 3)).toEqual([
      ["spaces", true],
      ["limits", true],
      ["shapes", false],
    ]);
    expect(reported.map(([name]) => name)).not.toContain("same-seed");
  });

  it("disposes of every environment, even one that throws", async () => {
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

  it("reports the toy environments, which cannot be disposed of", async () => {
    for (const toy of [lineReach, () => bitFlip(4)]) {
      const checks = (await checkEnv(toy)).map(({ check }) => check);
      expect(checks).toContain("dispose");
    }
  });
});
