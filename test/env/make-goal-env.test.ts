/** @file makeGoalEnv: keeps the environment contract; rewards, goals and starts; errors of calls and of the task's functions. */

import { describe, expect, it } from "vitest";
import { checkEnv } from "../../env/check/check-env.ts";
import { type GoalTask, makeGoalEnv } from "../../env/make-goal-env.ts";
import { box, symmetricBox } from "../../shared/box.ts";
import type { GoalEnv, GoalObservation, Step } from "../../shared/goal-env.ts";
import { Rng } from "../../shared/rng.ts";

/** A tool that slides in a plane; the second axis is slower. */
interface Slide {
  readonly x: number;
  readonly y: number;
}

function slide(change: Partial<GoalTask<Slide>> = {}): GoalEnv {
  return makeGoalEnv<Slide>({
    id: "slide-reach",
    observationSpace: symmetricBox(2, 3),
    goalSpace: box([-3, -2], [3, 2]),
    actionSize: 2,
    maxEpisodeSteps: 8,
    controlTimestep: 0.05,
    successDistance: 0.1,
    reset: (rng) => ({ x: rng.uniformIn(-0.5, 0.5), y: rng.uniformIn(-0.5, 0.5) }),
    sampleGoal: (rng) => [rng.uniformIn(-1, 1), rng.uniformIn(-0.5, 0.5)],
    step: ({ x, y }, [right = 0, up = 0]) => ({ x: x + 0.25 * right, y: y + 0.125 * up }),
    observe: ({ x, y }) => [x, y],
    achievedGoal: ({ x, y }) => [x, y],
    ...change,
  });
}

/** Plays episodes of one stream of actions and returns everything that the environment returned. */
function play(env: GoalEnv, seed: number, steps: number): readonly (GoalObservation | Step)[] {
  const rng = Rng.fromSeed(77);
  const seen: (GoalObservation | Step)[] = [env.reset({ seed })];
  for (let i = 0; i < steps; i++) {
    const step = env.step([rng.uniformIn(-1.5, 1.5), rng.uniformIn(-1.5, 1.5)]);
    seen.push(step);
    if (step.truncated) seen.push(env.reset());
  }
  return seen;
}

