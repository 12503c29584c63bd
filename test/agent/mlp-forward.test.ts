import { describe, expect, it } from "vitest";
import { actorLayout, criticLayouts } from "../../agent/architecture.ts";
import { evaluate } from "../../agent/graph/evaluate.ts";
import { mlp } from "../../agent/graph/mlp.ts";
import { initialWeights } from "../../agent/graph/mlp-layout.ts";
import { input } from "../../agent/graph/ops.ts";
import { MlpForward } from "../../agent/mlp-forward.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

const SIZES = { inputs: 3, actions: 2 };

describe.each([
  ["no normalisation", {}],
  ["layer normalisation", { layerNorm: { actor: true, critic: true } }],
  ["batch normalisation", { batchNorm: { actor: "batch", critic: "renorm" } }],
])("MlpForward with %s", (_name, settings) => {
  it("matches the graph's forward pass", () => {
    const config = parseConfig({ agent: { hidden: [8, 8], ...settings } }, "test").agent;
    for (const layout of [actorLayout(config, SIZES), criticLayouts(config, SIZES)[0]!]) {
      const rng = Rng.fromSeed(5);
      const weights = initialWeights(layout, rng, 0.5).map((x) => x + rng.uniformIn(-0.2, 0.2));
      const forward = new MlpForward(layout);
      for (let i = 0; i < forward.input.length; i++) forward.input[i] = rng.normal();
      const x = input("x", [1, forward.input.length]);
      const w = input("w", [layout.size]);
      const [expected] = evaluate([mlp(layout, w, x).output], { x: forward.input, w: weights });
      for (const [i, value] of forward.run(weights).entries()) expect(value).toBeCloseTo(expected![i]!, 5);
    }
  });
});
