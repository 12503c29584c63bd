/**
 * @file Which transitions to learn from: all alike, by TD error, or more of the episodes that matter.
 *
 * Prioritised replay is the proportional variant of Schaul et al. 2016 (arXiv:1511.05952), its
 * importance weights divided by the greatest of the batch. Shares of rewarding episodes and of those
 * in which the goal-thing moved are drawn evenly among their transitions.
 */

import type { AgentConfig } from "../shared/agent-config.ts";
import { InputError } from "../shared/errors.ts";
import type { Rng } from "../shared/rng.ts";
import { distance } from "../shared/vec3.ts";
import type { Batch } from "./batch.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";
import { SumTree } from "./sum-tree.ts";

export type ReplayConfig = AgentConfig["replay"];

/** Metres by which an achieved goal must have moved for its episode to count as one with movement. */
const MOVED = 0.05;

/** Added to TD errors, so that no transition is never drawn again. */
const LEAST_ERROR = 1e-3;

/** What prioritised replay knows besides the transitions; for checkpoints. */
export interface Priorities {
  /** [slots × maxSteps]; empty unless replay is prioritised. */
  readonly priorities: Float64Array;
  /** The greatest so far: what a new transition gets. */
  readonly greatest: number;
}

export class ReplayChoice {
  readonly #config: ReplayConfig;
  readonly #replay: ReplayBuffer;
  /** Weights by transition, or undefined where none are needed. */
  #priorities: SumTree | undefined;
  #rewarding: SumTree | undefined;
  #moved: SumTree | undefined;
  #rewardingRows = 0;
  #movedRows = 0;
  #slots = 0;
  #greatest = 1;

  constructor(config: ReplayConfig, replay: ReplayBuffer) {
    this.#config = config;
    this.#replay = replay;
  }

  /** Takes note of an episode that was stored in a slot. */
  stored(slot: number): void {
    if (slot >= this.#slots) this.#grow(slot + 1);
    this.#note(slot);
    if (this.#priorities === undefined) return;
    const { maxSteps } = this.#replay.sizes;
    const length = this.#replay.lengthOf(slot);
    for (let step = 0; step < maxSteps; step++) {
      this.#priorities.set(slot * maxSteps + step, step < length ? this.#greatest : 0);
    }
  }

  /** The transition for a row of a batch, as slot · maxSteps + step; called row by row, from the first. */
  pick(row: number, size: number, rng: Rng): number {
    if (this.#priorities !== undefined) return this.#priorities.find(rng.uniform());
    if (row === 0) this.#plan(size);
    if (this.#rewarding !== undefined && row < this.#rewardingRows)
      return this.#drawFrom(this.#rewarding, rng);
    if (this.#moved !== undefined && row < this.#rewardingRows + this.#movedRows)
      return this.#drawFrom(this.#moved, rng);
    return this.#replay.draw(rng);
  }

  /** Writes how much each row of a batch counts, once its places are known. */
  weigh({ places, weights, size }: Batch, updates: number): void {
    const tree = this.#priorities;
    if (tree === undefined) return;
    const { beta, betaSteps } = this.#config;
    const exponent = beta + (1 - beta) * Math.min(1, updates / betaSteps);
    const count = this.#replay.transitions;
    let greatest = 0;
    for (let row = 0; row < size; row++) {
      const weight = ((count * tree.weight(places[row]!)) / tree.total) ** -exponent;
      weights[row] = weight;
      greatest = Math.max(greatest, weight);
    }
    for (let row = 0; row < size; row++) weights[row]! /= greatest;
  }

  /** Takes note of the TD errors, [B × errorsPerRow], that an update found for a batch. */
  learned(batch: Batch, errors: Float32Array): void {
    if (this.#priorities === undefined) return;
    const perRow = errors.length / batch.size;
    for (let row = 0; row < batch.size; row++) {
      let sum = 0;
      for (let i = 0; i < perRow; i++) sum += Math.abs(errors[row * perRow + i]!);
      const priority = (sum / perRow + LEAST_ERROR) ** this.#config.alpha;
      this.#greatest = Math.max(this.#greatest, priority);
      this.#priorities.set(batch.places[row]!, priority);
    }
  }

  getState(): Priorities {
    const count = this.#replay.episodes * this.#replay.sizes.maxSteps;
    return { priorities: this.#priorities?.weights(count) ?? new Float64Array(0), greatest: this.#greatest };
  }

  /** Takes over saved priorities, once the buffer was restored. Throws InputError if they do not fit it. */
  setState({ priorities, greatest }: Priorities): void {
    const count = this.#replay.episodes * this.#replay.sizes.maxSteps;
    const expected = this.#config.kind === "prioritized" ? count : 0;
    if (priorities.length !== expected || !(greatest > 0)) {
      throw new InputError(`replay: expected ${expected} priorities, got ${priorities.length}`);
    }
    this.#slots = 0;
    this.#greatest = greatest;
    this.#grow(Math.max(1, this.#replay.episodes));
    for (const [place, priority] of priorities.entries()) this.#priorities?.set(place, priority);
  }

  /** How many rows of a batch come from episodes that matter; none where there are no such episodes yet. */
  #plan(size: number): void {
    const { rewardingShare, movedShare } = this.#config;
    this.#rewardingRows = (this.#rewarding?.total ?? 0) > 0 ? Math.round(rewardingShare * size) : 0;
    this.#movedRows = (this.#moved?.total ?? 0) > 0 ? Math.round(movedShare * size) : 0;
  }

  /** A transition of an episode that a tree has, each equally likely. */
  #drawFrom(episodes: SumTree, rng: Rng): number {
    const slot = episodes.find(rng.uniform());
    return slot * this.#replay.sizes.maxSteps + rng.integer(this.#replay.lengthOf(slot));
  }

  #note(slot: number): void {
    const length = this.#replay.lengthOf(slot);
    this.#rewarding?.set(slot, this.#replay.isRewarding(slot) ? length : 0);
    this.#moved?.set(slot, this.#hasMoved(slot) ? length : 0);
  }

  #hasMoved(slot: number): boolean {
    const first = new Float32Array(this.#replay.sizes.goal);
    const later = new Float32Array(this.#replay.sizes.goal);
    this.#replay.readAchievedGoal(slot, 0, first, 0);
    for (let moment = 1; moment <= this.#replay.lengthOf(slot); moment++) {
      this.#replay.readAchievedGoal(slot, moment, later, 0);
      if (distance(first, later) > MOVED) return true;
    }
    return false;
  }

  /** Makes room for more slots; what is known of the buffer's episodes is noted again, priorities are kept. */
  #grow(needed: number): void {
    const slots = Math.min(this.#replay.maxSlots, Math.max(64, 2 ** Math.ceil(Math.log2(needed))));
    const { maxSteps } = this.#replay.sizes;
    const before = this.#priorities?.weights(this.#slots * maxSteps) ?? new Float64Array(0);
    this.#slots = slots;
    const { kind, rewardingShare, movedShare } = this.#config;
    this.#rewarding = rewardingShare > 0 ? new SumTree(slots) : undefined;
    this.#moved = movedShare > 0 ? new SumTree(slots) : undefined;
    this.#priorities = kind === "prioritized" ? new SumTree(slots * maxSteps) : undefined;
    for (const [place, priority] of before.entries())
      if (priority > 0) this.#priorities?.set(place, priority);
    for (let slot = 0; slot < this.#replay.episodes; slot++) this.#note(slot);
  }
}
