/**
 * @file Reward terms that do not depend on the goal: costs of torque, jerky actions, postures far from home and
 * joints near their limits.
 *
 * HER keeps the terms of a relabelled transition. Each cost is a mean over elements, so a weight has the same
 * effect on every arm.
 */

import type { EnvConfig } from "../../shared/config.ts";
import type { ArmModel } from "../arm/arm-model.ts";

/** Weights by name, as in `env.rewardTerms`; 0 disables a term. */
export type RewardTermWeights = EnvConfig["rewardTerms"];

type TermName = keyof RewardTermWeights;

/** Share of a joint's half range, from its middle, above which it counts as near its limit. */
const NEAR_LIMIT = 0.9;

/** The inputs of the costs: actions in [−1, 1], [A], and the joint angles after the step, [N] rad. */
interface StepData {
  readonly action: ArrayLike<number>;
  readonly previousAction: ArrayLike<number>;
  readonly angles: ArrayLike<number>;
}

interface Cost {
  /** ≥ 0, before weighting. */
  readonly compute: (model: ArmModel, step: StepData) => number;
  /** Upper bound of `compute`. */
  readonly max: number;
}

const COSTS: Readonly<Record<TermName, Cost>> = {
  action: {
    compute: (_, { action }) => meanSquare(action.length, (i) => action[i]!),
    max: 1,
  },
  smoothness: {
    compute: (_, { action, previousAction }) =>
      meanSquare(action.length, (i) => action[i]! - previousAction[i]!),
    max: 4,
  },
  posture: {
    compute: ({ links, home }, { angles }) =>
      meanSquare(links.length, (i) => distanceFromHome(links[i]!.limits, home[i]!, angles[i]!)),
    // Home is within the limits, so a joint is at most its range away from it.
    max: 4,
  },
  jointLimit: {
    compute: ({ links }, { angles }) =>
      meanSquare(links.length, (i) => limitProximity(links[i]!.limits, angles[i]!)),
    max: 1,
  },
};

const TERM_NAMES = ["action", "smoothness", "posture", "jointLimit"] as const satisfies TermName[];

/** Saved actions, copied. */
export interface RewardTermsState {
  readonly action: Float32Array;
  readonly previousAction: Float32Array;
}

/** The enabled reward terms of one arm; keeps the last two actions of an episode. */
export class RewardTerms {
  /** Names of the terms with a positive weight, in the order of `values`. */
  readonly names: readonly TermName[];
  /** Lower bound of the sum of all terms. */
  readonly min: number;
  readonly #model: ArmModel;
  readonly #weights: RewardTermWeights;
  readonly #action: Float32Array;
  readonly #previousAction: Float32Array;

  constructor(model: ArmModel, weights: RewardTermWeights, actionSize: number) {
    this.#model = model;
    this.#weights = weights;
    this.names = TERM_NAMES.filter((name) => weights[name] > 0);
    this.min = this.names.reduce((sum, name) => sum - weights[name] * COSTS[name].max, 0);
    this.#action = new Float32Array(actionSize);
    this.#previousAction = new Float32Array(actionSize);
  }

  /** Starts an episode. The arm starts at rest, so the action before the first counts as 0. */
  begin(): void {
    this.#action.fill(0);
  }

  /** Records the action of a new control step; copies it. */
  act(action: Float32Array): void {
    this.#previousAction.set(this.#action);
    this.#action.set(action);
  }

  /** Returns the terms of the current control step, each ≤ 0, in the order of `names`; the caller owns them. */
  values(angles: ArrayLike<number>): Float32Array {
    const step = { action: this.#action, previousAction: this.#previousAction, angles };
    return Float32Array.from(
      this.names,
      (name) => -this.#weights[name] * COSTS[name].compute(this.#model, step),
    );
  }

  saveState(): RewardTermsState {
    return { action: this.#action.slice(), previousAction: this.#previousAction.slice() };
  }

  restoreState({ action, previousAction }: RewardTermsState): void {
    this.#action.set(action);
    this.#previousAction.set(previousAction);
  }
}

function meanSquare(count: number, element: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += element(i) ** 2;
  return sum / count;
}

type Limits = ArmModel["links"][number]["limits"];

/** Returns the distance of an angle, within its limits, from home in half ranges; without limits, in half turns. */
function distanceFromHome(limits: Limits, home: number, angle: number): number {
  if (limits === null) return Math.acos(Math.cos(angle - home)) / Math.PI;
  const [low, high] = limits;
  return Math.abs(Math.min(Math.max(angle, low), high) - home) / ((high - low) / 2);
}

/** Returns 0 up to NEAR_LIMIT of the way from a joint's middle to its limit, rising to 1 at the limit; 0 without limits. */
function limitProximity(limits: Limits, angle: number): number {
  if (limits === null) return 0;
  const [low, high] = limits;
  const share = Math.abs(angle - (low + high) / 2) / ((high - low) / 2);
  return Math.min(1, Math.max(0, (share - NEAR_LIMIT) / (1 - NEAR_LIMIT)));
}
