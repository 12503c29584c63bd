/**
 * @file A trained policy as one small file: actor, critic, input statistics, and where it is from.
 *
 * safetensors, so that Python reads it too: `actor.0.weight` [inputs, outputs], `critic.0.weight` (and
 * `critic2.0.weight`, …) and so on for each layer, `observation.mean`, `observation.squares`, `goal.mean`, `goal.squares` [N] in float64; the rest is metadata.
 */

import { z } from "zod";
import { actorLayout, criticLayouts } from "../agent/architecture.ts";
import type { AgentState } from "../agent/ddpg.ts";
import type { MlpLayout } from "../agent/graph/mlp-layout.ts";
import { inputSize } from "../agent/network-inputs.ts";
import { Normalizer, type NormalizerState } from "../agent/normalizer.ts";
import { Policy } from "../agent/policy.ts";
import { parseConfig, type RunConfig } from "../shared/config.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import type { RelativeGoal } from "../shared/goal-env.ts";
import { readSafetensors, type Tensor, type Tensors, writeSafetensors } from "./safetensors.ts";

const FORMAT = "steadyarm-policy";
const SCHEMA_VERSION = "1";

/** A policy and what it was made by. */
export interface LoadedPolicy {
  readonly policy: Policy;
  /** Environment steps it was trained for. */
  readonly step: number;
  readonly config: RunConfig;
  readonly sizes: Pick<EpisodeSizes, "observation" | "goal" | "action" | "relativeGoal">;
}

const Metadata = z.object({
  format: z.literal(FORMAT),
  schemaVersion: z.literal(SCHEMA_VERSION),
  step: z.string().regex(/^\d{1,15}$/),
  observationCount: z.string().regex(/^\d{1,15}$/),
  goalCount: z.string().regex(/^\d{1,15}$/),
  config: z.string(),
  /** RelativeGoal as JSON; absent where the networks see no finer. */
  relativeGoal: z.string().optional(),
});

const Relative = z.strictObject({
  elements: z.array(z.int().nonnegative()),
  perMetre: z.number().positive(),
});

/** Writes actor and critic of an agent's state, atomically. Throws InputError if the disk does not take it. */
export function writePolicy(
  path: string,
  state: AgentState,
  config: RunConfig,
  step: number,
  sizes: EpisodeSizes,
): void {
  const { observation, goal } = state.memory.normalizers;
  const vector = (data: Float64Array): Tensor => ({ shape: [data.length], data });
  const tensors: Record<string, Tensor> = {
    "observation.mean": vector(observation.mean),
    "observation.squares": vector(observation.squares),
    "goal.mean": vector(goal.mean),
    "goal.squares": vector(goal.squares),
  };
  for (const { network, vector: from, layout } of networksOf(config, sizes)) {
    const weights = state.learner.vectors[from] ?? new Float32Array(0);
    for (const { name, shape, offset, size } of layout.parts) {
      tensors[`${network}.${name}`] = { shape, data: weights.subarray(offset, offset + size) };
    }
  }
  writeSafetensors(path, tensors, {
    metadata: {
      format: FORMAT,
      schemaVersion: SCHEMA_VERSION,
      step: String(step),
      observationCount: String(observation.count),
      goalCount: String(goal.count),
      config: JSON.stringify(config),
      ...(sizes.relativeGoal === undefined ? {} : { relativeGoal: JSON.stringify(sizes.relativeGoal) }),
    },
  });
}

