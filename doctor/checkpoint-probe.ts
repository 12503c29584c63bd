/** @file The `probe/…` metrics of a checkpoint: input scale, dead units, exploration, growth and step size of weights. */

import { adamDirection } from "../agent/graph/adam.ts";
import { initialBound, type MlpLayout } from "../agent/graph/mlp-layout.ts";
import type { LearnerState } from "../agent/learner.ts";
import { type InputNormalizers, inputSize, writeInputs } from "../agent/network-inputs.ts";
import type { Policy } from "../agent/policy.ts";
import type { ReplayBuffer } from "../agent/replay-buffer.ts";
import type { GoalObservation } from "../shared/goal-env.ts";
import { type ExaminedRun, sampleObservations, storedObservation, vectorOf } from "./examined-run.ts";

/** Newest episodes that exploration is measured on: their policy was close to the saved one. */
const NEWEST_EPISODES = 4;

/** Stored observations that the networks are examined on. */
const OBSERVATIONS = 512;

/** Metrics by name; NaN if a metric cannot be computed. */
export type ProbeMetrics = Readonly<Record<string, number>>;

/**
 * Returns the metrics of a saved agent, defined in docs/doctor.md.
 *
 * @param successDistance distance within which a goal counts as achieved, metres; NaN if unknown
 */
export function probeCheckpoint(run: ExaminedRun, successDistance: number): ProbeMetrics {
  const { config, sizes, learner, layouts, replay, normalizers, policy, rng } = run;
  const { actorLearningRate, criticLearningRate, exploration: noise } = config.agent;
  const observations = sampleObservations(replay, OBSERVATIONS, rng());
  return {
    ...inputScale(normalizers, observations, inputSize(sizes)),
    "probe/success_in_inputs": successDistance / meanGoalStd(normalizers),
    ...deadUnits(policy, observations, sizes.action),
    ...exploration(policy, replay, noise.parameterNoise > 0),
    ...weightMetrics(learner, "actor", [layouts.actor], actorLearningRate),
    ...weightMetrics(learner, "critic", layouts.critics, criticLearningRate),
    "probe/replay_episodes": replay.episodes,
  };
}

function inputScale(
  normalizers: InputNormalizers,
  observations: readonly GoalObservation[],
  size: number,
): ProbeMetrics {
  const { clip } = normalizers.observation;
  const inputs = new Float32Array(size);
  let squares = 0;
  let clipped = 0;
  for (const { observation, desiredGoal } of observations) {
    writeInputs(normalizers, observation, desiredGoal, 1, inputs, size);
    for (const x of inputs) {
      squares += x * x;
      if (Math.abs(x) >= clip) clipped += 1;
    }
  }
  const count = observations.length * size;
  return { "probe/input_rms": Math.sqrt(squares / count), "probe/clipped_inputs": clipped / count };
}

/** Returns the mean over coordinates of the standard deviation that goals are divided by. */
function meanGoalStd({ goal }: InputNormalizers): number {
  let sum = 0;
  for (let i = 0; i < goal.size; i++) sum += goal.std(i) / goal.size;
  return sum;
}

/** Shares of units that are 0 for all observations. */
function deadUnits(
  policy: Policy,
  observations: readonly GoalObservation[],
  actionSize: number,
): ProbeMetrics {
  const actor: boolean[][] = [];
  const critic: boolean[][] = [];
  const action = new Float32Array(actionSize);
  for (const observation of observations) {
    policy.act(observation, action);
    markAlive(actor, policy.actorFeatures);
    policy.value(observation, action);
    markAlive(critic, policy.criticFeatures);
  }
  return { "probe/dead_actor": maxDeadShare(actor), "probe/dead_critic": maxDeadShare(critic) };
}

function markAlive(alive: boolean[][], layers: readonly Float64Array[]): void {
  for (const [i, layer] of layers.entries()) {
    alive[i] ??= Array.from(layer, () => false);
    for (let j = 0; j < layer.length; j++) if (layer[j]! !== 0) alive[i]![j] = true;
  }
}

/** Returns the share of dead units in the layer with the most: one dead layer suffices to block a network. */
function maxDeadShare(alive: readonly (readonly boolean[])[]): number {
  return Math.max(...alive.map((units) => units.filter((unit) => !unit).length / units.length));
}

/**
 * RMS difference of the newest episodes' actions from the saved policy's, and the part of it that is action noise.
 *
 * The second difference in time separates the two: the difference between an earlier and the saved policy is smooth in
 * time, and white noise of standard deviation σ has second differences of standard deviation √6 σ.
 */
function exploration(policy: Policy, replay: ReplayBuffer, hasParameterNoise: boolean): ProbeMetrics {
  const { action: size } = replay.sizes;
  const policyAction = new Float32Array(size);
  const executedAction = new Float32Array(size);
  let squares = 0;
  let count = 0;
  let secondSquares = 0;
  let secondCount = 0;
  for (let age = 0; age < Math.min(NEWEST_EPISODES, replay.episodes); age++) {
    const slot = replay.slotByAge(age);
    const differences: Float64Array[] = [];
    for (let step = 0; step < replay.lengthOf(slot); step++) {
      policy.act(storedObservation(replay, slot, step), policyAction);
      replay.readAction(slot, step, executedAction, 0);
      const difference = Float64Array.from(policyAction, (a, i) => executedAction[i]! - a);
      for (const d of difference) squares += d * d;
      count += size;
      differences.push(difference);
    }
    for (let t = 1; t + 1 < differences.length; t++) {
      const [previous, current, next] = [differences[t - 1]!, differences[t]!, differences[t + 1]!];
      for (let i = 0; i < size; i++) secondSquares += (previous[i]! - 2 * current[i]! + next[i]!) ** 2;
      secondCount += size;
    }
  }
  return {
    "probe/exploration": Math.sqrt(squares / count),
    // Parameter noise is smooth in time, so this cannot measure it.
    "probe/exploration_jitter": hasParameterNoise ? Number.NaN : Math.sqrt(secondSquares / (6 * secondCount)),
  };
}

/**
 * RMS of the hidden layers' weights relative to initialisation, and RMS of the last update relative to the weights.
 *
 * Biases and the last layer are left out: settings and injected faults initialise them at any size.
 */
function weightMetrics(
  learner: LearnerState,
  network: "actor" | "critic",
  layouts: readonly MlpLayout[],
  learningRate: number,
): ProbeMetrics {
  const weights = vectorOf(learner, network);
  const sums = vectorOf(learner, `${network}/sum`);
  const squareSums = vectorOf(learner, `${network}/squareSum`);
  const [count = 0, squareCount = 0] = vectorOf(learner, `${network}/count`);
  let squares = 0;
  let initialSquares = 0;
  let stepSquares = 0;
  for (const { sizes, parts } of layouts) {
    for (const { name, offset, size, shape } of parts) {
      const [layer, kind] = name.split(".");
      if (kind !== "weight" || Number(layer) === sizes.length - 2) continue;
      initialSquares += (size * initialBound(shape[0]!) ** 2) / 3;
      for (let i = offset; i < offset + size; i++) {
        squares += weights[i]! ** 2;
        const direction = adamDirection(sums[i]!, squareSums[i]!, [count, squareCount]);
        stepSquares += (learningRate * direction) ** 2;
      }
    }
  }
  return {
    [`probe/${network}_growth`]: Math.sqrt(squares / initialSquares),
    [`probe/${network}_step`]: Math.sqrt(stepSquares / squares),
  };
}
