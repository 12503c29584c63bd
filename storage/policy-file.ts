/**
 * @file A trained policy as one small safetensors file: actor, critics, input statistics, configuration.
 *
 * Tensors: `actor.0.weight` [inputs, outputs], `actor.0.bias`, … for each layer; the same under `critic`,
 * `critic2`, …; `observation.mean`, `observation.squares`, `goal.mean`, `goal.squares` [N] in float64.
 * Everything else is metadata.
 */

import { z } from "zod";
import { actorLayout, criticLayouts, networkSizes } from "../agent/architecture.ts";
import type { MlpLayout } from "../agent/graph/mlp-layout.ts";
import { inputNormalizers } from "../agent/network-inputs.ts";
import type { NormalizerState } from "../agent/normalizer.ts";
import { type Policy, policyFrom } from "../agent/policy.ts";
import { parseConfig, type RunConfig } from "../shared/config.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import { InputError, refuse, unquoted } from "../shared/errors.ts";
import { refuseUncheckedEnv } from "../shared/foreign-paths.ts";
import type { RelativeGoal } from "../shared/goal-env.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { encodeChecked, verifyChecked } from "./checked-tensors.ts";
import { readRegularFile } from "./regular-file.ts";
import { decodeSafetensors, type Tensor, type Tensors } from "./safetensors.ts";
import { parseJson } from "./strict-json.ts";

const FORMAT = "steadyarm-policy";
/** The layout that this version writes. Files of schema 1 have no checksum; they are read unverified. */
const SCHEMA_VERSION = "2";
const UNCHECKED_VERSION = "1";

/** Bounds beyond which numbers come from a diverged training or a damaged file. */
const MAX_WEIGHT = 1e6;
const MAX_MEAN = 1e10;
/** Squares are sums over all observations. */
const MAX_SQUARES = 1e30;

type PolicySizes = Pick<EpisodeSizes, "observation" | "goal" | "action" | "relativeGoal">;

/** What a policy file stores; a snapshot of training has it. */
export interface SavedPolicy {
  /** Environment steps trained. */
  readonly steps: number;
  /** Flat weight vectors of the policy's actor and of all critics. */
  readonly weights: { readonly actor: Float32Array; readonly critic: Float32Array };
  /** Input statistics. */
  readonly normalizers: { readonly observation: NormalizerState; readonly goal: NormalizerState };
}

export interface LoadedPolicy {
  readonly policy: Policy;
  /** Environment steps trained. */
  readonly step: number;
  /** Of the run that trained it. */
  readonly config: RunConfig;
  readonly sizes: PolicySizes;
  /** Flat weight vectors of the actor and of all critics. */
  readonly weights: { readonly actor: Float32Array; readonly critic: Float32Array };
  /** Input statistics. */
  readonly normalizers: { readonly observation: NormalizerState; readonly goal: NormalizerState };
}

const Metadata = z.object({
  format: z.literal(FORMAT),
  schemaVersion: z.enum([SCHEMA_VERSION, UNCHECKED_VERSION]),
  checksum: z.string().optional(),
  step: z.string().regex(/^\d{1,15}$/),
  observationCount: z.string().regex(/^\d{1,15}$/),
  goalCount: z.string().regex(/^\d{1,15}$/),
  /** RunConfig as JSON. */
  config: z.string(),
  /** RelativeGoal as JSON; absent if the networks have no such input. */
  relativeGoal: z.string().optional(),
});

const Relative = z.strictObject({
  elements: z.array(z.int().nonnegative()),
  perMetre: z.number().positive(),
});

/** Writes a policy atomically. Throws InputError if the disk refuses. */
export function writePolicy(
  path: string,
  { steps, weights, normalizers: { observation, goal } }: SavedPolicy,
  config: RunConfig,
  sizes: PolicySizes,
): void {
  const vector = (data: Float64Array): Tensor => ({ shape: [data.length], data });
  const tensors: Record<string, Tensor> = {
    "observation.mean": vector(observation.mean),
    "observation.squares": vector(observation.squares),
    "goal.mean": vector(goal.mean),
    "goal.squares": vector(goal.squares),
  };
  const { actor, critics } = layoutsOf(config, sizes);
  const addWeights = (network: string, layout: MlpLayout, vector: Float32Array) => {
    for (const { name, shape, offset, size } of layout.parts) {
      tensors[`${network}.${name}`] = { shape, data: vector.subarray(offset, offset + size) };
    }
  };
  addWeights("actor", actor, weights.actor);
  for (const [i, critic] of critics.entries()) addWeights(criticName(i), critic, weights.critic);
  refuseAbsurd(tensors, path);
  const metadata = {
    format: FORMAT,
    schemaVersion: SCHEMA_VERSION,
    step: String(steps),
    observationCount: String(observation.count),
    goalCount: String(goal.count),
    config: JSON.stringify(config),
    ...(sizes.relativeGoal === undefined ? {} : { relativeGoal: JSON.stringify(sizes.relativeGoal) }),
  };
  writeFileAtomically(path, encodeChecked(tensors, path, metadata));
}

