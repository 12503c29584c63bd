/** @file The one clock that every policy on screen plays by: time, speed, play and pause. */

/** The speeds offered, slowest first; 1 is real time. */
export const SPEEDS: readonly number[] = [0.1, 0.25, 0.5, 1, 2, 4];

/** Seconds that the last moment stays on screen before a looping clock starts over. */
const REST_AT_END = 0.6;

/** A clock over the span [0, duration] seconds. It is told how much time went by; it never asks. */
export class PlaybackClock {
  #time = 0;
  #duration = 0;
  #speed = 1;
  #playing = false;
  #resting = 0;
  /** Whether the clock starts over at the end instead of pausing there. */
  looping = true;

  /** Seconds since the start of the episode. */
  get time(): number {
    return this.#time;
  }
  /** Seconds. */
  get duration(): number {
    return this.#duration;
  }
  get speed(): number {
    return this.#speed;
  }
  get playing(): boolean {
    return this.#playing;
  }

  /** Sets the length of what is played, in seconds; the time stays, where it still exists. */
  setDuration(duration: number): void {
    this.#duration = Math.max(0, duration);
    this.#time = Math.min(this.#time, this.#duration);
  }

  /** Sets the speed, held within what is offered. */
  setSpeed(speed: number): void {
    const slowest = SPEEDS[0] ?? 1;
    const fastest = SPEEDS[SPEEDS.length - 1] ?? 1;
    this.#speed = Math.min(Math.max(speed, slowest), fastest);
  }

  /** The next offered speed in a direction: 1 is faster, −1 slower. */
  changeSpeed(direction: 1 | -1): void {
    const next =
      direction > 0
        ? SPEEDS.find((speed) => speed > this.#speed + 1e-9)
        : SPEEDS.findLast((speed) => speed < this.#speed - 1e-9);
    if (next !== undefined) this.#speed = next;
  }

  /** Starts; from the beginning if the end was reached. */
  play(): void {
    if (this.#time >= this.#duration) this.#time = 0;
    this.#resting = 0;
    this.#playing = true;
  }

  pause(): void {
    this.#playing = false;
  }

  /** Goes to a time in seconds, held within the episode. */
  seek(time: number): void {
    this.#resting = 0;
    this.#time = Math.min(Math.max(Number.isFinite(time) ? time : 0, 0), this.#duration);
  }

  /**
   * Lets real time go by.
   *
   * @param elapsed seconds since the last call
   * @returns whether the time on the clock changed
   */
  advance(elapsed: number): boolean {
    if (!this.#playing || this.#duration === 0 || !(elapsed > 0)) return false;
    if (this.#time >= this.#duration) {
      if (!this.looping) {
        this.#playing = false;
        return false;
      }
      this.#resting += elapsed;
      if (this.#resting < REST_AT_END) return false;
      this.#resting = 0;
      this.#time = 0;
      return true;
    }
    this.#time = Math.min(this.#time + elapsed * this.#speed, this.#duration);
    return true;
  }
}
