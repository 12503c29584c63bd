/**
 * @file The replay buffer: a ring of episodes in flat typed arrays.
 *
 * Episodes rather than transitions, because hindsight needs later moments of the same episode. Flat
 * arrays, because arrays of objects cost 0.3 ms per batch.
 *
 * Demonstrations fill the first slots and are never replaced.
 *
 * An episode occupies a slot of maxSteps steps and maxSteps + 1 moments; step t leads from moment t to
 * moment t + 1. A transition's index is slot · maxSteps + step.
 */

import { z } from "zod";
import type { Episode, EpisodeSizes } from "../shared/episode.ts";
import { InputError, internal, refuse } from "../shared/errors.ts";
import type { Rng } from "../shared/rng.ts";
import { Count, Float32Values, Int32Values, Uint8Values } from "../shared/state-schemas.ts";
import type { Batch } from "./batch.ts";

/** The buffer's part of a checkpoint: arrays of S filled slots. */
export const ReplayState = z.strictObject({
  /** [S × (maxSteps + 1) × O] */
  observations: Float32Values,
  /** [S × (maxSteps + 1) × G] */
  achievedGoals: Float32Values,
  /** [S × G] */
  desiredGoals: Float32Values,
  /** [S × maxSteps × A] */
  actions: Float32Values,
  /** [S × maxSteps] sum of each step's reward terms; empty if the environment has none. */
  terms: Float32Values,
  /** [S] steps in each episode. */
  lengths: Int32Values,
  /** [S] 1 if the episode terminated rather than being truncated. */
  terminated: Uint8Values,
  /** [S] 1 if the episode achieved its own goal at some step. */
  rewarding: Uint8Values,
  /** The slot of the next episode. */
  nextSlot: Count,
  /** Demonstrations, in the first slots. Absent in checkpoints of older versions. */
  demonstrations: Count.default(0),
});
export type ReplayState = z.infer<typeof ReplayState>;

const MIN_SLOTS = 64;

export class ReplayBuffer {
  readonly sizes: EpisodeSizes;
  /** Maximum number of episodes. */
  readonly maxSlots: number;
  /** Slots allocated. */
  #slots = 0;
  #observations = new Float32Array(0);
  #achievedGoals = new Float32Array(0);
  #desiredGoals = new Float32Array(0);
  #actions = new Float32Array(0);
  #terms = new Float32Array(0);
  #lengths = new Int32Array(0);
  #terminated = new Uint8Array(0);
  #rewarding = new Uint8Array(0);
  #episodes = 0;
  #nextSlot = 0;
  #transitions = 0;
  #demonstrations = 0;

  /** @param capacity maximum number of transitions; at least one episode is kept */
  constructor(capacity: number, sizes: EpisodeSizes) {
    this.sizes = sizes;
    this.maxSlots = Math.max(1, Math.floor(capacity / sizes.maxSteps));
  }

  /** Transitions stored. */
  get transitions(): number {
    return this.#transitions;
  }

  /** Episodes stored; they fill the first slots. */
  get episodes(): number {
    return this.#episodes;
  }

  /** Demonstrations stored; they fill the first of the episodes' slots. */
  get demonstrations(): number {
    return this.#demonstrations;
  }

  /** Whether the episode in a slot is a demonstration. */
  isDemonstration(slot: number): boolean {
    return slot < this.#demonstrations;
  }

  /** The slot of a transition. */
  slotOf(index: number): number {
    return Math.floor(index / this.sizes.maxSteps);
  }

  /** The step of a transition within its episode. */
  stepOf(index: number): number {
    return index - this.slotOf(index) * this.sizes.maxSteps;
  }

  /** The index of a transition. */
  indexOf(slot: number, step: number): number {
    return slot * this.sizes.maxSteps + step;
  }

  /** The slot of an episode by age: 0 is the newest, episodes − 1 the oldest; demonstrations are older than all others. */
  slotByAge(age: number): number {
    const others = this.#episodes - this.#demonstrations;
    if (age >= others) return this.#episodes - 1 - age;
    return this.#demonstrations + ((this.#nextSlot - this.#demonstrations - 1 - age + 2 * others) % others);
  }

  /** Steps of the episode in a slot. */
  lengthOf(slot: number): number {
    return this.#lengths[slot]!;
  }

  /** Whether the episode in a slot achieved its own goal at some step. */
  isRewarding(slot: number): boolean {
    return this.#rewarding[slot] === 1;
  }

  /** Whether the episode in a slot terminated. */
  isTerminated(slot: number): boolean {
    return this.#terminated[slot] === 1;
  }

  /** The sum of a step's reward terms, 0 ≤ step < length. */
  termsOf(slot: number, step: number): number {
    return this.#hasTerms ? this.#terms[this.indexOf(slot, step)]! : 0;
  }

