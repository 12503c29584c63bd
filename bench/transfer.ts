/**
 * @file Plays reach policies in MuJoCo on the same arm, beside Rapier, in which they were trained; docs/transfer.md.
 *
 *     npx tsx bench/transfer.ts zoo/panda-reach-steady runs/x … [--episodes 200] [--seed 777] [--json]
 *
 * All engines have the same starts and goals. The distance between the tools is that of the two engines at the end of an
 * episode, when each follows the policy's answers to its own state.
 */

import "./help.ts";

import { parseArgs } from "node:util";
import { makeArmEnv } from "../env/registry.ts";
import type { RunConfig } from "../shared/config.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import type { GoalEnv } from "../shared/goal-env.ts";
import { median } from "../shared/statistics.ts";
import { distance } from "../shared/vec3.ts";
import { readPolicy } from "../storage/policy-file.ts";
import { chosenPolicy } from "../storage/policy-folder.ts";
import { evaluate, evaluationSeeds } from "../training/evaluate.ts";
import { mujocoReach } from "./mujoco-reach.ts";

const ENGINES: readonly (readonly [name: string, make: (config: RunConfig) => Promise<GoalEnv>])[] = [
  ["Rapier, 1/200 s", ({ env, agent }) => makeArmEnv(env, agent.gamma)],
  ["MuJoCo, 1/200 s", (config) => mujocoReach(config, { stepsPerSubstep: 1, armature: false })],
  ["MuJoCo, 1/2000 s", (config) => mujocoReach(config, { stepsPerSubstep: 10, armature: false })],
  [
    "MuJoCo, 1/2000 s, rotors as armature",
    (config) => mujocoReach(config, { stepsPerSubstep: 10, armature: true }),
  ],
];

/** Plays the episodes of the seeds in one engine. */
async function play(env: GoalEnv, act: Parameters<typeof evaluate>[1], seeds: readonly number[]) {
  const tools: Float32Array[] = [];
  const evaluation = await evaluate(env, act, seeds, ({ achievedGoals, length, sizes: { goal } }) => {
    tools.push(achievedGoals.slice(length * goal, (length + 1) * goal));
  });
  env.dispose();
  return { evaluation, tools };
}

async function transfer(path: string, seeds: readonly number[], json: boolean): Promise<void> {
  const { policy, config } = readPolicy(chosenPolicy(path));
  let reference: readonly Float32Array[] | undefined;
  for (const [engine, make] of ENGINES) {
    const { evaluation, tools } = await play(await make(config), policy.act, seeds);
    reference ??= tools;
    const { successRate, successOnce, meanFinalDistance } = evaluation;
    const between = 1000 * median(tools.map((tool, i) => distance(tool, reference?.[i] ?? tool)));
    const [final, apart] = [1000 * meanFinalDistance, between];
    console.log(
      json
        ? JSON.stringify({
            bench: "transfer",
            path,
            engine,
            successRate,
            successOnce,
            final,
            apart,
            unit: "mm",
          })
        : `| ${path} | ${engine} | ${successRate.toFixed(3)} | ${successOnce.toFixed(3)} | ${final.toFixed(1)} | ${apart.toFixed(1)} |`,
    );
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    episodes: { type: "string", default: "200" },
    seed: { type: "string", default: "777" },
    json: { type: "boolean", default: false },
  },
});
try {
  if (positionals.length === 0)
    throw refuse("bench/transfer", "policies, such as zoo/panda-reach-steady", unquoted("none"));
  const seeds = evaluationSeeds(Number(values.seed), "final", Number(values.episodes));
  if (!values.json) {
    console.log(
      "| policy | engine | success at the end | at any step | final distance, mm | tools apart, mm |",
    );
    console.log("|---|---|---:|---:|---:|---:|");
  }
  for (const path of positionals) await transfer(path, seeds, values.json);
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
