/**
 * @file A ring of whole episodes in flat typed arrays, sampled uniformly by transition.
 *
 * Whole episodes, because hindsight needs what came later; flat arrays, because walking objects
 * costs a third of a millisecond a batch.
 */

import type { Episode, EpisodeSizes } from "../shared/episode.ts";
import { InputError, internal } from "../shared/errors.ts";
import type { RewardFunction } from "../shared/goal-env.ts";
import type { Rng } from "../shared/rng.ts";
import { futureStep } from "./her.ts";

/** Transitions side by side, B rows each; one object is filled again and again. */
export interface Batch {
  readonly size: number;
  /** [B × O] before the action. */
  readonly observations: Float32Array;
  /** [B × O] after it. */
  readonly nextObservations: Float32Array;
  /** [B × G] the goal to learn with: the episode's own or one from hindsight. */
  readonly goals: Float32Array;
  /** [B × A] */
  readonly actions: Float32Array;
  /** [B] */
  readonly rewards: Float32Array;
  /** [B] 0 where the task itself ended, else 1: a time limit does not end the task. */
  readonly continues: Float32Array;
}

/** An empty batch of the caller's own. */
export function makeBatch(size: number, sizes: EpisodeSizes): Batch {
  return {
    size,
    observations: new Float32Array(size * sizes.observation),
    nextObservations: new Float32Array(size * sizes.observation),
    goals: new Float32Array(size * sizes.goal),
    actions: new Float32Array(size * sizes.action),
    rewards: new Float32Array(size),
    continues: new Float32Array(size),
  };
}

/** All that a replay buffer holds, as flat arrays cut to what is filled; for checkpoints. */
export interface ReplayContents {
  readonly observations: Float32Array;
  readonly achievedGoals: Float32Array;
  readonly desiredGoals: Float32Array;
  readonly actions: Float32Array;
  readonly lengths: Int32Array;
  readonly terminated: Uint8Array;
  /** The slot that the next episode goes into. */
  readonly nextSlot: number;
}

const FIRST_SLOTS = 64;

export class ReplayBuffer {
  readonly #sizes: EpisodeSizes;
  readonly #maxSlots: number;
  #slots = 0;
  #observations = new Float32Array(0);
  #achievedGoals = new Float32Array(0);
  #desiredGoals = new Float32Array(0);
  #actions = new Float32Array(0);
  #lengths = new Int32Array(0);
  #terminated = new Uint8Array(0);
  #filled = 0;
  #next = 0;
  #transitions = 0;
  readonly #achieved: Float32Array;
  readonly #goal: Float32Array;

  /** @param capacity transitions to keep at most; at least one whole episode is kept */
  constructor(capacity: number, sizes: EpisodeSizes) {
    this.#sizes = sizes;
    this.#maxSlots = Math.max(1, Math.floor(capacity / sizes.maxSteps));
    this.#achieved = new Float32Array(sizes.goal);
    this.#goal = new Float32Array(sizes.goal);
  }

  /** Transitions that can be sampled now. */
  get transitions(): number {
    return this.#transitions;
  }

  /** Episodes kept now. */
  get episodes(): number {
    return this.#filled;
  }

  /** Copies an episode in, over the oldest one when full. Episodes without a step are left out. */
  store(episode: Episode): void {
    if (episode.length === 0) return;
    if (this.#next >= this.#slots) this.#grow(this.#next + 1);
    const { observation, goal, action, maxSteps } = this.#sizes;
    const slot = this.#next;
    const moments = episode.length + 1;
    this.#observations.set(
      episode.observations.subarray(0, moments * observation),
      slot * (maxSteps + 1) * observation,
    );
    this.#achievedGoals.set(episode.achievedGoals.subarray(0, moments * goal), slot * (maxSteps + 1) * goal);
    this.#desiredGoals.set(episode.desiredGoal, slot * goal);
    this.#actions.set(episode.actions.subarray(0, episode.length * action), slot * maxSteps * action);
    this.#transitions += episode.length - this.#lengths[slot]!;
    this.#lengths[slot] = episode.length;
    this.#terminated[slot] = episode.terminated ? 1 : 0;
    this.#filled = Math.max(this.#filled, slot + 1);
    this.#next = (slot + 1) % this.#maxSlots;
  }

