/**
 * @file A ring of whole episodes in flat typed arrays.
 *
 * Whole episodes, because hindsight needs what came later; flat arrays, because walking objects
 * costs a third of a millisecond a batch.
 */

import type { Episode, EpisodeSizes } from "../shared/episode.ts";
import { InputError, internal } from "../shared/errors.ts";
import type { Rng } from "../shared/rng.ts";

/** All that a replay buffer holds, as flat arrays cut to what is filled; for checkpoints. */
export interface ReplayContents {
  readonly observations: Float32Array;
  readonly achievedGoals: Float32Array;
  readonly desiredGoals: Float32Array;
  readonly actions: Float32Array;
  /** Sums of each step's reward terms; empty where there are none. */
  readonly terms: Float32Array;
  readonly lengths: Int32Array;
  readonly terminated: Uint8Array;
  /** 1 where the episode's own goal was achieved at some step. */
  readonly rewarding: Uint8Array;
  /** The slot that the next episode goes into. */
  readonly nextSlot: number;
}

const FIRST_SLOTS = 64;

export class ReplayBuffer {
  readonly sizes: EpisodeSizes;
  /** Episodes kept at most. */
  readonly maxSlots: number;
  #slots = 0;
  #observations = new Float32Array(0);
  #achievedGoals = new Float32Array(0);
  #desiredGoals = new Float32Array(0);
  #actions = new Float32Array(0);
  /** [slots × maxSteps] what a step's terms add up to; empty where there are none. */
  #terms = new Float32Array(0);
  #lengths = new Int32Array(0);
  #terminated = new Uint8Array(0);
  #rewarding = new Uint8Array(0);
  #filled = 0;
  #next = 0;
  #transitions = 0;

