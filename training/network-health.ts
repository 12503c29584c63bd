/** @file What states of real episodes say of the networks: flat critics, dormant units, low rank, nervous torques. */

import type { Policy } from "../agent/policy.ts";
import type { Episode } from "../shared/episode.ts";
import type { Rng } from "../shared/rng.ts";
import { actionAt, seenAt } from "./value-bias.ts";

/** A unit whose mean activity is at most this share of its layer's is dormant: Sokar et al. 2023. */
const DORMANT = 0.1;

/** Half the step of central differences, in units of action. */
const NUDGE = 0.01;

const POWER_ITERATIONS = 50;

export interface NetworkHealth {
  /** Mean ‖∂Q/∂a‖ at the policy's actions. */
  readonly slopeAtPolicy: number;
  /** The same at uniformly random actions. */
  readonly slopeAtRandom: number;
  /** Share of dormant hidden units. */
  readonly dormantActor: number;
  readonly dormantCritic: number;
  /** ‖Φ‖²_F / σ₁² of the critic's last hidden layer over the states. */
  readonly stableRank: number;
  /** Root mean square between the policy's actions and its slow copy's: how far it moved in the last 1/τ updates. */
  readonly drift: number;
  /** Sign changes of a joint's torque per second, averaged over joints and episodes. */
  readonly signChanges: number;
}

/** Measures on one moment of each episode, drawn evenly, and on all actions. */
export class NetworkHealthMeter {
  readonly #policy: Policy;
  readonly #slow: Policy;
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

  /** @param slow the policy of the target networks */
  constructor(policy: Policy, slow: Policy, controlTimestep: number, rng: Rng) {
    this.#policy = policy;
    this.#slow = slow;
    this.#rng = rng;
    this.#controlTimestep = controlTimestep;
  }

  observe(episode: Episode): void {
    const { length, sizes } = episode;
    const seen = seenAt(episode, this.#rng.integer(length));
    const action = new Float32Array(sizes.action);
    this.#policy.act(seen, action);
    addActivity(this.#actorActivity, this.#policy.actorFeatures);
    this.#policy.value(seen, action);
    addActivity(this.#criticActivity, this.#policy.criticFeatures);
    const last = this.#policy.criticFeatures.at(-1);
    if (last !== undefined) this.#features.push(last.slice());
    this.#slopeAtPolicy += this.#slope(seen, action);
    this.#slopeAtRandom += this.#slope(
      seen,
      action.map(() => this.#rng.uniformIn(-1, 1)),
    );
    const slowly = new Float32Array(sizes.action);
    this.#slow.act(seen, slowly);
    for (let i = 0; i < action.length; i++) this.#drift += (action[i]! - slowly[i]!) ** 2 / action.length;
    this.#states += 1;
    this.#signChanges += signChanges(episode) / (length * this.#controlTimestep);
  }

  read(): NetworkHealth {
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

  #slope(seen: ReturnType<typeof seenAt>, action: Float32Array): number {
    const nudged = action.slice();
    let squares = 0;
    for (let i = 0; i < action.length; i++) {
      nudged[i] = action[i]! + NUDGE;
      const above = this.#policy.value(seen, nudged);
      nudged[i] = action[i]! - NUDGE;
      const below = this.#policy.value(seen, nudged);
      nudged[i] = action[i]!;
      squares += ((above - below) / (2 * NUDGE)) ** 2;
    }
    return Math.sqrt(squares);
  }
}

/** Mean over joints of how often an episode's action changes its sign. */
export function signChanges(episode: Episode): number {
  const { length, sizes } = episode;
  let changes = 0;
  for (let step = 1; step < length; step++) {
    const [before, now] = [actionAt(episode, step - 1), actionAt(episode, step)];
    for (let i = 0; i < sizes.action; i++) if (before[i]! * now[i]! < 0) changes += 1;
  }
  return changes / sizes.action;
}

/** Share of units whose summed activity is at most a tenth of their layer's mean (Sokar et al. 2023, arXiv:2302.12902). */
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

/** ‖Φ‖²_F / σ₁², by power iteration on ΦᵀΦ: between 1 and the rank of the rows. */
export function stableRank(rows: readonly Float64Array[]): number {
  const width = rows[0]?.length ?? 0;
  const total = rows.reduce((sum, row) => sum + row.reduce((squares, x) => squares + x * x, 0), 0);
  if (total === 0) return 0;
  let direction = new Float64Array(width).fill(1 / Math.sqrt(width));
  let largest = 0;
  for (let i = 0; i < POWER_ITERATIONS; i++) {
    const next = new Float64Array(width);
    for (const row of rows) {
      let along = 0;
      for (let j = 0; j < width; j++) along += row[j]! * direction[j]!;
      for (let j = 0; j < width; j++) next[j]! += along * row[j]!;
    }
    largest = Math.hypot(...next);
    if (largest === 0) return 0;
    direction = next.map((x) => x / largest);
  }
  return total / largest;
}

function addActivity(sums: Float64Array[], layers: readonly Float64Array[]): void {
  for (const [i, layer] of layers.entries()) {
    const sum = sums[i] ?? new Float64Array(layer.length);
    for (let j = 0; j < layer.length; j++) sum[j]! += Math.abs(layer[j]!);
    sums[i] = sum;
  }
}
