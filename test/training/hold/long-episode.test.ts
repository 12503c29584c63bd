import { describe, expect, it, onTestFinished } from "vitest";
import { makeEnv, makeInteractive } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";
import { Episode, episodeSizes } from "../../../shared/episode.ts";
import { Rng } from "../../../shared/rng.ts";
import { distance, type Vec3 } from "../../../shared/vec3.ts";
import { playEpisode } from "../../../training/evaluate.ts";
import type { HoldTest } from "../../../training/hold/hold-test.ts";
import { playLongEpisode } from "../../../training/hold/long-episode.ts";
import { MovingGoal } from "../../../training/hold/moving-goal.ts";
import type { Act } from "../../../training/rollout.ts";

const PLAIN: HoldTest = { seconds: 8, push: 0, goalSpeed: 0, randomPosture: false };

const ORIGIN: Vec3 = [0, 0, 0];

/** Torques that depend on the observation, so that they reveal any difference in it. */
const act: Act = ({ observation, desiredGoal }, action) => {
  for (let i = 0; i < action.length; i++) action[i] = Math.sin(3 * observation[i]! + desiredGoal[0]!) / 4;
};

async function armOf(id: string) {
  const arm = await makeInteractive(parseConfig({ env: { id } }, "test").env, 0.95);
  onTestFinished(() => arm.dispose());
  return arm;
}

describe("playLongEpisode", () => {
  it.each(["planar2-reach", "arm3-push"])(
    "is the evaluation's episode up to the time limit: %s",
    async (id) => {
      const env = await makeEnv(parseConfig({ env: { id } }, "test").env, 0.95);
      onTestFinished(() => env.dispose());
      const expected = await playEpisode(env, act, 7, new Episode(episodeSizes(env)));
      const { outcome, distances } = playLongEpisode(await armOf(id), act, 7, PLAIN);
      expect(outcome).toEqual({ ...expected, figures: {} });
      expect(distances.length).toBe(200);
      expect(distances[env.maxEpisodeSteps - 1]).toBeCloseTo(outcome.finalDistance, 6);
    },
  );

  it("depends on the seed only, not on the episodes before", async () => {
    const test = { seconds: 8, push: 30, goalSpeed: 0.1, randomPosture: true };
    const arm = await armOf("panda-reach");
    const first = playLongEpisode(arm, act, 3, test);
    expect(playLongEpisode(arm, act, 4, test)).not.toEqual(first);
    expect(playLongEpisode(arm, act, 3, test)).toEqual(first);
  });

  it("pushes from the scheduled moment on, for 0.2 s", async () => {
    const arm = await armOf("planar3-reach");
    const pushed: number[] = [];
    const watch = (steps: number) => {
      if (arm.push !== undefined) pushed.push(steps);
    };
    const { distances } = playLongEpisode(arm, act, 5, { ...PLAIN, push: 20 }, watch);
    expect(pushed).toEqual([126, 127, 128, 129, 130]);
    const free = playLongEpisode(arm, act, 5, PLAIN).distances;
    expect(distances.subarray(0, 125)).toEqual(free.subarray(0, 125));
    expect(distances[130]).not.toBe(free[130]);
  });

  it("pushes a planar arm in its plane, with the force asked for", async () => {
    const arm = await armOf("planar3-reach");
    let force: Vec3 | undefined;
    playLongEpisode(arm, act, 1, { ...PLAIN, push: 20 }, () => {
      force = arm.push?.force ?? force;
    });
    expect(force?.[1]).toBe(0);
    expect(Math.hypot(...(force ?? []))).toBeCloseTo(20, 9);
  });

  it("moves the goal that the policy observes", async () => {
    const arm = await armOf("panda-reach");
    const goals: Vec3[] = [];
    const observed: Vec3[] = [];
    const watching: Act = (observation, action) => {
      const [x, y, z] = observation.desiredGoal;
      observed.push([x!, y!, z!]);
      act(observation, action);
    };
    playLongEpisode(arm, watching, 2, { ...PLAIN, goalSpeed: 0.5 }, () => goals.push(arm.goal));
    expect(observed.slice(1)).toEqual(goals.slice(0, -1));
    const moved = goals.slice(1).map((goal, i) => distance(goal, goals[i]!));
    expect(Math.max(...moved)).toBeLessThan(0.5 * 0.04 + 1e-6);
    // At a corner the straight distance is shorter.
    expect(moved.filter((each) => each > 0.5 * 0.04 - 1e-6).length).toBeGreaterThan(0.8 * moved.length);
  });
});

describe("MovingGoal", () => {
  it("goes through the drawn goals at constant speed, around corners too", () => {
    const corners: Vec3[] = [
      [1, 0, 0],
      [1, 0.5, 0],
      [1, 0.5, 2],
    ];
    const arm = {
      goal: ORIGIN,
      drawGoal: () => corners.shift()!,
      setGoal: (goal: Vec3) => {
        arm.goal = goal;
      },
    };
    const moving = new MovingGoal(arm, 0.5, Rng.fromSeed(1));
    const positions = Array.from({ length: 5 }, () => {
      moving.advance(0.8);
      return arm.goal;
    });
    expect(positions.map((goal) => goal.map((x) => Number(x.toFixed(9))))).toEqual([
      [0.4, 0, 0],
      [0.8, 0, 0],
      [1, 0.2, 0],
      [1, 0.5, 0.1],
      [1, 0.5, 0.5],
    ]);
  });
});