  get #hasTerms(): boolean {
    return (this.sizes.terms ?? 0) > 0;
  }

  /** @param capacity transitions to keep at most; at least one whole episode is kept */
  constructor(capacity: number, sizes: EpisodeSizes) {
    this.sizes = sizes;
    this.maxSlots = Math.max(1, Math.floor(capacity / sizes.maxSteps));
  }

  /** Transitions kept now. */
  get transitions(): number {
    return this.#transitions;
  }

  /** Episodes kept now; they fill the first so many slots. */
  get episodes(): number {
    return this.#filled;
  }

  /** Steps of the episode in a slot. */
  lengthOf(slot: number): number {
    return this.#lengths[slot]!;
  }

  /** Whether the episode in a slot achieved its own goal at some step. */
  isRewarding(slot: number): boolean {
    return this.#rewarding[slot] === 1;
  }

  /** Whether the episode in a slot ended because the task itself did. */
  isTerminated(slot: number): boolean {
    return this.#terminated[slot] === 1;
  }

  /** What a step's reward terms add up to, 0 ≤ step < length. */
  termsOf(slot: number, step: number): number {
    return this.#hasTerms ? this.#terms[slot * this.sizes.maxSteps + step]! : 0;
  }

  /** Copies an episode in, over the oldest one when full; returns its slot. It must have a step. */
  store(episode: Episode): number {
    if (episode.length === 0) throw internal("replay: an episode without a step");
    if (this.#next >= this.#slots) this.#grow(this.#next + 1);
    const { observation, goal, action, maxSteps } = this.sizes;
    const slot = this.#next;
    const moments = episode.length + 1;
    this.#observations.set(
      episode.observations.subarray(0, moments * observation),
      slot * (maxSteps + 1) * observation,
    );
    this.#achievedGoals.set(episode.achievedGoals.subarray(0, moments * goal), slot * (maxSteps + 1) * goal);
    this.#desiredGoals.set(episode.desiredGoal, slot * goal);
    this.#actions.set(episode.actions.subarray(0, episode.length * action), slot * maxSteps * action);
    if (this.#hasTerms) {
      for (let step = 0; step < episode.length; step++)
        this.#terms[slot * maxSteps + step] = episode.termsOf(step);
    }
    this.#transitions += episode.length - this.#lengths[slot]!;
    this.#lengths[slot] = episode.length;
    this.#terminated[slot] = episode.terminated ? 1 : 0;
    this.#rewarding[slot] = episode.successOnce ? 1 : 0;
    this.#filled = Math.max(this.#filled, slot + 1);
    this.#next = (slot + 1) % this.maxSlots;
    return slot;
  }

  /**
   * A transition, each equally likely, as slot · maxSteps + step. Steps that a shorter episode lacks are drawn again.
   *
   * @throws InputError if nothing is stored yet
   */
  draw(rng: Rng): number {
    if (this.#transitions === 0) {
      throw new InputError("replay: nothing to sample yet; raise agent.warmupSteps to at least one episode");
    }
    const { maxSteps } = this.sizes;
    for (;;) {
      const place = rng.integer(this.#filled * maxSteps);
      const slot = Math.floor(place / maxSteps);
      if (place - slot * maxSteps < this.#lengths[slot]!) return place;
    }
  }

  /** Copies what was seen at a moment, 0 ≤ moment ≤ length, into `into` from `at` on. */
  readObservation(slot: number, moment: number, into: Float32Array, at: number): void {
    const { observation, maxSteps } = this.sizes;
    copy(this.#observations, (slot * (maxSteps + 1) + moment) * observation, into, at, observation);
  }

  /** Copies the goal that was achieved at a moment. */
  readAchievedGoal(slot: number, moment: number, into: Float32Array, at: number): void {
    const { goal, maxSteps } = this.sizes;
    copy(this.#achievedGoals, (slot * (maxSteps + 1) + moment) * goal, into, at, goal);
  }

  /** Copies the episode's own goal. */
  readDesiredGoal(slot: number, into: Float32Array, at: number): void {
    copy(this.#desiredGoals, slot * this.sizes.goal, into, at, this.sizes.goal);
  }

  /** Copies the action of a step, 0 ≤ step < length. */
  readAction(slot: number, step: number, into: Float32Array, at: number): void {
    const { action, maxSteps } = this.sizes;
    copy(this.#actions, (slot * maxSteps + step) * action, into, at, action);
  }

  /** A copy of what is stored. */
  contents(): ReplayContents {
    const { observation, goal, action, maxSteps } = this.sizes;
    const n = this.#filled;
    return {
      observations: this.#observations.slice(0, n * (maxSteps + 1) * observation),
      achievedGoals: this.#achievedGoals.slice(0, n * (maxSteps + 1) * goal),
      desiredGoals: this.#desiredGoals.slice(0, n * goal),
      actions: this.#actions.slice(0, n * maxSteps * action),
      terms: this.#terms.slice(0, this.#hasTerms ? n * maxSteps : 0),
      lengths: this.#lengths.slice(0, n),
      terminated: this.#terminated.slice(0, n),
      rewarding: this.#rewarding.slice(0, n),
      nextSlot: this.#next,
    };
  }

  /** Replaces what is stored by saved contents. Throws InputError if they are of another environment or capacity. */
  restore(saved: ReplayContents): void {
    const { observation, goal, action, maxSteps } = this.sizes;
    const n = saved.lengths.length;
    const fits =
      n <= this.maxSlots &&
      saved.observations.length === n * (maxSteps + 1) * observation &&
      saved.achievedGoals.length === n * (maxSteps + 1) * goal &&
      saved.desiredGoals.length === n * goal &&
      saved.actions.length === n * maxSteps * action &&
      saved.terms.length === (this.#hasTerms ? n * maxSteps : 0) &&
      saved.terminated.length === n &&
      saved.rewarding.length === n &&
      saved.nextSlot <= n &&
      saved.nextSlot < this.maxSlots &&
      saved.lengths.every((length) => length >= 1 && length <= maxSteps);
    if (!fits)
      throw new InputError("replay: the saved episodes do not fit this environment or replayCapacity");
    this.#slots = 0;
    this.#lengths = new Int32Array(0);
    this.#grow(n);
    this.#observations.set(saved.observations);
    this.#achievedGoals.set(saved.achievedGoals);
    this.#desiredGoals.set(saved.desiredGoals);
    this.#actions.set(saved.actions);
    this.#terms.set(saved.terms);
    this.#lengths.set(saved.lengths);
    this.#terminated.set(saved.terminated);
    this.#rewarding.set(saved.rewarding);
    this.#filled = n;
    this.#next = saved.nextSlot;
    this.#transitions = saved.lengths.reduce((sum, length) => sum + length, 0);
  }

  #grow(needed: number): void {
    if (needed > this.maxSlots) throw internal(`replay: ${needed} slots of ${this.maxSlots}`);
    const slots = Math.min(this.maxSlots, Math.max(FIRST_SLOTS, needed, this.#slots * 2));
    const { observation, goal, action, maxSteps } = this.sizes;
    this.#observations = enlarged(this.#observations, slots * (maxSteps + 1) * observation);
    this.#achievedGoals = enlarged(this.#achievedGoals, slots * (maxSteps + 1) * goal);
    this.#desiredGoals = enlarged(this.#desiredGoals, slots * goal);
    this.#actions = enlarged(this.#actions, slots * maxSteps * action);
    if (this.#hasTerms) this.#terms = enlarged(this.#terms, slots * maxSteps);
    const lengths = new Int32Array(slots);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
    this.#terminated = enlargedFlags(this.#terminated, slots);
    this.#rewarding = enlargedFlags(this.#rewarding, slots);
    this.#slots = slots;
  }
}

function enlarged(array: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(size);
  larger.set(array.subarray(0, Math.min(array.length, size)));
  return larger;
}

function enlargedFlags(array: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(array.subarray(0, Math.min(array.length, size)));
  return larger;
}

function copy(from: Float32Array, at: number, to: Float32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[at + i]!;
}
