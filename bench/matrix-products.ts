/** @file Matrix products in a program: their operation count, and the peak rate of this processor. */

import type { Engine } from "../agent/engine/engine.ts";
import { sizeAt, topologicalOrder } from "../agent/graph/node.ts";
import { input, matMul, mean } from "../agent/graph/ops.ts";
import { type Program, rootsOf } from "../agent/graph/program.ts";
import { simplify } from "../agent/graph/simplify.ts";

/** Size of the square matrices for the peak rate: large enough that the overhead of a call is negligible. */
const SIZE = 512;

/** Floating-point operations of all matrix products in one run of the simplified program. */
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

/** A program with a single large matrix product, and its operation count. */
export async function singleProduct(
  engine: Engine,
): Promise<{ readonly run: () => Promise<void>; readonly operations: number; readonly dispose: () => void }> {
  const a = input("a", [SIZE, SIZE]);
  const b = input("b", [SIZE, SIZE]);
  const compiled = await engine.compile({
    feeds: [a, b],
    state: [],
    outputs: [{ name: "mean", node: mean(matMul(a, b)) }],
  });
  const feeds = { a: new Float32Array(SIZE * SIZE).fill(0.5), b: new Float32Array(SIZE * SIZE).fill(0.25) };
  return { run: () => compiled.run(feeds), operations: 2 * SIZE ** 3, dispose: () => compiled.dispose() };
}
