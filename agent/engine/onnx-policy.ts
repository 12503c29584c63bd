/**
 * @file A policy as an ONNX model, for programs without steadyarm: normalisation, clipping, goal inputs and actor.
 *
 *     observation [batch, O], desired_goal [batch, G]  →  action [batch, A]
 *
 * All three are float32. The model computes in float64, as Policy.act does, so that both give the same actions.
 */

import type { AgentConfig } from "../../shared/agent-config.ts";
import type { EpisodeSizes } from "../../shared/episode.ts";
import { internal } from "../../shared/errors.ts";
import { actorLayout, networkSizes } from "../architecture.ts";
import { BATCH_NORM_EPSILON } from "../graph/batch-norm.ts";
import type { MlpLayout } from "../graph/mlp-layout.ts";
import { LAYER_NORM_EPSILON } from "../graph/ops.ts";
import { type InputNormalizers, inputNormalizers } from "../network-inputs.ts";
import type { Normalizer, NormalizerState } from "../normalizer.ts";
import { type Attribute, encodeModel, type Initializer, type OnnxNode } from "./onnx-model.ts";

/** The parts of a saved policy that act. */
export interface ExportedPolicy {
  readonly config: AgentConfig;
  readonly sizes: Pick<EpisodeSizes, "observation" | "goal" | "action" | "relativeGoal">;
  readonly normalizers: { readonly observation: NormalizerState; readonly goal: NormalizerState };
  /** Flat weight vector of the actor. */
  readonly actor: Float32Array;
}

/** Names of the model's inputs and output: those of Gymnasium's goal environments. */
export const POLICY_INPUTS = { observation: "observation", goal: "desired_goal" } as const;
export const POLICY_OUTPUT = "action";

/** ONNX's codes of element types, for Cast. */
const FLOAT = 1;
const DOUBLE = 11;

/** A policy as the bytes of an ONNX model. @param metadata texts that the model carries, by name */
export function onnxPolicy(
  { config, sizes, normalizers, actor }: ExportedPolicy,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder();
  const inputs = addInputs(graph, inputNormalizers(config, sizes, normalizers));
  const sums = addActor(graph, actorLayout(config, networkSizes(sizes)), actor, inputs);
  const bounded = config.invertGradients ? graph.clip(sums, 1) : graph.add("Tanh", [sums]);
  graph.add("Cast", [bounded], { to: FLOAT }, POLICY_OUTPUT);
  const { nodes, initializers } = graph;
  return encodeModel(
    {
      nodes,
      initializers,
      inputs: [
        { name: POLICY_INPUTS.observation, shape: ["batch", sizes.observation] },
        { name: POLICY_INPUTS.goal, shape: ["batch", sizes.goal] },
      ],
      outputs: [{ name: POLICY_OUTPUT, shape: ["batch", sizes.action] }],
    },
    "policy",
    metadata,
  );
}

/** The network's input, as `writeInputs` computes it: rounded to float32. */
function addInputs(graph: GraphBuilder, { observation, goal, relativeGoal }: InputNormalizers): string {
  const observed = graph.add("Cast", [POLICY_INPUTS.observation], { to: DOUBLE });
  const desired = graph.add("Cast", [POLICY_INPUTS.goal], { to: DOUBLE });
  const parts = [normalized(graph, observed, observation), normalized(graph, desired, goal)];
  if (relativeGoal !== undefined) {
    const elements = graph.integers(relativeGoal.elements);
    const achieved = graph.add("Gather", [observed, elements], { axis: 1 });
    const distance = graph.add("Sub", [desired, achieved]);
    parts.push(graph.add("Tanh", [graph.add("Mul", [distance, graph.numbers([relativeGoal.perMetre])])]));
  }
  const rounded = graph.add("Cast", [graph.add("Concat", parts, { axis: 1 })], { to: FLOAT });
  return graph.add("Cast", [rounded], { to: DOUBLE });
}

function normalized(graph: GraphBuilder, x: string, normalizer: Normalizer): string {
  const { mean } = normalizer.getState();
  const std = Float64Array.from(mean, (_, i) => normalizer.std(i));
  const standard = graph.add("Div", [graph.add("Sub", [x, graph.numbers(mean)]), graph.numbers(std)]);
  return Number.isFinite(normalizer.clip) ? graph.clip(standard, normalizer.clip) : standard;
}

/** The actor's last sums, as MlpForward computes them. */
function addActor(graph: GraphBuilder, layout: MlpLayout, actor: Float32Array, input: string): string {
  const values = (name: string): Float64Array => {
    const part = layout.parts.find((each) => each.name === name);
    if (part === undefined) throw internal(`onnxPolicy: expected a part ${name} in the layout`);
    return Float64Array.from(actor.subarray(part.offset, part.offset + part.size));
  };
  const vector = (name: string) => graph.numbers(values(name));
  const last = layout.sizes.length - 2;
  let x = input;
  for (let layer = 0; layer <= last; layer++) {
    const shape = [layout.sizes[layer]!, layout.sizes[layer + 1]!];
    const weight = graph.numbers(values(`${layer}.weight`), shape);
    x = graph.add("Add", [graph.add("MatMul", [x, weight]), vector(`${layer}.bias`)]);
    if (layer === last) return x;
    if (layout.normalization !== "none") {
      const standard =
        layout.normalization === "layer"
          ? addLayerNorm(graph, x)
          : addBatchNorm(graph, x, values(`${layer}.mean`), values(`${layer}.variance`));
      const scaled = graph.add("Mul", [standard, vector(`${layer}.gain`)]);
      x = graph.add("Add", [scaled, vector(`${layer}.shift`)]);
    }
    x = graph.add("Relu", [x]);
  }
  return x;
}

function addLayerNorm(graph: GraphBuilder, x: string): string {
  const axis = graph.integers([-1]);
  const centred = graph.add("Sub", [x, graph.add("ReduceMean", [x, axis], { keepdims: 1 })]);
  const square = graph.add("Mul", [centred, centred]);
  const variance = graph.add("ReduceMean", [square, axis], { keepdims: 1 });
  const std = graph.add("Sqrt", [graph.add("Add", [variance, graph.numbers([LAYER_NORM_EPSILON])])]);
  return graph.add("Div", [centred, std]);
}

function addBatchNorm(graph: GraphBuilder, x: string, mean: Float64Array, variance: Float64Array): string {
  const std = variance.map((each) => Math.sqrt(each + BATCH_NORM_EPSILON));
  return graph.add("Div", [graph.add("Sub", [x, graph.numbers(mean)]), graph.numbers(std)]);
}

/** Collects nodes and constants; each call returns the name of its result. */
class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Initializer[] = [];

  add(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name = `${opType}_${this.nodes.length}`,
  ): string {
    this.nodes.push({ opType, inputs, outputs: [name], attributes });
    return name;
  }

  /** Bounds each number to ±bound. */
  clip(x: string, bound: number): string {
    return this.add("Clip", [x, this.numbers([-bound], []), this.numbers([bound], [])]);
  }

  numbers(values: ArrayLike<number>, shape: readonly number[] = [values.length]): string {
    return this.#constant(Float64Array.from(values), shape);
  }

  integers(values: readonly number[]): string {
    return this.#constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  #constant(values: Float64Array | BigInt64Array, shape: readonly number[]): string {
    const name = `constant_${this.initializers.length}`;
    this.initializers.push({ name, shape, values });
    return name;
  }
}
