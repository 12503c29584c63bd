/** @file Saved policies with each kind of network, and observations for them. */

import { join, resolve } from "node:path";
import { actorLayout, criticLayouts, networkSizes } from "../agent/architecture.ts";
import { parseConfig } from "../shared/config.ts";
import type { GoalObservation } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import { type LoadedPolicy, writePolicy } from "../storage/policy-file.ts";
import { chosenPolicy } from "../storage/policy-folder.ts";

/** Kind → settings of the agent; the weights are random. */
const KINDS = {
  plain: { preActivationPenalty: 0 },
  "layer-norm": { layerNorm: { actor: true } },
  "batch-norm": { batchNorm: { actor: "batch" } },
  "inverted gradients": { invertGradients: true },
  "without normalisation": { normalize: false },
} as const;

const ZOO = [
  "panda-reach-plain",
  "panda-reach-steady",
  "push-ee",
  "push-torque",
  "pick-and-place-ee",
  "pick-and-place-torque",
];

/** Name and path of a policy file of each kind: those of the zoo, and new ones in a folder. */
export function policiesOfEachKind(folder: string): [name: string, path: string][] {
  return [
    ...ZOO.map((name): [string, string] => [name, resolve(chosenPolicy(`zoo/${name}`))]),
    ...Object.entries(KINDS).flatMap(([name, agent]) =>
      [false, true].map((relative): [string, string] => {
        const path = join(folder, `${name}${relative ? "-relative" : ""}.safetensors`);
        writeRandomPolicy(path, agent, relative);
        return [`${name}${relative ? ", relative goal" : ""}`, path];
      }),
    ),
  ];
}

function writeRandomPolicy(path: string, agent: (typeof KINDS)[keyof typeof KINDS], relative: boolean): void {
  const config = parseConfig({ agent: { hidden: [32, 24], ...agent } }, "test");
  const rng = Rng.fromSeed(17);
  const sizes = {
    observation: 9,
    goal: 3,
    action: 4,
    maxSteps: 50,
    ...(relative ? { relativeGoal: { elements: [4, 0, 7], perMetre: 20 } } : {}),
  };
  const random = (size: number) => Float32Array.from({ length: size }, () => 0.5 * rng.normal());
  const network = networkSizes(sizes);
  const layout = actorLayout(config.agent, network);
  const actor = random(layout.size);
  for (const { name, offset, size } of layout.parts) {
    if (name.endsWith(".variance")) actor.fill(0.3, offset, offset + size);
  }
  const count = config.agent.normalize ? 1000 : 0;
  const statistics = (size: number) => ({
    count,
    mean: Float64Array.from({ length: size }, () => (count === 0 ? 0 : rng.normal())),
    // One element hardly varies.
    squares: Float64Array.from({ length: size }, (_, i) => (i === 1 ? 1e-9 : count * rng.uniformIn(1e-4, 2))),
  });
  const critic = random(criticLayouts(config.agent, network)[0]!.size);
  const normalizers = { observation: statistics(9), goal: statistics(3) };
  writePolicy(path, { steps: 1000, weights: { actor, critic }, normalizers }, config, sizes);
}

/** Observations in and around the range of a policy's statistics, some far outside. */
export function observationsFor({ sizes, normalizers }: LoadedPolicy, count: number): GoalObservation[] {
  const rng = Rng.fromSeed(23);
  const draw = ({ count: n, mean, squares }: LoadedPolicy["normalizers"]["goal"], scale: number) =>
    Float32Array.from(
      mean,
      (each, i) => each + scale * rng.normal() * (n === 0 ? 1 : Math.sqrt(squares[i]! / n)),
    );
  return Array.from({ length: count }, (_, i) => {
    const scale = i % 10 === 0 ? 20 : 1;
    return {
      observation: draw(normalizers.observation, scale),
      achievedGoal: new Float32Array(sizes.goal),
      desiredGoal: draw(normalizers.goal, scale),
    };
  });
}

/** The actions of a policy, as `steadyarm eval` computes them, one after another. */
export function actionsOf(
  { policy, sizes }: LoadedPolicy,
  observations: readonly GoalObservation[],
): number[] {
  const action = new Float32Array(sizes.action);
  return observations.flatMap((observation) => {
    policy.act(observation, action);
    return [...action];
  });
}
