/** @file How a program with row normalisation is split into stages. */

import { describe, expect, it } from "vitest";
import { ddpgUpdate } from "../../../agent/ddpg-update.ts";
import { partition } from "../../../agent/engine/partition.ts";
import { endsKernel } from "../../../agent/engine/row-operations.ts";
import { type Stage, stagesOf } from "../../../agent/engine/stages.ts";
import { evaluate } from "../../../agent/graph/evaluate.ts";
import { elementCount, topologicalOrder } from "../../../agent/graph/node.ts";
import { input, mul, perRow, sum } from "../../../agent/graph/ops.ts";
import type { Program } from "../../../agent/graph/program.ts";
import { simplify } from "../../../agent/graph/simplify.ts";
import { parseConfig } from "../../../shared/config.ts";
import { Rng } from "../../../shared/rng.ts";

/** The engine's share of an update. */
function tensorsOf(agent: object): Program {
  const config = parseConfig({ agent: { hidden: [6, 5], batchSize: 8, ...agent } }, "test").agent;
  const { program } = ddpgUpdate(config, { inputs: 4, actions: 2 }, { rewardRange: [-1, 0] });
  const states = new Set(program.state.map(({ current }) => current.name));
  return partition(simplify(program), ({ name }) => states.has(name)).tensors;
}

const operationsOf = ({ outputs }: Stage) =>
  topologicalOrder(outputs.map(({ node }) => node)).map(({ op }) => op);

describe("stages", () => {
  it.each([
    ["without row normalisation", {}],
    ["of large matrices", { layerNorm: { critic: true }, hidden: [129, 5], batchSize: 256 }],
  ])("are one %s", (_, agent) => {
    const program = tensorsOf(agent);
    expect(stagesOf(program)).toEqual([{ rows: undefined, inputs: program.feeds, outputs: program.outputs }]);
  });

  it("alternate between products and rows for a layer-normalised critic", () => {
    const stages = stagesOf(tensorsOf({ layerNorm: { critic: true } }));
    expect(stages.map(({ rows }) => rows)).toEqual([undefined, 8, undefined, 8, undefined, 8, undefined]);
    for (const stage of stages) {
      const operations = operationsOf(stage);
      if (stage.rows !== undefined) expect(operations).not.toContain("matMul");
      for (const op of ["standardize", "inverseStd"]) expect(operations).not.toContain(op);
    }
  });

  it("compute the critic's loss, and all gradients but those of weights, in kernels", () => {
    const stages = stagesOf(tensorsOf({ layerNorm: { critic: true } }));
    const written = stages
      .filter(({ rows }) => rows === undefined)
      .slice(1, 3)
      .flatMap(({ outputs }) => outputs);
    expect(written.map(({ node }) => node.op)).toEqual(written.map(() => "matMul"));
  });

  it("compute a sum over rows and its use in different kernels", () => {
    const x = input("x", [8, 5]);
    const rows = perRow("standardize", x, 1e-5);
    const total = sum(rows, { axis: 0, keepDims: true });
    const result = mul(rows, total);
    const stages = stagesOf({ state: [], feeds: [x], outputs: [{ name: "result", node: result }] });
    for (const stage of stages.filter(({ rows }) => rows !== undefined)) {
      const nodes = topologicalOrder(stage.outputs.map(({ node }) => node));
      expect(nodes.filter(({ inputs }) => inputs.some(endsKernel))).toEqual([]);
    }
    expect(stages.flatMap(operationsOf)).toContain("sum");
  });

  it.each([
    ["a layer-normalised critic", { layerNorm: { critic: true } }],
    ["a layer-normalised actor", { layerNorm: { actor: true } }],
    ["layer norm and three critics", { layerNorm: { critic: true, actor: true }, critics: { count: 3 } }],
    ["a minimum over critics", { layerNorm: { critic: true }, critics: { count: 2, actorUses: "least" } }],
    ["prioritised replay", { layerNorm: { critic: true }, replay: { kind: "prioritized" } }],
    ["normalised returns", { layerNorm: { critic: true }, normalizeReturns: true }],
    ["inverted gradients", { layerNorm: { critic: true, actor: true }, invertGradients: true }],
    ["a batch as large as a layer", { layerNorm: { critic: true, actor: true }, hidden: [8, 8] }],
    ["batch normalisation of the actor", { layerNorm: { critic: true }, batchNorm: { actor: "batch" } }],
  ])("compute in order what the program computes, with %s", (_, agent) => {
    const program = tensorsOf(agent);
    const rng = Rng.fromSeed(7);
    const values: Record<string, ArrayLike<number>> = Object.fromEntries(
      program.feeds.map(({ name, shape }) => [
        name,
        Float64Array.from({ length: elementCount(shape) }, () => rng.uniformIn(0.1, 0.9)),
      ]),
    );
    const expected = evaluate(
      program.outputs.map(({ node }) => node),
      values,
    );
    const stages = stagesOf(program);
    expect(stages.length).toBeGreaterThan(2);
    for (const { outputs } of stages) {
      const results = evaluate(
        outputs.map(({ node }) => node),
        values,
      );
      for (const [i, { name }] of outputs.entries()) values[name] = results[i]!;
    }
    for (const [i, { name }] of program.outputs.entries()) {
      expect(values[name], name).toHaveLength(expected[i]!.length);
      for (const [j, x] of expected[i]!.entries())
        expect(values[name]![j], `${name}[${j}]`).toBeCloseTo(x, 6);
    }
  });
});