  /** Copies an episode of at least one step in, replacing the oldest one if full; returns its slot. */
  store(episode: Episode): number {
    if (episode.length === 0) throw internal("replay: an episode without a step");
    if (this.#nextSlot >= this.#slots) this.#grow(this.#nextSlot + 1);
    const { observation, goal, action } = this.sizes;
    const slot = this.#nextSlot;
    const moments = episode.length + 1;
    const firstMoment = this.#momentIndex(slot, 0);
    const firstStep = this.indexOf(slot, 0);
    this.#observations.set(
      episode.observations.subarray(0, moments * observation),
      firstMoment * observation,
    );
    this.#achievedGoals.set(episode.achievedGoals.subarray(0, moments * goal), firstMoment * goal);
    this.#desiredGoals.set(episode.desiredGoal, slot * goal);
    this.#actions.set(episode.actions.subarray(0, episode.length * action), firstStep * action);
    if (this.#hasTerms) {
      for (let step = 0; step < episode.length; step++) this.#terms[firstStep + step] = episode.termSum(step);
    }
    this.#transitions += episode.length - this.#lengths[slot]!;
    this.#lengths[slot] = episode.length;
    this.#terminated[slot] = episode.terminated ? 1 : 0;
    this.#rewarding[slot] = episode.successOnce ? 1 : 0;
    this.#episodes = Math.max(this.#episodes, slot + 1);
    this.#nextSlot = slot + 1 < this.maxSlots ? slot + 1 : this.#demonstrations;
    return slot;
  }

