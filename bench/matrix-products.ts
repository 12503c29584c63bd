/** @file How much of an update is matrix products, and how fast this processor can do those at best. */

import type { Engine } from "../agent/engine/engine.ts";
import { sizeAt, topologicalOrder } from "../agent/graph/node.ts";
import { input, matMul, mean } from "../agent/graph/ops.ts";
import { type Program, rootsOf } from "../agent/graph/program.ts";
import { simplify } from "../agent/graph/simplify.ts";

/** Edge of the square matrices that the best rate is taken from: large enough that calls cost nothing beside. */
const EDGE = 512;

/** Floating-point operations of all matrix products in one run, as the engine runs it. */
export function productOperations(program: Program): number {
  let operations = 0;
  for (const node of topologicalOrder(rootsOf(simplify(program)))) {
    if (node.op !== "matMul") continue;
    const [a] = node.inputs;
    const inner = sizeAt(a.shape, node.transposeA ? 0 : 1);
    operations += 2 * sizeAt(node.shape, 0) * sizeAt(node.shape, 1) * inner;
  }
  return operations;
}

/** The same engine with a single large product: what it does, and its operations. */
export async function singleProduct(
  engine: Engine,
): Promise<{ readonly run: () => Promise<void>; readonly operations: number; readonly dispose: () => void }> {
  const a = input("a", [EDGE, EDGE]);
  const b = input("b", [EDGE, EDGE]);
  const compiled = await engine.compile({
    feeds: [a, b],
    state: [],
    outputs: [{ name: "mean", node: mean(matMul(a, b)) }],
  });
  const feeds = { a: new Float32Array(EDGE * EDGE).fill(0.5), b: new Float32Array(EDGE * EDGE).fill(0.25) };
  return { run: () => compiled.run(feeds), operations: 2 * EDGE ** 3, dispose: () => compiled.dispose() };
}