  /**
   * Fills a batch with transitions drawn uniformly with replacement, some under a goal from hindsight.
   *
   * @param hindsightShare chance that a transition gets a goal its episode reached later, k/(k+1)
   * @param reward         pays each transition for the goal it is given; gets views, must not keep them
   * @throws InputError if nothing is stored yet
   */
  sample(batch: Batch, hindsightShare: number, reward: RewardFunction, rng: Rng): void {
    if (this.#transitions === 0) {
      throw new InputError("replay: nothing to sample yet; raise agent.warmupSteps to at least one episode");
    }
    const { observation, goal, action, maxSteps } = this.#sizes;
    const observations = this.#observations;
    const achievedGoals = this.#achievedGoals;
    for (let row = 0; row < batch.size; row++) {
      const [slot, t] = this.#draw(rng);
      const length = this.#lengths[slot]!;
      const moment = slot * (maxSteps + 1) + t;
      copy(observations, moment * observation, batch.observations, row * observation, observation);
      copy(observations, (moment + 1) * observation, batch.nextObservations, row * observation, observation);
      copy(this.#actions, (slot * maxSteps + t) * action, batch.actions, row * action, action);
      if (hindsightShare > 0 && rng.uniform() < hindsightShare) {
        const reached = slot * (maxSteps + 1) + futureStep(t, length, rng);
        copy(achievedGoals, reached * goal, this.#goal, 0, goal);
      } else {
        copy(this.#desiredGoals, slot * goal, this.#goal, 0, goal);
      }
      copy(this.#goal, 0, batch.goals, row * goal, goal);
      copy(achievedGoals, (moment + 1) * goal, this.#achieved, 0, goal);
      batch.rewards[row] = reward(this.#achieved, this.#goal);
      batch.continues[row] = t === length - 1 && this.#terminated[slot] === 1 ? 0 : 1;
    }
  }

  /** A copy of what is stored. */
  contents(): ReplayContents {
    const { observation, goal, action, maxSteps } = this.#sizes;
    const n = this.#filled;
    return {
      observations: this.#observations.slice(0, n * (maxSteps + 1) * observation),
      achievedGoals: this.#achievedGoals.slice(0, n * (maxSteps + 1) * goal),
      desiredGoals: this.#desiredGoals.slice(0, n * goal),
      actions: this.#actions.slice(0, n * maxSteps * action),
      lengths: this.#lengths.slice(0, n),
      terminated: this.#terminated.slice(0, n),
      nextSlot: this.#next,
    };
  }

  /** Replaces what is stored by saved contents. Throws InputError if they are of another environment or capacity. */
  restore(saved: ReplayContents): void {
    const { observation, goal, action, maxSteps } = this.#sizes;
    const n = saved.lengths.length;
    const fits =
      n <= this.#maxSlots &&
      saved.observations.length === n * (maxSteps + 1) * observation &&
      saved.achievedGoals.length === n * (maxSteps + 1) * goal &&
      saved.desiredGoals.length === n * goal &&
      saved.actions.length === n * maxSteps * action &&
      saved.terminated.length === n &&
      saved.nextSlot <= n &&
      saved.nextSlot < this.#maxSlots &&
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
    this.#lengths.set(saved.lengths);
    this.#terminated.set(saved.terminated);
    this.#filled = n;
    this.#next = saved.nextSlot;
    this.#transitions = saved.lengths.reduce((sum, length) => sum + length, 0);
  }

  /** A slot and a step in it. Steps that a shorter episode lacks are drawn again, so each transition is as likely. */
  #draw(rng: Rng): readonly [slot: number, t: number] {
    for (;;) {
      const drawn = rng.integer(this.#filled * this.#sizes.maxSteps);
      const slot = Math.floor(drawn / this.#sizes.maxSteps);
      const t = drawn - slot * this.#sizes.maxSteps;
      if (t < this.#lengths[slot]!) return [slot, t];
    }
  }

  #grow(needed: number): void {
    if (needed > this.#maxSlots) throw internal(`replay: ${needed} slots of ${this.#maxSlots}`);
    const slots = Math.min(this.#maxSlots, Math.max(FIRST_SLOTS, needed, this.#slots * 2));
    const { observation, goal, action, maxSteps } = this.#sizes;
    this.#observations = enlarged(this.#observations, slots * (maxSteps + 1) * observation);
    this.#achievedGoals = enlarged(this.#achievedGoals, slots * (maxSteps + 1) * goal);
    this.#desiredGoals = enlarged(this.#desiredGoals, slots * goal);
    this.#actions = enlarged(this.#actions, slots * maxSteps * action);
    const lengths = new Int32Array(slots);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
    const terminated = new Uint8Array(slots);
    terminated.set(this.#terminated.subarray(0, slots));
    this.#terminated = terminated;
    this.#slots = slots;
  }
}

function enlarged(array: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(size);
  larger.set(array.subarray(0, Math.min(array.length, size)));
  return larger;
}

function copy(from: Float32Array, at: number, to: Float32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[at + i]!;
}
