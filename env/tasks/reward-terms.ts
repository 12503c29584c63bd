/**
 * @file What a step costs whatever its goal: torque, jerks, joints near their limits; each by name.
 *
 * They depend on no goal, so hindsight keeps them as they were paid. Each is a mean over joints, so
 * that a weight means the same for every arm.
 */

import type { EnvConfig } from "../../shared/config.ts";
import type { ArmModel } from "../arm/arm-model.ts";

/** Weights by name, as `env.rewardTerms` has them; 0 leaves a term out. */
export type RewardTermWeights = EnvConfig["rewardTerms"];

/** Share of a joint's half range, from its middle, from where on its limit counts as near. */
const NEAR_LIMIT = 0.9;

/** What a step is judged by: the actions in [−1, 1], [A], and the joint angles after it, [N] rad. */
interface Judged {
  readonly action: ArrayLike<number>;
  readonly previousAction: ArrayLike<number>;
  readonly angles: ArrayLike<number>;
}

/** A term's cost, ≥ 0, before its weight. */
type Cost = (model: ArmModel, judged: Judged) => number;

/** Each cost, and the most that it can be. */
const COSTS: Readonly<Record<keyof RewardTermWeights, readonly [cost: Cost, most: number]>> = {
  action: [(_, { action }) => meanSquare(action.length, (i) => action[i]!), 1],
  smoothness: [
    (_, { action, previousAction }) => meanSquare(action.length, (i) => action[i]! - previousAction[i]!),
    4,
  ],
  jointLimit: [
    ({ links }, { angles }) => meanSquare(links.length, (i) => nearness(links[i]!.limits, angles[i]!)),
    1,
  ],
};

/** The terms of an arm's rewards that have a weight. It keeps the last two actions of an episode. */
export class RewardTerms {
  /** Names of the terms that have a weight, in the order of the values. */
  readonly names: readonly (keyof RewardTermWeights)[];
  /** The least that all of them together can be. */
  readonly least: number;
  readonly #model: ArmModel;
  readonly #weights: RewardTermWeights;
  readonly #action: Float32Array;
  readonly #previousAction: Float32Array;

  constructor(model: ArmModel, weights: RewardTermWeights, actionSize: number) {
    const every = ["action", "smoothness", "jointLimit"] as const;
    this.#model = model;
    this.#weights = weights;
    this.names = every.filter((name) => weights[name] > 0);
    this.least = this.names.reduce((sum, name) => sum - weights[name] * COSTS[name][1], 0);
    this.#action = new Float32Array(actionSize);
    this.#previousAction = new Float32Array(actionSize);
  }

  /** Starts an episode: the arm was at rest, so the action before the first is 0. */
  begin(): void {
    this.#action.fill(0);
  }

  /** Takes note that an action begins. */
  act(action: Float32Array): void {
    this.#previousAction.set(this.#action);
    this.#action.set(action);
  }

  /** The last action and the one before, [2 × A]; the caller's own. */
  saveState(): readonly Float32Array[] {
    return [this.#action.slice(), this.#previousAction.slice()];
  }

  /** Goes on from what was saved of terms of the same size. */
  restoreState([action, previousAction]: readonly Float32Array[]): void {
    if (action !== undefined) this.#action.set(action);
    if (previousAction !== undefined) this.#previousAction.set(previousAction);
  }

  /** The terms of the action that was begun last, now that the joints are at these angles: [names], each ≤ 0; the caller's own. */
  judge(angles: ArrayLike<number>): Float32Array {
    const judged = { action: this.#action, previousAction: this.#previousAction, angles };
    return Float32Array.from(
      this.names,
      (name) => -this.#weights[name] * COSTS[name][0](this.#model, judged),
    );
  }
}

function meanSquare(count: number, of: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += of(i) ** 2;
  return sum / count;
}

/** 0 up to NEAR_LIMIT of the way from a joint's middle to its limit, rising to 1 there; 0 for one that turns for ever. */
function nearness(limits: readonly [low: number, high: number] | null, angle: number): number {
  if (limits === null) return 0;
  const [low, high] = limits;
  const share = Math.abs(angle - (low + high) / 2) / ((high - low) / 2);
  return Math.min(1, Math.max(0, (share - NEAR_LIMIT) / (1 - NEAR_LIMIT)));
}
