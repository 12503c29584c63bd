/**
 * @file Speed of the environments: `npx tsx bench/env.ts [--json]`.
 *
 * - stepping: steps/s with random actions, a reset every 50 steps included; median of the rounds.
 * - outside Rapier: the share of that time spent outside `PhysicsWorld.step` and, at a reset, the creation and freeing
 *   of worlds, bodies and joints. Measured in separate rounds with a timer around each of those calls; setting
 *   torques and reading rotations count as outside. The timer's own cost is measured and subtracted.
 * - reset: the time of one reset.
 * - on MuJoCo: the same arm, torques, substeps and resets in MuJoCo's WebAssembly, alternating with ours. It only
 *   steps: it computes no observation, goal or reward.
 * - gripper scene: panda-gripper with a table and a cube in both engines, with random torques and finger forces.
 */

import "./help.ts";

import type { ArmModel } from "../env/arm/arm-model.ts";
import { ArmWorld } from "../env/arm/arm-world.ts";
import type { Timing } from "../env/arm-episode.ts";
import { pandaGripper } from "../env/models/panda-gripper.ts";
import { ENVIRONMENTS, makeEnv } from "../env/registry.ts";
import { type ObjectPose, ObjectState, type Scene } from "../env/scene.ts";
import { loadPhysics, PhysicsWorld } from "../env/world.ts";
import { sampleBox } from "../shared/box.ts";
import { parseConfig } from "../shared/config.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { median } from "../shared/statistics.ts";
import { IDENTITY } from "../shared/vec3.ts";
import { MujocoArm } from "./mujoco-arm.ts";

const ROUNDS = 7;
const WARM_UP_EPISODES = 200;
const EPISODES = 60;

/** Milliseconds in Rapier, and calls, since the last reset of the counters. */
const inside = { time: 0, calls: 0 };

/** Times Rapier's calls from now on; returns a function that stops it. */
async function timeRapier(): Promise<() => void> {
  const physics = await loadPhysics("compat");
  const undo: (() => void)[] = [];
  const timeCalls = (owner: object, name: string) => {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== "function") throw new Error(`${name} is not a method`);
    Reflect.set(owner, name, function timed(this: unknown, ...args: unknown[]) {
      const start = performance.now();
      const result: unknown = original.apply(this, args);
      inside.time += performance.now() - start;
      inside.calls += 1;
      return result;
    });
    undo.push(() => Reflect.set(owner, name, original));
  };
  timeCalls(physics, "createWorld");
  const methods = [
    "addFixedBody",
    "addMovingBody",
    "addSurface",
    "addRevoluteJoint",
    "addPrismaticJoint",
    "addLimits",
    "removeLimits",
  ];
  for (const name of [...methods, "step", "free"]) timeCalls(PhysicsWorld.prototype, name);
  return () => {
    for (const restore of undo) restore();
  };
}

/** Returns the cost of one reading of the clock, ms. */
function clockCost(): number {
  const readings = 1_000_000;
  const start = performance.now();
  for (let i = 0; i < readings; i++) performance.now();
  return (performance.now() - start) / readings;
}

/** Returns the time for some episodes of random actions, ms. */
function play(env: GoalEnv, episodes: number, rng: Rng): number {
  const actions = Array.from({ length: 64 }, () => sampleBox(env.actionSpace, rng));
  const start = performance.now();
  for (let episode = 0; episode < episodes; episode++) {
    env.reset();
    for (let i = 0; i < env.maxEpisodeSteps; i++) env.step(actions[(episode + i) % actions.length]!);
  }
  return performance.now() - start;
}

interface Result {
  readonly bench: "env";
  readonly case: string;
  readonly engine: string;
  readonly value: number;
  readonly unit: string;
}

/** An engine that plays episodes of 50 control steps of random torques. */
interface Loop {
  readonly engine: string;
  /** Returns the time, ms. */
  play(episodes: number): number;
  dispose(): void;
}

/** Returns random torques and finger forces of at most a quarter of their limits, a set for each control step. */
function randomForces({ links, gripper }: ArmModel): number[][] {
  const rng = Rng.fromSeed(1);
  const limits = [
    ...links.map((link) => link.torqueLimit),
    ...(gripper?.fingers ?? []).map(() => gripper!.forceLimit),
  ];
  return Array.from({ length: 64 }, () => limits.map((limit) => rng.uniformIn(-0.25, 0.25) * limit));
}

function timeEpisodes(
  episodes: number,
  reset: () => void,
  step: (forces: number[]) => void,
  forces: readonly number[][],
): number {
  const start = performance.now();
  for (let episode = 0; episode < episodes; episode++) {
    reset();
    for (let i = 0; i < 50; i++) step(forces[(episode + i) % forces.length]!);
  }
  return performance.now() - start;
}

async function mujocoLoop(arm: ArmModel, timing: Timing, scene?: Scene): Promise<Loop> {
  const settings = { timestep: timing.physicsTimestep, gravityCompensation: true, objects: CUBE };
  const mujoco = await MujocoArm.make(arm, scene === undefined ? settings : { ...settings, scene });
  const forces = randomForces(arm);
  const step = (each: number[]) => {
    mujoco.step(each, timing.substeps);
    if (!Number.isFinite(mujoco.angles[0])) throw new Error("the MuJoCo simulation diverged");
  };
  return {
    engine: `@mujoco/mujoco@${mujoco.version}`,
    play: (episodes) => timeEpisodes(episodes, () => mujoco.reset(arm.home), step, forces),
    dispose: () => mujoco.dispose(),
  };
}