/** Reads a policy. Throws InputError naming the file, and the tensor if one is not as its config says. */
export function readPolicy(path: string): LoadedPolicy {
  const { tensors, metadata } = readSafetensors(path);
  if (metadata["format"] !== FORMAT)
    throw refuse(path, "a policy of steadyarm", unquoted("another safetensors file"));
  const parsed = Metadata.safeParse(metadata);
  if (!parsed.success) {
    throw refuse(
      `${path}: metadata`,
      `schema ${SCHEMA_VERSION}`,
      metadata["schemaVersion"],
      "Use the steadyarm that wrote it",
    );
  }
  const config = parseConfig(parseText(parsed.data.config, path), path);
  const observation = statistics(tensors, "observation", Number(parsed.data.observationCount), path);
  const goal = statistics(tensors, "goal", Number(parsed.data.goalCount), path);
  const action = tensors[`actor.${config.agent.hidden.length}.bias`]?.shape[0];
  if (action === undefined)
    throw refuse(path, `${config.agent.hidden.length + 1} layers, as its config says`, unquoted("fewer"));
  const relative = relativeGoalOf(parsed.data.relativeGoal, observation.mean.length, goal.mean.length, path);
  const sizes = { observation: observation.mean.length, goal: goal.mean.length, action, ...relative };

  const [actor, ...critics] = networksOf(config, sizes).map(({ network, layout }) => {
    const weights = weightsOf(tensors, network, layout, path);
    return { layout, weights: () => weights };
  });
  const clip = config.agent.normalize ? config.agent.normalizeClip : Number.POSITIVE_INFINITY;
  const normalizers = {
    observation: normalizer(observation, clip, `${path}: observation`),
    goal: normalizer(goal, clip, `${path}: goal`),
    ...relative,
  };
  const policy = new Policy(normalizers, actor!, critics, config.agent.invertGradients ? "clip" : "tanh");
  return { policy, step: Number(parsed.data.step), config, sizes };
}

/** The networks of a file, the actor first: names of their tensors, the vector they are in, and where in it. */
function networksOf({ agent }: RunConfig, sizes: LoadedPolicy["sizes"]) {
  const networkSizes = { inputs: inputSize(sizes), actions: sizes.action };
  const critics = criticLayouts(agent, networkSizes).map((layout, i) => {
    return { network: i === 0 ? "critic" : `critic${i + 1}`, vector: "critic", layout };
  });
  return [{ network: "actor", vector: "actor", layout: actorLayout(agent, networkSizes) }, ...critics];
}

function weightsOf(tensors: Tensors, network: string, layout: MlpLayout, path: string): Float32Array {
  const weights = new Float32Array(layout.size);
  for (const { name, shape, offset } of layout.parts) {
    const tensor = tensors[`${network}.${name}`];
    if (!(tensor?.data instanceof Float32Array) || String(tensor.shape) !== String(shape)) {
      const got = tensor === undefined ? undefined : unquoted(`[${tensor.shape}]`);
      throw refuse(`${path}: ${network}.${name}`, `float32 of shape [${shape}]`, got);
    }
    weights.set(tensor.data, offset);
  }
  return weights;
}

/** The fine look at the goal that a policy was trained with, if any. */
function relativeGoalOf(
  text: string | undefined,
  observation: number,
  goal: number,
  path: string,
): { relativeGoal?: RelativeGoal } {
  if (text === undefined) return {};
  const { data } = Relative.safeParse(parseText(text, path));
  if (data?.elements.length !== goal || data.elements.some((element) => element >= observation)) {
    throw refuse(`${path}: relativeGoal`, `${goal} elements of the observation`, unquoted("something else"));
  }
  return { relativeGoal: data };
}

function normalizer(state: NormalizerState, clip: number, where: string): Normalizer {
  const restored = new Normalizer(state.mean.length, clip);
  restored.setState(state, where);
  return restored;
}

function statistics(tensors: Tensors, name: string, count: number, path: string): NormalizerState {
  const mean = tensors[`${name}.mean`]?.data;
  const squares = tensors[`${name}.squares`]?.data;
  if (
    !(mean instanceof Float64Array) ||
    !(squares instanceof Float64Array) ||
    mean.length !== squares.length
  ) {
    throw refuse(
      `${path}: ${name}`,
      "mean and squares in float64, as many of each",
      unquoted("something else"),
    );
  }
  return { count, mean, squares };
}

function parseText(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${path}: its config is not JSON; the file is damaged`);
  }
}
