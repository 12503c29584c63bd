/**
 * @file Sampling of transition indices: uniform, prioritised, or with shares from some episodes.
 *
 * Prioritised replay is the proportional variant of Schaul et al. 2016 (arXiv:1511.05952), with
 * importance weights divided by the maximum of the batch. Shares are taken from demonstrations, from
 * episodes that achieved their goal, and from those in which the achieved goal moved; each transition of
 * such an episode is equally likely.
 */

import { z } from "zod";
import type { AgentConfig } from "../shared/agent-config.ts";
import { refuse } from "../shared/errors.ts";
import type { Rng } from "../shared/rng.ts";
import { Float64Values } from "../shared/state-schemas.ts";
import { distance } from "../shared/vec3.ts";
import type { Batch } from "./batch.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";
import { SumTree } from "./sum-tree.ts";

export type ReplayConfig = AgentConfig["replay"];

/** An episode counts as one with movement if its achieved goal moves by more than this, metres. */
const MIN_MOVEMENT = 0.05;

/** Added to absolute TD errors; keeps every priority positive. */
const MIN_TD_ERROR = 1e-3;

const MIN_SLOTS = 64;

/** The sampler's part of a checkpoint. */
export const PriorityState = z.strictObject({
  /** By transition index; empty unless replay is prioritised. */
  values: Float64Values,
  /** Maximum so far: the priority of new transitions. */
  max: z.number().positive(),
});
export type PriorityState = z.infer<typeof PriorityState>;

export class IndexSampler {
  readonly #config: ReplayConfig;
  /** Share of each batch from demonstrations; if it is not 0, the other rows have none. */
  readonly #demoShare: number;
  readonly #replay: ReplayBuffer;
  /** Priorities by transition index; undefined unless replay is prioritised. */
  #priorities: SumTree | undefined;
  /** Lengths of rewarding episodes by slot, 0 for the others; undefined if their share is 0. */
  #rewarding: SumTree | undefined;
  /** The same for episodes with movement. */
  #moved: SumTree | undefined;
  #demoRows = 0;
  /** The first slot that rows without a share are drawn from. */
  #firstSlot = 0;
  #rewardingRows = 0;
  #movedRows = 0;
  /** Slots that the trees have room for. */
  #slots = 0;
  #maxPriority = 1;

  constructor(config: ReplayConfig, demoShare: number, replay: ReplayBuffer) {
    this.#config = config;
    this.#demoShare = demoShare;
    this.#replay = replay;
  }