async function rapierLoop(
  arm: ArmModel,
  timing: Timing,
  scene: Scene,
  solverIterations: number,
): Promise<Loop> {
  const physics = await loadPhysics("compat");
  const { physicsTimestep, substeps } = timing;
  const settings = { physicsTimestep, gravityCompensation: true, solverIterations, scene };
  const world = new ArmWorld(physics, arm, settings);
  const forces = randomForces(arm);
  const cube = new ObjectState();
  const step = (each: number[]) => {
    world.step(each, substeps, each[arm.links.length] ?? 0);
    world.readObject(0, cube);
    const fault = world.fault();
    if (fault !== null) throw new Error(fault);
  };
  return {
    engine: `${physics.name}@${physics.version}`,
    play: (episodes) => timeEpisodes(episodes, () => world.reset(arm.home, { objects: CUBE }), step, forces),
    dispose: () => world.dispose(),
  };
}

const CUBE: readonly ObjectPose[] = [{ position: [0.6, 0, 0.02], orientation: IDENTITY }];
const TABLE_AND_CUBE: Scene = {
  table: { center: [0.55, 0, 0], halfExtents: [0.35, 0.55], friction: 1 },
  objects: [{ name: "cube", halfExtents: [0.02, 0.02, 0.02], mass: 0.1, friction: 1 }],
};

/** Measures the gripper scene in both engines. */
async function measureScene(substeps: number, rate: number): Promise<Result[]> {
  const timing = { physicsTimestep: 1 / rate, substeps, maxEpisodeSteps: 50 };
  const names = ["Rapier", "Rapier with one iteration", "MuJoCo"];
  const loops = [
    await rapierLoop(pandaGripper, timing, TABLE_AND_CUBE, 2),
    await rapierLoop(pandaGripper, timing, TABLE_AND_CUBE, 1),
    await mujocoLoop(pandaGripper, timing, TABLE_AND_CUBE),
  ];
  const rates: number[][] = loops.map(() => []);
  for (const loop of loops) loop.play(EPISODES);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, loop] of loops.entries()) rates[i]!.push((1000 * 50 * EPISODES) / loop.play(EPISODES));
  }
  for (const loop of loops) loop.dispose();
  return loops.map(({ engine }, i) => ({
    bench: "env",
    case: `gripper scene ${substeps} × ${rate} Hz, ${names[i]}`,
    engine,
    value: Math.round(median(rates[i]!)),
    unit: "steps/s",
  }));
}

async function measure(id: string): Promise<Result[]> {
  const config = parseConfig({ env: { id } }, "bench");
  const env = await makeEnv(config.env, config.agent.gamma);
  const { name, version } = await loadPhysics("compat");
  const rng = Rng.fromSeed(1);
  env.reset({ seed: 1 });
  play(env, WARM_UP_EPISODES, rng);
  const stepsPerRound = EPISODES * env.maxEpisodeSteps;
  const mujoco = await mujocoLoop(ENVIRONMENTS[id]!.arm, ENVIRONMENTS[id]!.timing);
  const rates: number[] = [];
  const mujocoRates: number[] = [];
  const shares: number[] = [];
  const resets: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rates.push((1000 * stepsPerRound) / play(env, EPISODES, rng));
    mujocoRates.push((1000 * stepsPerRound) / mujoco.play(EPISODES));

    const cost = clockCost();
    const stop = await timeRapier();
    Object.assign(inside, { time: 0, calls: 0 });
    const total = play(env, EPISODES, rng) - 2 * cost * inside.calls;
    stop();
    // Of the two clock readings around a call, one lies within the measured time.
    shares.push((100 * (total - (inside.time - cost * inside.calls))) / total);

    const start = performance.now();
    for (let i = 0; i < EPISODES; i++) env.reset();
    resets.push((1000 * (performance.now() - start)) / EPISODES);
  }
  env.dispose();
  mujoco.dispose();
  const engine = `${name}@${version}`;
  return [
    { bench: "env", case: `${id} stepping`, engine, value: Math.round(median(rates)), unit: "steps/s" },
    {
      bench: "env",
      case: `${id} on MuJoCo`,
      engine: mujoco.engine,
      value: Math.round(median(mujocoRates)),
      unit: "steps/s",
    },
    {
      bench: "env",
      case: `${id} outside Rapier`,
      engine,
      value: Number(median(shares).toFixed(1)),
      unit: "%",
    },
    { bench: "env", case: `${id} reset`, engine, value: Math.round(median(resets)), unit: "µs" },
  ];
}

const results: Result[] = [];
for (const id of Object.keys(ENVIRONMENTS)) results.push(...(await measure(id)));
results.push(...(await measureScene(8, 200)), ...(await measureScene(10, 250)));
if (process.argv.includes("--json")) {
  for (const result of results) console.log(JSON.stringify(result));
} else {
  for (const result of results) {
    console.log(`${result.case.padEnd(36)} ${String(result.value).padStart(8)} ${result.unit}`);
  }
  console.log(`\nmedians of ${ROUNDS} rounds, ${results[0]?.engine}, Node ${process.version}`);
}