  /** Stores a copy of a demonstration, before any other episode; returns its slot. Throws InputError if the buffer is full. */
  storeDemonstration(episode: Episode): number {
    if (this.#episodes > this.#demonstrations) throw internal("replay: a demonstration after an episode");
    // At least one slot remains for other episodes.
    if (this.#demonstrations + 1 >= this.maxSlots) {
      const { maxSteps } = this.sizes;
      throw refuse(
        "agent.replayCapacity",
        `room for more than ${this.#demonstrations + 1} demonstrations of ${maxSteps} steps`,
        this.maxSlots * maxSteps,
        "Raise it, or record fewer episodes",
      );
    }
    this.#demonstrations += 1;
    return this.store(episode);
  }

  /** The index of a transition of the slots from `first` to `end` − 1, drawn uniformly; by default of all. Throws InputError if there is none. */
  draw(rng: Rng, first = 0, end = this.#episodes): number {
    if (first >= end) {
      throw new InputError("replay: expected a stored episode, got none. Raise agent.warmupSteps");
    }
    const firstIndex = this.indexOf(first, 0);
    const count = this.indexOf(end, 0) - firstIndex;
    for (;;) {
      const index = firstIndex + rng.integer(count);
      const slot = this.slotOf(index);
      // Episodes shorter than maxSteps leave unused steps.
      if (index < this.indexOf(slot, this.#lengths[slot]!)) return index;
    }
  }

  /** Copies the observation at a moment, 0 ≤ moment ≤ length, to `into[at]` and on. */
  readObservation(slot: number, moment: number, into: Float32Array, at: number): void {
    const { observation } = this.sizes;
    copy(this.#observations, this.#momentIndex(slot, moment) * observation, into, at, observation);
  }

  /** Copies the goal achieved at a moment. */
  readAchievedGoal(slot: number, moment: number, into: Float32Array, at: number): void {
    const { goal } = this.sizes;
    copy(this.#achievedGoals, this.#momentIndex(slot, moment) * goal, into, at, goal);
  }

  /** Copies the episode's own desired goal. */
  readDesiredGoal(slot: number, into: Float32Array, at: number): void {
    copy(this.#desiredGoals, slot * this.sizes.goal, into, at, this.sizes.goal);
  }

  /** Copies the action of a step, 0 ≤ step < length. */
  readAction(slot: number, step: number, into: Float32Array, at: number): void {
    const { action } = this.sizes;
    copy(this.#actions, this.indexOf(slot, step) * action, into, at, action);
  }

  /**
   * Copies the observations, actions and next observations of a batch's transitions.
   *
   * In loops that do nothing else: within the sampling of each row, the same copies take twice as long.
   *
   * @param batch with its indices and steps
   */
  copyTransitions({ size, indices, steps, observations, nextObservations, actions }: Batch): void {
    const { observation, action, maxSteps } = this.sizes;
    const allObservations = this.#observations;
    for (let row = 0; row < size; row++) {
      const index = indices[row]!;
      // Each episode before it has one moment more than steps.
      const from = (index + Math.floor(index / maxSteps)) * observation;
      const next = from + steps[row]! * observation;
      const to = row * observation;
      for (let i = 0; i < observation; i++) observations[to + i] = allObservations[from + i]!;
      for (let i = 0; i < observation; i++) nextObservations[to + i] = allObservations[next + i]!;
    }
    const allActions = this.#actions;
    for (let row = 0; row < size; row++) {
      const from = indices[row]! * action;
      const to = row * action;
      for (let i = 0; i < action; i++) actions[to + i] = allActions[from + i]!;
    }
  }

  /** A copy of the stored episodes. */
  getState(): ReplayState {
    const lengths = this.#arrayLengths(this.#episodes);
    return {
      observations: this.#observations.slice(0, lengths.observations),
      achievedGoals: this.#achievedGoals.slice(0, lengths.achievedGoals),
      desiredGoals: this.#desiredGoals.slice(0, lengths.desiredGoals),
      actions: this.#actions.slice(0, lengths.actions),
      terms: this.#terms.slice(0, lengths.terms),
      lengths: this.#lengths.slice(0, lengths.lengths),
      terminated: this.#terminated.slice(0, lengths.terminated),
      rewarding: this.#rewarding.slice(0, lengths.rewarding),
      nextSlot: this.#nextSlot,
      demonstrations: this.#demonstrations,
    };
  }

  /**
   * Replaces the stored episodes by saved ones.
   *
   * @param where their path, for the error
   * @throws InputError, before anything has changed, if they are of another environment or exceed the capacity
   */
  setState(state: ReplayState, where: string): void {
    const episodes = state.lengths.length;
    if (episodes > this.maxSlots) {
      throw refuse(`${where}.lengths`, `at most ${this.maxSlots} episodes (agent.replayCapacity)`, episodes);
    }
    const { nextSlot, demonstrations, ...arrays } = state;
    const expected: Readonly<Record<string, number>> = this.#arrayLengths(episodes);
    for (const [name, { length }] of Object.entries(arrays)) {
      if (length !== expected[name]) {
        throw refuse(`${where}.${name}`, `${expected[name]} numbers for ${episodes} episodes`, length);
      }
    }
    const { maxSteps } = this.sizes;
    const wrong = state.lengths.find((length) => length < 1 || length > maxSteps);
    if (wrong !== undefined) throw refuse(`${where}.lengths`, `episodes of 1 to ${maxSteps} steps`, wrong);
    if (nextSlot > episodes || nextSlot >= this.maxSlots) {
      throw refuse(`${where}.nextSlot`, `at most ${Math.min(episodes, this.maxSlots - 1)}`, nextSlot);
    }
    if (demonstrations > Math.min(episodes, nextSlot)) {
      throw refuse(`${where}.demonstrations`, `at most ${Math.min(episodes, nextSlot)}`, demonstrations);
    }
    this.#slots = 0;
    this.#lengths = new Int32Array(0);
    this.#grow(episodes);
    this.#observations.set(state.observations);
    this.#achievedGoals.set(state.achievedGoals);
    this.#desiredGoals.set(state.desiredGoals);
    this.#actions.set(state.actions);
    this.#terms.set(state.terms);
    this.#lengths.set(state.lengths);
    this.#terminated.set(state.terminated);
    this.#rewarding.set(state.rewarding);
    this.#episodes = episodes;
    this.#nextSlot = nextSlot;
    this.#demonstrations = demonstrations;
    this.#transitions = state.lengths.reduce((sum, length) => sum + length, 0);
  }

  get #hasTerms(): boolean {
    return (this.sizes.terms ?? 0) > 0;
  }

  #momentIndex(slot: number, moment: number): number {
    return slot * (this.sizes.maxSteps + 1) + moment;
  }

  /** Lengths of the arrays for a number of slots. */
  #arrayLengths(
    slots: number,
  ): Readonly<Record<Exclude<keyof ReplayState, "nextSlot" | "demonstrations">, number>> {
    const { observation, goal, action, maxSteps } = this.sizes;
    return {
      observations: slots * (maxSteps + 1) * observation,
      achievedGoals: slots * (maxSteps + 1) * goal,
      desiredGoals: slots * goal,
      actions: slots * maxSteps * action,
      terms: this.#hasTerms ? slots * maxSteps : 0,
      lengths: slots,
      terminated: slots,
      rewarding: slots,
    };
  }

  #grow(needed: number): void {
    if (needed > this.maxSlots) throw internal(`replay: ${needed} slots of ${this.maxSlots}`);
    this.#slots = Math.min(this.maxSlots, Math.max(MIN_SLOTS, needed, this.#slots * 2));
    const lengths = this.#arrayLengths(this.#slots);
    this.#observations = enlarged(this.#observations, new Float32Array(lengths.observations));
    this.#achievedGoals = enlarged(this.#achievedGoals, new Float32Array(lengths.achievedGoals));
    this.#desiredGoals = enlarged(this.#desiredGoals, new Float32Array(lengths.desiredGoals));
    this.#actions = enlarged(this.#actions, new Float32Array(lengths.actions));
    this.#terms = enlarged(this.#terms, new Float32Array(lengths.terms));
    this.#lengths = enlarged(this.#lengths, new Int32Array(lengths.lengths));
    this.#terminated = enlarged(this.#terminated, new Uint8Array(lengths.terminated));
    this.#rewarding = enlarged(this.#rewarding, new Uint8Array(lengths.rewarding));
  }
}

/** Copies an array to the start of a larger one, which it returns. */
function enlarged<T extends Float32Array | Int32Array | Uint8Array>(array: T, larger: T): T {
  larger.set(array.subarray(0, larger.length));
  return larger;
}

function copy(from: Float32Array, at: number, to: Float32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[at + i]!;
}