  /** Registers an episode that was just stored in a slot. */
  addEpisode(slot: number): void {
    if (slot >= this.#slots) this.#grow(slot + 1);
    this.#classify(slot);
    if (this.#priorities === undefined) return;
    const length = this.#replay.lengthOf(slot);
    for (let step = 0; step < this.#replay.sizes.maxSteps; step++) {
      this.#priorities.set(this.#replay.indexOf(slot, step), step < length ? this.#maxPriority : 0);
    }
  }

  /** The transition index for a row of a batch; call it for rows in order, from 0. */
  draw(row: number, batchSize: number, rng: Rng): number {
    if (this.#priorities !== undefined) return this.#priorities.find(rng.uniform());
    if (row === 0) this.#planRows(batchSize);
    if (row < this.#demoRows) return this.#replay.draw(rng, 0, this.#replay.demonstrations);
    const other = row - this.#demoRows;
    if (this.#rewarding !== undefined && other < this.#rewardingRows)
      return this.#drawFrom(this.#rewarding, rng);
    if (this.#moved !== undefined && other < this.#rewardingRows + this.#movedRows)
      return this.#drawFrom(this.#moved, rng);
    return this.#replay.draw(rng, this.#firstSlot);
  }

  /** Writes a batch's importance weights from its indices, if replay is prioritised. */
  writeImportanceWeights({ indices, weights, size }: Batch, updates: number): void {
    const priorities = this.#priorities;
    if (priorities === undefined) return;
    const { beta, betaSteps } = this.#config;
    const exponent = beta + (1 - beta) * Math.min(1, updates / betaSteps);
    const count = this.#replay.transitions;
    let max = 0;
    for (let row = 0; row < size; row++) {
      const weight = ((count * priorities.weight(indices[row]!)) / priorities.total) ** -exponent;
      weights[row] = weight;
      max = Math.max(max, weight);
    }
    for (let row = 0; row < size; row++) weights[row]! /= max;
  }

  /** Updates the priorities of a batch's transitions. @param tdErrors [B × critics] */
  updatePriorities({ indices, size }: Batch, tdErrors: Float32Array): void {
    if (this.#priorities === undefined) return;
    const critics = tdErrors.length / size;
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let i = 0; i < critics; i++) sum += Math.abs(tdErrors[row * critics + i]!);
      const priority = (sum / critics + MIN_TD_ERROR) ** this.#config.alpha;
      this.#maxPriority = Math.max(this.#maxPriority, priority);
      this.#priorities.set(indices[row]!, priority);
    }
  }

  getState(): PriorityState {
    const values = this.#priorities?.weights(this.#replay.indexOf(this.#replay.episodes, 0));
    return { values: values ?? new Float64Array(0), max: this.#maxPriority };
  }

  /**
   * Restores saved priorities; restore the replay buffer first.
   *
   * @param where their path, for the error
   * @throws InputError, before anything has changed, if they do not match the buffer or agent.replay.kind
   */
  setState({ values, max }: PriorityState, where: string): void {
    const { kind } = this.#config;
    const expected = kind === "prioritized" ? this.#replay.indexOf(this.#replay.episodes, 0) : 0;
    if (values.length !== expected) {
      throw refuse(`${where}.values`, `${expected} priorities for agent.replay.kind ${kind}`, values.length);
    }
    this.#slots = 0;
    this.#maxPriority = max;
    this.#grow(Math.max(1, this.#replay.episodes));
    for (const [index, priority] of values.entries()) this.#priorities?.set(index, priority);
  }

  /** Sets how many rows of a batch come from demonstrations, from rewarding episodes and from those with movement. */
  #planRows(batchSize: number): void {
    const { rewardingShare, movedShare } = this.#config;
    const { demonstrations, episodes } = this.#replay;
    // With demonstrations only, all rows are drawn from them.
    const isSplit = this.#demoShare > 0 && demonstrations > 0 && episodes > demonstrations;
    this.#firstSlot = isSplit ? demonstrations : 0;
    this.#demoRows = isSplit ? Math.round(this.#demoShare * batchSize) : 0;
    this.#rewardingRows = (this.#rewarding?.total ?? 0) > 0 ? Math.round(rewardingShare * batchSize) : 0;
    this.#movedRows = (this.#moved?.total ?? 0) > 0 ? Math.round(movedShare * batchSize) : 0;
  }

  /** A transition of one of the tree's episodes, drawn uniformly. */
  #drawFrom(episodes: SumTree, rng: Rng): number {
    const slot = episodes.find(rng.uniform());
    return this.#replay.indexOf(slot, rng.integer(this.#replay.lengthOf(slot)));
  }

  #classify(slot: number): void {
    const isSeparate = this.#demoShare > 0 && this.#replay.isDemonstration(slot);
    const length = isSeparate ? 0 : this.#replay.lengthOf(slot);
    this.#rewarding?.set(slot, this.#replay.isRewarding(slot) ? length : 0);
    this.#moved?.set(slot, this.#hasMoved(slot) ? length : 0);
  }

  #hasMoved(slot: number): boolean {
    const first = new Float32Array(this.#replay.sizes.goal);
    const later = new Float32Array(this.#replay.sizes.goal);
    this.#replay.readAchievedGoal(slot, 0, first, 0);
    for (let moment = 1; moment <= this.#replay.lengthOf(slot); moment++) {
      this.#replay.readAchievedGoal(slot, moment, later, 0);
      if (distance(first, later) > MIN_MOVEMENT) return true;
    }
    return false;
  }

  /** Replaces the trees by larger ones, keeping priorities and classifying the stored episodes again. */
  #grow(needed: number): void {
    const before = this.#priorities?.weights(this.#replay.indexOf(this.#slots, 0)) ?? new Float64Array(0);
    const slots = Math.max(MIN_SLOTS, 2 ** Math.ceil(Math.log2(needed)));
    this.#slots = Math.min(this.#replay.maxSlots, slots);
    const { kind, rewardingShare, movedShare } = this.#config;
    this.#rewarding = rewardingShare > 0 ? new SumTree(this.#slots) : undefined;
    this.#moved = movedShare > 0 ? new SumTree(this.#slots) : undefined;
    this.#priorities = kind === "prioritized" ? new SumTree(this.#replay.indexOf(this.#slots, 0)) : undefined;
    for (const [index, priority] of before.entries())
      if (priority > 0) this.#priorities?.set(index, priority);
    for (let slot = 0; slot < this.#replay.episodes; slot++) this.#classify(slot);
  }
}