describe("makeGoalEnv", () => {
  it.each(["sparse", "dense"] as const)(
    "keeps every promise of the contract with a %s reward",
    async (reward) => {
      expect(await checkEnv(() => slide({ reward }))).toEqual([]);
    },
  );

  it("gives the same numbers for the same seed, and others for another", () => {
    const first = play(slide(), 5, 30);
    expect(play(slide(), 5, 30)).toEqual(first);
    expect(play(slide(), 6, 30)).not.toEqual(first);
  });

  it("rewards by distance if the reward is dense, and by success if it is sparse", () => {
    const goal = [0.6, -0.3];
    const [sparse, dense] = [slide(), slide({ reward: "dense" })];
    sparse.reset({ seed: 2, goal });
    dense.reset({ seed: 2, goal });
    expect([sparse.rewardRange, dense.rewardRange]).toEqual([
      [-1, 0],
      [-Math.sqrt(6 ** 2 + 4 ** 2), 0],
    ]);
    const { achievedGoal, desiredGoal, reward } = dense.step([1, 1]);
    const far = Math.hypot(achievedGoal[0]! - desiredGoal[0]!, achievedGoal[1]! - desiredGoal[1]!);
    expect(reward).toBeCloseTo(-far, 12);
    expect(sparse.step([1, 1])).toMatchObject({ reward: -1, isSuccess: false });
    expect(sparse.computeReward(achievedGoal, achievedGoal, achievedGoal)).toBe(0);
    const near = Float32Array.of(achievedGoal[0]! + 0.09, achievedGoal[1]!);
    expect(sparse.isAchieved(achievedGoal, near)).toBe(true);
    expect(
      sparse.isAchieved(
        achievedGoal,
        near.map((x) => x + 0.05),
      ),
    ).toBe(false);
  });

  it("draws another goal if the start achieves it, and the same ones when a goal is requested", () => {
    const nearStart: Partial<GoalTask<Slide>> = {
      sampleGoal: (rng, { x, y }) => (rng.uniform() < 0.9 ? [x, y] : [x + 0.5, y]),
    };
    const [drawn, requested] = [slide(nearStart), slide(nearStart)];
    for (let episode = 0; episode < 20; episode++) {
      const options = episode === 0 ? { seed: 8 } : {};
      const { achievedGoal, desiredGoal } = drawn.reset(options);
      expect(drawn.isAchieved(achievedGoal, desiredGoal)).toBe(false);
      expect(requested.reset({ ...options, goal: [1, 1] }).achievedGoal).toEqual(achievedGoal);
    }
  });

  it("tells the task whether an episode is one of training", () => {
    const seen: unknown[] = [];
    const env = slide({
      reset: (rng, { training }) => {
        seen.push(training);
        return { x: rng.uniform(), y: 0 };
      },
    });
    env.reset({ seed: 1 });
    env.reset({ training: true });
    expect(seen).toEqual([false, true]);
  });

  it("accepts a state that the task changes in place, and passes clipped actions", () => {
    const actions: number[][] = [];
    const env = makeGoalEnv({
      id: "count-up",
      observationSpace: symmetricBox(1, 100),
      goalSpace: symmetricBox(1, 100),
      actionSize: 1,
      maxEpisodeSteps: 3,
      controlTimestep: 1,
      successDistance: 0.5,
      reset: () => ({ count: 0 }),
      sampleGoal: () => [2],
      step: (state, action) => {
        actions.push([...action]);
        state.count += 1;
        return state;
      },
      observe: ({ count }) => Float64Array.of(count),
      achievedGoal: ({ count }) => [count],
    });
    env.reset({ seed: 1 });
    const steps = [[9], [-9], [0.25]].map((action) => env.step(action));
    expect(actions).toEqual([[1], [-1], [0.25]]);
    expect(
      steps.map(({ observation, isSuccess, truncated, terminated }) => [
        observation[0],
        isSuccess,
        truncated,
        terminated,
      ]),
    ).toEqual([
      [1, false, false, false],
      [2, true, false, false],
      [3, false, true, false],
    ]);
  });

  it("rejects calls in the wrong order, and disposes of the task once", () => {
    let disposals = 0;
    const env = slide({ dispose: () => void disposals++ });
    expect(() => env.step([0, 0])).toThrow("slide-reach.step: no episode is running; call reset() first");
    env.reset({ seed: 1 });
    for (let i = 0; i < 8; i++) env.step([0, 0]);
    expect(() => env.step([0, 0])).toThrow("slide-reach.step: the episode is over; call reset() first");
    env.dispose();
    env.dispose();
    expect(disposals).toBe(1);
    for (const call of [() => env.reset(), () => env.step([0, 0])])
      expect(call).toThrow(/slide-reach\.(reset|step): the environment was disposed of; make a new one/);
  });

  it("rejects invalid actions, goals, seeds and starts, and the episode continues", () => {
    const [env, other] = [slide(), slide()];
    env.reset({ seed: 4 });
    other.reset({ seed: 4 });
    for (const [call, message] of [
      [() => env.step([0, Number.NaN]), "slide-reach.step action[1]: expected a number in [-1, 1], got NaN"],
      [() => env.step([0]), "slide-reach.step action: expected 2 numbers, got 1"],
      [
        () => env.reset({ goal: [3.5, 0] }),
        "slide-reach.reset goal: expected 2 numbers within goalSpace, got [3.5, 0]",
      ],
      [
        () => env.reset({ goal: [Number.NaN, 0] }),
        "slide-reach.reset goal: expected 2 numbers within goalSpace, got [NaN, 0]",
      ],
      [
        () => env.reset({ goal: [1] }),
        "slide-reach.reset goal: expected 2 numbers within goalSpace, got [1]",
      ],
      [() => env.reset({ seed: 0.5 }), "seed: expected an integer ≥ 0, got 0.5"],
      [
        () => env.reset({ configuration: [0, 1] }),
        "slide-reach.reset configuration: expected none: this task draws its starts, got [0, 1]",
      ],
    ] as const)
      expect(call).toThrow(message);
    expect(env.step([0.5, 0.5])).toEqual(other.step([0.5, 0.5]));
  });

  it.each([
    [{ actionSize: 0 }, "slide-reach: actionSize: expected an integer ≥ 1, got 0"],
    [{ maxEpisodeSteps: 2.5 }, "slide-reach: maxEpisodeSteps: expected an integer ≥ 1, got 2.5"],
    [{ controlTimestep: Number.NaN }, "slide-reach: controlTimestep: expected a number > 0, got NaN"],
    [{ successDistance: 0 }, "slide-reach: successDistance: expected a number > 0, got 0"],
    [{ id: "" }, 'task: id: expected a name, got ""'],
  ])("rejects the declaration %j", (change, message) => {
    expect(() => slide(change)).toThrow(message);
  });

  it.each([
    [
      { observe: () => [1] },
      "slide-reach.observe: expected 2 numbers, the size of observationSpace, got [1]",
    ],
    [
      { achievedGoal: () => [] },
      "slide-reach.achievedGoal: expected 2 numbers, the size of goalSpace, got []",
    ],
    [{ sampleGoal: () => [9, 9] }, "slide-reach.sampleGoal: expected a goal within goalSpace, got [9, 9]"],
    [
      { sampleGoal: (_: Rng, { x, y }: Slide) => [x, y] },
      "slide-reach.sampleGoal: expected a goal that is not achieved at the start, got none in 1000 draws. Draw goals farther away, or lower successDistance",
    ],
  ])("names the task's function that returns wrong numbers: %#", (change, message) => {
    const env = slide(change);
    expect(() => env.reset({ seed: 1 })).toThrow(message);
    expect(() => env.step([0, 0])).toThrow("slide-reach.step: the episode is over; call reset() first");
  });
});
