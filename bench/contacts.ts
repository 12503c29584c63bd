/**
 * @file Accuracy of contacts by Rapier's solver iterations: `npx tsx bench/contacts.ts [--episodes 1000] [--json]`.
 *
 * For each value of `env.solverIterations`: the sliding distance of a cube relative to Coulomb's v²/(2μg), and the number
 * of random episodes, alternating control modes, that diverge.
 */

import "./help.ts";

import { parseArgs } from "node:util";
import { ArmWorld } from "../env/arm/arm-world.ts";
import { planar2 } from "../env/models/planar2.ts";
import { ENVIRONMENTS, makeEnv } from "../env/registry.ts";
import { ObjectState } from "../env/scene.ts";
import { loadPhysics } from "../env/world.ts";
import { sampleBox } from "../shared/box.ts";
import { parseConfig } from "../shared/config.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { IDENTITY } from "../shared/vec3.ts";

const ITERATIONS = [1, 2, 4];
const FRICTIONS = [0.1, 0.3, 0.6, 0.9];
const IDS = ["panda-push", "panda-gripper-pick-and-place"];
const HALF = 0.02;

const { values: flags } = parseArgs({
  options: { episodes: { type: "string", default: "1000" }, json: { type: "boolean", default: false } },
});
const physics = await loadPhysics("compat");

/** Returns the sliding distance of a cube that starts at 1 m/s, relative to Coulomb's law. */
function relativeSlide(friction: number, solverIterations: number): number {
  const halfExtents = [HALF, HALF, HALF] as const;
  const scene = { table: null, objects: [{ name: "cube", halfExtents, mass: 0.5, friction }] };
  const settings = { physicsTimestep: 1 / 200, gravityCompensation: true, solverIterations, scene };
  const arm = new ArmWorld(physics, planar2, settings);
  arm.reset(planar2.home, {
    objects: [{ position: [1, 1, HALF], orientation: IDENTITY, velocity: [1, 0, 0] }],
  });
  arm.step([0, 0], 1000);
  const state = new ObjectState();
  arm.readObject(0, state);
  arm.dispose();
  return (state.position[0]! - 1) * 2 * friction * 9.81;
}

function diverges(env: GoalEnv, seed: number): boolean {
  const rng = Rng.fromSeed(seed).fork("actions");
  env.reset({ seed, training: seed % 2 === 0 });
  try {
    while (!env.step(sampleBox(env.actionSpace, rng)).truncated);
    return false;
  } catch (error) {
    if (error instanceof InputError) return true;
    throw error;
  }
}

async function divergedEpisodes(id: string, solverIterations: number, episodes: number): Promise<number> {
  let count = 0;
  const { controls } = ENVIRONMENTS[id]!;
  for (const [i, control] of controls.entries()) {
    const { env: config, agent } = parseConfig({ env: { id, control, solverIterations } }, "bench");
    const env = await makeEnv(config, agent.gamma);
    for (let seed = i; seed < episodes; seed += controls.length) count += diverges(env, seed) ? 1 : 0;
    env.dispose();
  }
  return count;
}

const rows: { readonly case: string; readonly unit: string; readonly values: number[] }[] = [
  ...FRICTIONS.map((friction) => ({
    case: `sliding distance, friction ${friction}`,
    unit: "of Coulomb's distance",
    values: ITERATIONS.map((n) => relativeSlide(friction, n)),
  })),
];
for (const id of IDS) {
  const values: number[] = [];
  for (const n of ITERATIONS) values.push(await divergedEpisodes(id, n, Number(flags.episodes)));
  rows.push({ case: `${id}, diverged episodes`, unit: `of ${flags.episodes}`, values });
}
if (flags.json) {
  for (const { case: name, unit, values } of rows) {
    for (const [i, value] of values.entries()) {
      const engine = `${physics.name}@${physics.version}, ${ITERATIONS[i]} iterations`;
      console.log(JSON.stringify({ bench: "contacts", case: name, engine, value, unit }));
    }
  }
} else {
  console.log(
    `| iterations per substep | ${ITERATIONS.join(" | ")} | |\n|---|${"---|".repeat(ITERATIONS.length + 1)}`,
  );
  for (const { case: name, unit, values } of rows) {
    const cells = values.map((value) => (Number.isInteger(value) ? `${value}` : value.toFixed(2)));
    console.log(`| ${name} | ${cells.join(" | ")} | ${unit} |`);
  }
}
