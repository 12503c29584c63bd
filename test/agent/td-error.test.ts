/** @file TD errors of the program against the Bellman equation computed by the acting policy in plain arrays. */

import { describe, expect, it } from "vitest";
import { actorLayout, criticLayouts, networkSizes } from "../../agent/architecture.ts";
import { makeBatch } from "../../agent/batch.ts";
import { loadEngine } from "../../agent/engine/select.ts";
import { FeedArrays } from "../../agent/feeds.ts";
import { initialWeights } from "../../agent/graph/mlp-layout.ts";
import { inputNormalizers } from "../../agent/network-inputs.ts";
import { policyFrom } from "../../agent/policy.ts";
import { tdErrorProgram } from "../../agent/td-error.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

const ROWS = 16;
const GAMMA = 0.9;
const SIZES = { observation: 3, goal: 2, action: 2, maxSteps: 5 };
const BOUNDS = { rewardRange: [-1, 0] } as const;

/** Compares every TD error with r·scale + γ·c·min Q′(s′, μ′(s′)), clipped, in float64. */
async function compare(settings: object, returnScale = 1): Promise<void> {
  const config = parseConfig(
    { agent: { hidden: [8, 8], batchSize: ROWS, gamma: GAMMA, ...settings } },
    "test",
  ).agent;
  const rng = Rng.fromSeed(7);
  const weightsOf = (network: "actor" | "critic") => {
    const layouts =
      network === "actor"
        ? [actorLayout(config, networkSizes(SIZES))]
        : criticLayouts(config, networkSizes(SIZES));
    const weights = new Float32Array(layouts[0]!.size);
    for (const layout of layouts) initialWeights(layout, rng, 2, weights);
    return weights;
  };
  const weights = {
    actor: weightsOf("actor"),
    critic: weightsOf("critic"),
    targetActor: weightsOf("actor"),
    targetCritic: weightsOf("critic"),
  };
  // One row more than the program's, which it ignores.
  const batch = makeBatch(ROWS + 1, SIZES);
  const fill = (array: Float32Array, draw: () => number) => {
    for (let i = 0; i < array.length; i++) array[i] = draw();
  };
  for (const array of [batch.observations, batch.nextObservations, batch.goals])
    fill(array, () => rng.normal());
  fill(batch.actions, () => rng.uniformIn(-1, 1));
  fill(batch.rewards, () => -rng.integer(2));
  fill(batch.continues, () => rng.integer(2));
  const normalizers = inputNormalizers(config, SIZES);
  normalizers.observation.observe(batch.observations, ROWS);
  normalizers.goal.observe(batch.goals, ROWS);

  const { program, feeds } = tdErrorProgram(config, networkSizes(SIZES), BOUNDS);
  const compiled = await (await loadEngine("onnx")).compile(program);
  const arrays = new FeedArrays(feeds).fill({ batch, normalizers, returnScale, updates: 0, rng });
  await compiled.run({ ...arrays, ...weights });

  const online = policyFrom(config, SIZES, {
    normalizers,
    actor: () => weights.actor,
    critic: () => weights.critic,
  });
  const target = config.targetNetworks
    ? policyFrom(config, SIZES, {
        normalizers,
        actor: () => weights.targetActor,
        critic: () => weights.targetCritic,
      })
    : online;
  const { count, targetMin } = config.critics;
  const scale = config.rewardScale * (config.normalizeReturns ? returnScale : 1);
  for (let row = 0; row < ROWS; row++) {
    const part = (array: Float32Array, size: number) => array.subarray(row * size, (row + 1) * size);
    const desiredGoal = part(batch.goals, SIZES.goal);
    const at = (observations: Float32Array) => ({
      observation: part(observations, SIZES.observation),
      achievedGoal: desiredGoal,
      desiredGoal,
    });
    const nextAction = new Float32Array(SIZES.action);
    target.act(at(batch.nextObservations), nextAction);
    const nextValue = Math.min(...target.values(at(batch.nextObservations), nextAction).slice(0, targetMin));
    const bootstrapped = batch.rewards[row]! * scale + GAMMA * batch.continues[row]! * nextValue;
    const expected = config.clipTargets
      ? Math.min(Math.max(bootstrapped, (-1 / (1 - GAMMA)) * scale), 0)
      : bootstrapped;
    expect(compiled.output("targets")[row]).toBeCloseTo(expected, 4);
    const values = online.values(at(batch.observations), part(batch.actions, SIZES.action));
    for (const [i, value] of values.entries())
      expect(compiled.output("tdErrors")[row * count + i]).toBeCloseTo(value - expected, 4);
  }
  compiled.dispose();
}

describe("tdErrorProgram", () => {
  it.each<[string, object, number?]>([
    ["default settings", {}],
    ["unclipped targets", { clipTargets: false }],
    ["scaled rewards and normalised returns", { rewardScale: 2, normalizeReturns: true }, 0.25],
    ["no target networks", { targetNetworks: false, clipTargets: false }],
    ["the minimum over two of three critics", { critics: { count: 3, targetMin: 2 }, clipTargets: false }],
    ["batch normalisation", { batchNorm: { critic: "batch", actor: "renorm" }, clipTargets: false }],
    ["inverted gradients and smoothing", { invertGradients: true, targetSmoothing: { scale: 0.5 } }],
  ])("matches the Bellman equation with %s", async (_name, settings, returnScale) => {
    await compare(settings, returnScale);
  });
});
