/**
 * @file How fast environments step: `npx tsx bench/env.ts [--json]`.
 *
 * - steps/s: random actions, a reset every 50 steps included; median of the rounds.
 * - outside Rapier: the share of that time not spent in Rapier's own work, which is `PhysicsWorld.step`
 *   and, at a reset, making and freeing worlds, bodies and joints. Measured in rounds of their own, between
 *   the others, with a clock round each of those calls; setting torques and reading rotations, though
 *   they enter WASM, count as outside. The clock's own time is measured and taken off.
 * - reset: one reset, its share of Rapier included.
 */

import { ENVIRONMENTS, makeEnv } from "../env/registry.ts";
import { loadPhysics, PhysicsWorld } from "../env/world.ts";
import { sampleBox } from "../shared/box.ts";
import { parseConfig } from "../shared/config.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";

const ROUNDS = 7;
const WARM_UP_EPISODES = 200;
const EPISODES = 60;

/** Milliseconds, and calls, inside Rapier since the last time it was asked. */
const inside = { time: 0, calls: 0 };

/** Puts a clock round Rapier's own work; returns what takes it off again. */
async function clockRapier(): Promise<() => void> {
  const physics = await loadPhysics("compat");
  const undo: (() => void)[] = [];
  const clock = (owner: object, name: string) => {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== "function") throw new Error(`${name} is not a method`);
    Reflect.set(owner, name, function timed(this: unknown, ...given: unknown[]) {
      const start = performance.now();
      const result: unknown = original.apply(this, given);
      inside.time += performance.now() - start;
      inside.calls += 1;
      return result;
    });
    undo.push(() => Reflect.set(owner, name, original));
  };
  clock(physics, "createWorld");
  for (const name of ["addFixedBody", "addMovingBody", "addRevoluteJoint", "addLimits", "step", "free"]) {
    clock(PhysicsWorld.prototype, name);
  }
  return () => {
    for (const restore of undo) restore();
  };
}

/** Milliseconds that one reading of the clock takes. */
function clockCost(): number {
  const readings = 1_000_000;
  const start = performance.now();
  for (let i = 0; i < readings; i++) performance.now();
  return (performance.now() - start) / readings;
}

/** Milliseconds for some episodes of random actions. */
function play(env: GoalEnv, episodes: number, rng: Rng): number {
  const actions = Array.from({ length: 64 }, () => sampleBox(env.actionSpace, rng));
  const start = performance.now();
  for (let episode = 0; episode < episodes; episode++) {
    env.reset();
    for (let i = 0; i < env.maxEpisodeSteps; i++) env.step(actions[(episode + i) % actions.length]!);
  }
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

interface Result {
  readonly bench: "env";
  readonly case: string;
  readonly engine: string;
  readonly value: number;
  readonly unit: string;
}

async function measure(id: string): Promise<Result[]> {
  const env = await makeEnv(parseConfig({ env: { id } }, "bench").env);
  const { name, version } = await loadPhysics("compat");
  const rng = Rng.fromSeed(1);
  env.reset({ seed: 1 });
  play(env, WARM_UP_EPISODES, rng);
  const stepsPerRound = EPISODES * env.maxEpisodeSteps;
  const rates: number[] = [];
  const shares: number[] = [];
  const resets: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rates.push((1000 * stepsPerRound) / play(env, EPISODES, rng));

    const cost = clockCost();
    const stop = await clockRapier();
    Object.assign(inside, { time: 0, calls: 0 });
    const total = play(env, EPISODES, rng) - 2 * cost * inside.calls;
    stop();
    // Of the two readings round a call, one lies inside what it measures.
    shares.push((100 * (total - (inside.time - cost * inside.calls))) / total);

    const start = performance.now();
    for (let i = 0; i < EPISODES; i++) env.reset();
    resets.push((1000 * (performance.now() - start)) / EPISODES);
  }
  env.dispose();
  const engine = `${name}@${version}`;
  return [
    { bench: "env", case: `${id} stepping`, engine, value: Math.round(median(rates)), unit: "steps/s" },
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
if (process.argv.includes("--json")) {
  for (const result of results) console.log(JSON.stringify(result));
} else {
  for (const result of results) {
    console.log(`${result.case.padEnd(32)} ${String(result.value).padStart(8)} ${result.unit}`);
  }
  console.log(`\nmedians of ${ROUNDS} rounds, ${results[0]?.engine}, Node ${process.version}`);
}
