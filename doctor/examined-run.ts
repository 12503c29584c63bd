/** @file What examinations look at: a run's newest checkpoint, unpacked, beside its first policy and an intact environment. */

import { actorLayout, criticLayouts, networkSizes } from "../agent/architecture.ts";
import type { AgentState } from "../agent/ddpg.ts";
import type { MlpLayout } from "../agent/graph/mlp-layout.ts";
import type { LearnerState } from "../agent/learner.ts";
import { type InputNormalizers, inputNormalizers } from "../agent/network-inputs.ts";
import { type Policy, policyFrom } from "../agent/policy.ts";
import { ReplayBuffer } from "../agent/replay-buffer.ts";
import type { AgentConfig } from "../shared/agent-config.ts";
import type { RunConfig } from "../shared/config.ts";
import type { EpisodeSizes } from "../shared/episode.ts";
import { InputError } from "../shared/errors.ts";
import type { GoalEnv, GoalObservation } from "../shared/goal-env.ts";
import { Rng } from "../shared/rng.ts";
import type { MetricRow } from "../storage/metrics.ts";
import { type LoadedPolicy, readPolicy } from "../storage/policy-file.ts";
import { policiesOf, policyPath, policySteps } from "../storage/policy-folder.ts";
import { randomEpisodes, warmupSlots } from "./random-episodes.ts";
import type { RunRecord } from "./run-record.ts";

/** The environment as its settings make it, whatever the run's was like. */
export interface IntactEnvironment {
  readonly env: GoalEnv;
  /** The warm-up's actions in it, or other random ones if there are none. */
  readonly reference: ReplayBuffer;
}

/** A policy and how its evaluation was logged. */
export interface EvaluatedPolicy {
  readonly policy: Policy;
  readonly successRate: number;
  readonly meanReturn: number;
  /** Metres. */
  readonly meanFinalDistance: number;
}

export interface ExaminedRun {
  readonly config: RunConfig;
  readonly unrepeatable: RunRecord["unrepeatable"];
  readonly ahead: RunRecord["ahead"];
  readonly sizes: EpisodeSizes;
  /** Episodes of the run, with demonstrations first. */
  readonly replay: ReplayBuffer;
  /** Slots of the warm-up's episodes, of random actions; none if they are not in the replay buffer any more. */
  readonly warmup: readonly number[];
  /** Undefined for an environment that the doctor cannot make, or that diverges under random actions. */
  readonly intact: IntactEnvironment | undefined;
  readonly normalizers: InputNormalizers;
  /** The policy of the trained actor, without weight averaging. */
  readonly policy: Policy;
  readonly learner: LearnerState;
  /** All of the saved agent. */
  readonly state: AgentState;
  readonly layouts: { readonly actor: MlpLayout; readonly critics: readonly MlpLayout[] };
  /** Weights before the first update; undefined if no policy was saved then. */
  readonly first: LoadedPolicy["weights"] | undefined;
  /** The first policy that was saved after an update; undefined if there is none. */
  readonly firstUpdated: LoadedPolicy | undefined;
  /** The newest evaluation whose policy was saved; undefined if there is none. */
  readonly evaluated: EvaluatedPolicy | undefined;
  /** A generator of the run's seed, the same for every examination. */
  rng(): Rng;
}

/**
 * Unpacks a saved agent; plays episodes in the environment, which the caller disposes of.
 *
 * @param sizes of its episodes
 * @param env   undefined if the doctor cannot make it
 * @returns undefined if the replay buffer is empty or does not have these sizes
 * @throws InputError if the networks do not fit the config
 */
