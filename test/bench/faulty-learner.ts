/** @file What the tests of the unseen kinds of faults share: a real arm, and an update with a known effect. */

import { expect } from "vitest";
import { actorLayout, criticLayouts } from "../../agent/architecture.ts";
import type { Compiled, Engine } from "../../agent/engine/engine.ts";
import { input } from "../../agent/graph/ops.ts";
import type { EngineFault } from "../../bench/faults/broken-learner.ts";
import type { Layouts } from "../../bench/faults/broken-networks.ts";
import type { Case } from "../../bench/faults/case.ts";
import { CASES } from "../../bench/faults/cases.ts";
import { makeEnv } from "../../env/registry.ts";
import { parseConfig, setByPath } from "../../shared/config.ts";
import type { GoalEnv, ResetOptions, Step } from "../../shared/goal-env.ts";
import { presetSettings } from "../../shared/presets.ts";

export const config = parseConfig({ env: { id: "planar2-reach" } }, "test");
export const planar = () => makeEnv(config.env, config.agent.gamma);

/** Starts an episode and returns the results of the actions. */
export function play(
  env: GoalEnv,
  actions: readonly (readonly number[])[],
  options: ResetOptions = { seed: 1 },
): Step[] {
  env.reset(options);
  return actions.map((action) => env.step(action));
}

export const repeated = (action: readonly number[], steps: number) =>
  Array.from({ length: steps }, () => action);

export const observations = (steps: readonly Step[]) => steps.map(({ observation }) => [...observation]);

/** Expects names that no other kind has, and settings that a config accepts. */
export function expectValid(kinds: readonly Case[]): void {
  for (const { name, preset, set } of kinds) {
    expect(CASES.filter((each) => each.name === name)).toHaveLength(1);
    const settings = structuredClone({ env: {}, train: {}, ...presetSettings(preset ?? "ddpg-her") });
    for (const [key, value] of Object.entries(set)) setByPath(settings, key, value);
    expect(() => parseConfig(settings, name)).not.toThrow();
  }
}

/** Expects as many kinds in each of three environments. */
export function expectSpread(kinds: readonly Case[]): void {
  const counts: Record<string, number> = {};
  for (const { only = "all" } of kinds) counts[only] = (counts[only] ?? 0) + 1;
  const each = kinds.length / 3;
  expect(counts).toEqual({ "planar2-reach": each, "planar3-reach-velocity": each, "arm3-reach-ee": each });
}

/** Of small networks for one observation and one goal. */
export const sizes = { observation: 1, goal: 1 };
export function smallLayouts(actions: number): Layouts {
  const architecture = { ...config.agent, hidden: [2] };
  const networks = { inputs: 2, actions };
  return { actor: actorLayout(architecture, networks), critic: criticLayouts(architecture, networks)[0]! };
}

/**
 * Compiles, with a fault, an update that adds a step to every weight.
 *
 * @param step for each index
 * @returns the update, and a list that it appends its feeds to
 */
export async function updating(
  fault: EngineFault,
  layouts: Layouts,
  step: (index: number) => number = () => 1,
) {
  const fed: Record<string, number[]>[] = [];
  const state: Record<string, Float32Array> = {
    actor: new Float32Array(layouts.actor.size),
    targetActor: new Float32Array(layouts.actor.size),
    critic: new Float32Array(layouts.critic.size),
    targetCritic: new Float32Array(layouts.critic.size),
  };
  const counting: Compiled = {
    run: async (given) => {
      fed.push(Object.fromEntries(Object.entries(given).map(([name, values]) => [name, [...values]])));
      for (const values of Object.values(state)) values.set(values.map((x, i) => x + step(i)));
    },
    state: (name) => state[name]!,
    setState: (name, values) => state[name]!.set(values),
    output: () => new Float32Array(1),
    dispose() {},
  };
  const engine: Engine = {
    name: "counting",
    version: "1",
    libraries: {},
    reason: "",
    compile: async () => counting,
  };
  const actor = input("actor", [layouts.actor.size]);
  const program = { feeds: [], state: [{ current: actor, next: actor }], outputs: [] };
  return { compiled: await fault(engine, layouts, sizes).compile(program), fed };
}
