/**
 * @file Compares policies with the script of their task on the same episodes:
 * `npx tsx bench/teacher.ts runs/x … [--episodes 200] [--seed 777]`.
 *
 * Time to the goal is the first step at which the goal is achieved, over the episodes of success; effort is the mean
 * squared action.
 */

import "./help.ts";

import { parseArgs } from "node:util";
import { makeEnv } from "../env/registry.ts";
import { scriptedPolicy } from "../env/scripted/scripts.ts";
import { readPolicy } from "../storage/policy-file.ts";
import { chosenPolicy } from "../storage/policy-folder.ts";
import { evaluate, evaluationSeeds } from "../training/evaluate.ts";
import type { Act } from "../training/rollout.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    episodes: { type: "string", default: "200" },
    seed: { type: "string", default: "777" },
  },
});
const seeds = evaluationSeeds(Number(values.seed), "final", Number(values.episodes));

console.log("| policy | control | | success | time to the goal, s | final distance, mm | effort |");
console.log("|---|---|---|---:|---:|---:|---:|");
for (const path of positionals) {
  const { policy, config } = readPolicy(chosenPolicy(path));
  const env = await makeEnv(config.env, config.agent.gamma);
  const players: readonly (readonly [name: string, act: Act])[] = [
    ["policy", policy.act],
    ["script", scriptedPolicy(config.env)],
  ];
  for (const [name, act] of players) {
    let [time, successes, squares, actions] = [0, 0, 0, 0];
    const { successRate, meanFinalDistance } = await evaluate(env, act, seeds, (episode) => {
      if (episode.successAtEnd) {
        time += episode.firstSuccess * env.controlTimestep;
        successes += 1;
      }
      const played = episode.actions.subarray(0, episode.length * episode.sizes.action);
      for (const x of played) squares += x ** 2;
      actions += played.length;
    });
    const cells = [
      path,
      config.env.control,
      name,
      successRate.toFixed(3),
      (time / successes).toFixed(2),
      (1000 * meanFinalDistance).toFixed(0),
      (squares / actions).toFixed(3),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
  env.dispose();
}