export function examinedRun(
  {
    run,
    config,
    rows,
    ahead,
    unrepeatable,
  }: Pick<RunRecord, "run" | "config" | "rows" | "ahead" | "unrepeatable">,
  state: AgentState,
  sizes: EpisodeSizes,
  env: GoalEnv | undefined,
): ExaminedRun | undefined {
  const { agent, train } = config;
  const { learner, memory } = state;
  const replay = new ReplayBuffer(agent.replayCapacity, sizes);
  try {
    replay.setState(memory.replay, "checkpoint: replay");
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
  if (replay.episodes === 0) return undefined;
  const normalizers = inputNormalizers(agent, sizes, memory.normalizers);
  const networks = networkSizes(sizes);
  const warmup = warmupSlots(replay, agent.warmupSteps);
  const rng = () => Rng.fromSeed(train.seed).fork("doctor");
  const steps = policySteps(run);
  const updatedAt = steps.find((step) => updatesAt(agent, step) >= 1);
  return {
    config,
    unrepeatable,
    ahead,
    sizes,
    replay,
    warmup,
    intact: env === undefined ? undefined : played(env, replay, warmup, rng().fork("reference")),
    normalizers,
    policy: policyFrom(agent, sizes, {
      normalizers,
      actor: () => vectorOf(learner, "actor"),
      critic: () => vectorOf(learner, "critic"),
    }),
    learner,
    state,
    layouts: { actor: actorLayout(agent, networks), critics: criticLayouts(agent, networks) },
    first: steps[0] === 0 ? policyOf(run, 0)?.weights : undefined,
    firstUpdated: updatedAt === undefined ? undefined : policyOf(run, updatedAt),
    evaluated: newestEvaluated(run, rows),
    rng,
  };
}

/** Plays the warm-up's actions; undefined if the simulation diverges. */
function played(
  env: GoalEnv,
  replay: ReplayBuffer,
  warmup: readonly number[],
  rng: Rng,
): IntactEnvironment | undefined {
  try {
    return { env, reference: randomEpisodes(env, replay, warmup, rng) };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** A vector of the update's state; empty if the checkpoint lacks it. */
export function vectorOf({ vectors }: LearnerState, name: string): Float32Array {
  return vectors[name] ?? new Float32Array(0);
}

/** A stored observation with its episode's own goal; the caller owns it. */
export function storedObservation(replay: ReplayBuffer, slot: number, moment: number): GoalObservation {
  const { observation, goal } = replay.sizes;
  const read = {
    observation: new Float32Array(observation),
    achievedGoal: new Float32Array(goal),
    desiredGoal: new Float32Array(goal),
  };
  replay.readObservation(slot, moment, read.observation, 0);
  replay.readAchievedGoal(slot, moment, read.achievedGoal, 0);
  replay.readDesiredGoal(slot, read.desiredGoal, 0);
  return read;
}

/** Stored observations, drawn uniformly from episodes and then from their steps. */
export function sampleObservations(replay: ReplayBuffer, count: number, rng: Rng): GoalObservation[] {
  return Array.from({ length: count }, () => {
    const slot = rng.integer(replay.episodes);
    return storedObservation(replay, slot, rng.integer(replay.lengthOf(slot)));
  });
}

/** Updates that a run has made after a number of environment steps, if the warm-up had stored an episode. */
export function updatesAt({ warmupSteps, updatesPerStep }: AgentConfig, step: number): number {
  return Math.max(0, step - warmupSteps) * updatesPerStep;
}

function newestEvaluated(run: string, rows: readonly MetricRow[]): EvaluatedPolicy | undefined {
  for (const step of policySteps(run).reverse()) {
    const values = rows.find((row) => row.step === step)?.values;
    const policy = values === undefined ? undefined : policyOf(run, step)?.policy;
    const logged = (name: string) => values?.[`eval/${name}`] ?? Number.NaN;
    const evaluation = {
      successRate: logged("success_rate"),
      meanReturn: logged("mean_reward"),
      meanFinalDistance: logged("mean_final_distance"),
    };
    if (policy !== undefined && Object.values(evaluation).every(Number.isFinite))
      return { policy, ...evaluation };
  }
  return undefined;
}

/** A run's policy of a step; undefined if its file is damaged. */
function policyOf(run: string, step: number): LoadedPolicy | undefined {
  try {
    return readPolicy(policyPath(policiesOf(run), step));
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