/** Reads a policy. Throws InputError naming the file, and the tensor that does not match its configuration. */
export function readPolicy(path: string): LoadedPolicy {
  const bytes = readRegularFile(path);
  const { tensors, metadata: found } = decodeSafetensors(bytes, path);
  const metadata = parseMetadata(found, path);
  refuseAbsurd(tensors, path);
  const config = parseConfig(parseJsonText(metadata.config, path), path);
  refuseUncheckedEnv(config.env, path);
  const observation = readStatistics(tensors, "observation", Number(metadata.observationCount), path);
  const goal = readStatistics(tensors, "goal", Number(metadata.goalCount), path);
  const layers = config.agent.hidden.length + 1;
  const action = tensors[`actor.${layers - 1}.bias`]?.shape[0];
  if (action === undefined) throw refuse(path, `${layers} layers, as its config says`, unquoted("fewer"));
  const sizes: PolicySizes = {
    observation: observation.mean.length,
    goal: goal.mean.length,
    action,
    ...parseRelativeGoal(metadata.relativeGoal, observation.mean.length, goal.mean.length, path),
  };

  const layouts = layoutsOf(config, sizes);
  const actor = new Float32Array(layouts.actor.size);
  const critic = new Float32Array(layouts.critics[0]!.size);
  readWeights(tensors, "actor", layouts.actor, path, actor);
  for (const [i, layout] of layouts.critics.entries()) {
    readWeights(tensors, criticName(i), layout, path, critic);
  }
  const policy = policyFrom(config.agent, sizes, {
    normalizers: inputNormalizers(config.agent, sizes, { observation, goal }, path),
    actor: () => actor,
    critic: () => critic,
  });
  if (metadata.schemaVersion === SCHEMA_VERSION || metadata.checksum !== undefined)
    verifyChecked(bytes, metadata.checksum, path);
  const step = Number(metadata.step);
  return { policy, step, config, sizes, weights: { actor, critic }, normalizers: { observation, goal } };
}

/** The critics' layouts are parts of one weight vector. */
function layoutsOf({ agent }: RunConfig, sizes: PolicySizes) {
  const network = networkSizes(sizes);
  return { actor: actorLayout(agent, network), critics: criticLayouts(agent, network) };
}

function criticName(i: number): string {
  return i === 0 ? "critic" : `critic${i + 1}`;
}

/** Throws InputError for weights and input statistics that no training that works ends with. */
function refuseAbsurd(tensors: Tensors, path: string): void {
  for (const [name, { data }] of Object.entries(tensors)) {
    const isStatistic = data instanceof Float64Array;
    const max = !isStatistic ? MAX_WEIGHT : name.endsWith(".squares") ? MAX_SQUARES : MAX_MEAN;
    for (let i = 0; i < data.length; i++) {
      const value = Number(data[i]);
      if (Math.abs(value) <= max) continue;
      throw refuse(
        `${path}: ${name}[${i}]`,
        `a number in [${-max}, ${max}]`,
        value,
        "The training has diverged; use the policy of an earlier step",
      );
    }
  }
}

function readWeights(
  tensors: Tensors,
  network: string,
  layout: MlpLayout,
  path: string,
  into: Float32Array,
): void {
  for (const { name, shape, offset } of layout.parts) {
    const tensor = tensors[`${network}.${name}`];
    if (!(tensor?.data instanceof Float32Array) || String(tensor.shape) !== String(shape)) {
      const got = tensor === undefined ? undefined : unquoted(`[${tensor.shape}]`);
      throw refuse(`${path}: ${network}.${name}`, `float32 of shape [${shape}]`, got);
    }
    into.set(tensor.data, offset);
  }
}

function parseMetadata(found: Readonly<Record<string, string>>, path: string): z.infer<typeof Metadata> {
  if (found["format"] !== FORMAT) {
    throw refuse(path, "a policy of steadyarm", unquoted("another safetensors file"));
  }
  const parsed = Metadata.safeParse(found);
  if (parsed.success) return parsed.data;
  const version = found["schemaVersion"];
  throw refuse(
    `${path}: metadata`,
    `schema ${UNCHECKED_VERSION} or ${SCHEMA_VERSION}`,
    version,
    "Use the steadyarm version that wrote it",
  );
}

function parseRelativeGoal(
  text: string | undefined,
  observation: number,
  goal: number,
  path: string,
): { relativeGoal?: RelativeGoal } {
  if (text === undefined) return {};
  const { data } = Relative.safeParse(parseJsonText(text, path));
  if (data?.elements.length !== goal || data.elements.some((element) => element >= observation)) {
    throw refuse(`${path}: relativeGoal`, `${goal} elements of the observation`, unquoted(text));
  }
  return { relativeGoal: data };
}

function readStatistics(tensors: Tensors, name: string, count: number, path: string): NormalizerState {
  const array = (kind: "mean" | "squares"): Float64Array => {
    const data = tensors[`${name}.${kind}`]?.data;
    if (!(data instanceof Float64Array)) throw refuse(`${path}: ${name}.${kind}`, "float64 numbers", data);
    return data;
  };
  return { count, mean: array("mean"), squares: array("squares") };
}

function parseJsonText(text: string, path: string): unknown {
  try {
    return parseJson(new TextEncoder().encode(text), path);
  } catch {
    throw new InputError(`${path}: its metadata is not JSON; the file is damaged`);
  }
}
