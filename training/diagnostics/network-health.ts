/** @file Health of the networks on evaluation episodes: slope of Q, dormant units, rank of features, policy drift, torque chatter. */

import type { Policy } from "../../agent/policy.ts";
import type { Episode } from "../../shared/episode.ts";
import type { GoalObservation } from "../../shared/goal-env.ts";
import type { Rng } from "../../shared/rng.ts";
import { actionAt, observationAt } from "./episode-views.ts";

/** τ of Sokar et al. 2023: a unit is dormant if its mean activity is at most this share of its layer's mean. */
const DORMANT = 0.1;

/** Half the step of central differences, in units of action. */
const DELTA = 0.01;

const POWER_ITERATIONS = 50;

export interface NetworkHealth {
  /** Mean ‖∂Q/∂a‖ at the policy's actions. */
  readonly slopeAtPolicy: number;
  /** Mean ‖∂Q/∂a‖ at uniformly random actions. */
  readonly slopeAtRandom: number;
  /** Share of dormant hidden units. */
  readonly dormantActor: number;
  readonly dormantCritic: number;
  /** ‖Φ‖²_F / σ₁² of the critic's last hidden layer over the states. */
  readonly stableRank: number;
  /** RMS difference between the actions of the actor and its target network: its drift over about 1/τ updates. */
  readonly drift: number;
  /** Sign changes of a joint's torque per second, mean over joints and episodes. */
  readonly signChanges: number;
}

/** Measures the networks on one random moment of each episode, and the chatter on all its actions. */
export class NetworkHealthMeter {
  readonly #policy: Policy;
  readonly #target: Policy;
  readonly #rng: Rng;
  readonly #controlTimestep: number;
  readonly #features: Float64Array[] = [];
  readonly #actorActivity: Float64Array[] = [];
  readonly #criticActivity: Float64Array[] = [];
  #states = 0;
  #slopeAtPolicy = 0;
  #slopeAtRandom = 0;
  #signChanges = 0;
  #drift = 0;

  /** @param target policy of the target networks */
  constructor(policy: Policy, target: Policy, controlTimestep: number, rng: Rng) {
    this.#policy = policy;
    this.#target = target;
    this.#rng = rng;
    this.#controlTimestep = controlTimestep;
  }

  observe(episode: Episode): void {
    const { length, sizes } = episode;
    const observation = observationAt(episode, this.#rng.integer(length));
    const action = new Float32Array(sizes.action);
    this.#policy.act(observation, action);
    addActivity(this.#actorActivity, this.#policy.actorFeatures);
    this.#policy.value(observation, action);
    addActivity(this.#criticActivity, this.#policy.criticFeatures);
    const last = this.#policy.criticFeatures.at(-1);
    if (last !== undefined) this.#features.push(last.slice());
    this.#slopeAtPolicy += this.#slope(observation, action);
    this.#slopeAtRandom += this.#slope(
      observation,
      action.map(() => this.#rng.uniformIn(-1, 1)),
    );
    const targetAction = new Float32Array(sizes.action);
    this.#target.act(observation, targetAction);
    for (let i = 0; i < action.length; i++)
      this.#drift += (action[i]! - targetAction[i]!) ** 2 / action.length;
    this.#states += 1;
    this.#signChanges += signChanges(episode) / (length * this.#controlTimestep);
  }

  compute(): NetworkHealth {
    return {
      slopeAtPolicy: this.#slopeAtPolicy / this.#states,
      slopeAtRandom: this.#slopeAtRandom / this.#states,
      dormantActor: dormantShare(this.#actorActivity),
      dormantCritic: dormantShare(this.#criticActivity),
      stableRank: stableRank(this.#features),
      drift: Math.sqrt(this.#drift / this.#states),
      signChanges: this.#signChanges / this.#states,
    };
  }

  /** Returns ‖∂Q/∂a‖ by central differences. */
  #slope(observation: GoalObservation, action: Float32Array): number {
    const shifted = action.slice();
    let squares = 0;
    for (let i = 0; i < action.length; i++) {
      shifted[i] = action[i]! + DELTA;
      const above = this.#policy.value(observation, shifted);
      shifted[i] = action[i]! - DELTA;
      const below = this.#policy.value(observation, shifted);
      shifted[i] = action[i]!;
      squares += ((above - below) / (2 * DELTA)) ** 2;
    }
    return Math.sqrt(squares);
  }
}

/** Returns the number of sign changes of an action component in an episode, mean over components. */
export function signChanges(episode: Episode): number {
  const { length, sizes } = episode;
  let changes = 0;
  for (let step = 1; step < length; step++) {
    const [previous, action] = [actionAt(episode, step - 1), actionAt(episode, step)];
    for (let i = 0; i < sizes.action; i++) if (previous[i]! * action[i]! < 0) changes += 1;
  }
  return changes / sizes.action;
}

/**
 * Returns the share of dormant units (Sokar et al. 2023, arXiv:2302.12902); 0 without layers.
 *
 * @param layers per layer, the summed activity of each unit
 */
export function dormantShare(layers: readonly Float64Array[]): number {
  let dormant = 0;
  let units = 0;
  for (const activity of layers) {
    const mean = activity.reduce((sum, x) => sum + x, 0) / activity.length;
    for (const x of activity) if (x <= DORMANT * mean) dormant += 1;
    units += activity.length;
  }
  return units === 0 ? 0 : dormant / units;
}

/** Returns ‖Φ‖²_F / σ₁² of the rows Φ, by power iteration on ΦᵀΦ: between 1 and their rank, or 0 for zeros. */
export function stableRank(rows: readonly Float64Array[]): number {
  const width = rows[0]?.length ?? 0;
  const squaredNorm = rows.reduce((sum, row) => sum + row.reduce((squares, x) => squares + x * x, 0), 0);
  if (squaredNorm === 0) return 0;
  let direction = new Float64Array(width).fill(1 / Math.sqrt(width));
  let eigenvalue = 0;
  for (let i = 0; i < POWER_ITERATIONS; i++) {
    const next = new Float64Array(width);
    for (const row of rows) {
      let projection = 0;
      for (let j = 0; j < width; j++) projection += row[j]! * direction[j]!;
      for (let j = 0; j < width; j++) next[j]! += projection * row[j]!;
    }
    eigenvalue = Math.hypot(...next);
    if (eigenvalue === 0) return 0;
    direction = next.map((x) => x / eigenvalue);
  }
  return squaredNorm / eigenvalue;
}

function addActivity(sums: Float64Array[], layers: readonly Float64Array[]): void {
  for (const [i, layer] of layers.entries()) {
    const sum = sums[i] ?? new Float64Array(layer.length);
    for (let j = 0; j < layer.length; j++) sum[j]! += Math.abs(layer[j]!);
    sums[i] = sum;
  }
}
