/** @file The clock of episode playback: time, speed, play and pause, the same for all slots. */

/** The selectable speeds, ascending; 1 is real time. */
export const SPEEDS: readonly number[] = [0.1, 0.25, 0.5, 1, 2, 4];

/** Seconds that a looping clock stays at the end before it restarts. */
const PAUSE_AT_END = 0.6;

/** A clock over [0, duration] seconds. `advance` moves it; it reads no real time itself. */
export class PlaybackClock {
  #time = 0;
  #duration = 0;
  #speed = 1;
  #playing = false;
  /** Seconds since the end was reached. */
  #timeAtEnd = 0;
  /** Whether the clock restarts at the end instead of pausing. */
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

  /** Sets the duration in seconds, and clamps the time to it. */
  setDuration(duration: number): void {
    this.#duration = Math.max(0, duration);
    this.#time = Math.min(this.#time, this.#duration);
  }

  /** Sets the speed, clamped to the range of SPEEDS. */
  setSpeed(speed: number): void {
    const slowest = SPEEDS[0] ?? 1;
    const fastest = SPEEDS[SPEEDS.length - 1] ?? 1;
    this.#speed = Math.min(Math.max(speed, slowest), fastest);
  }

  /** Selects the next speed of SPEEDS: 1 is faster, −1 slower. */
  changeSpeed(direction: 1 | -1): void {
    const next =
      direction > 0
        ? SPEEDS.find((speed) => speed > this.#speed + 1e-9)
        : SPEEDS.findLast((speed) => speed < this.#speed - 1e-9);
    if (next !== undefined) this.#speed = next;
  }

  /** Starts the clock, from 0 if it is at the end. */
  play(): void {
    if (this.#time >= this.#duration) this.#time = 0;
    this.#timeAtEnd = 0;
    this.#playing = true;
  }

  pause(): void {
    this.#playing = false;
  }

  /** Sets the time in seconds, clamped to the episode. */
  seek(time: number): void {
    this.#timeAtEnd = 0;
    this.#time = Math.min(Math.max(Number.isFinite(time) ? time : 0, 0), this.#duration);
  }

  /**
   * Advances the clock by elapsed real time.
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
      this.#timeAtEnd += elapsed;
      if (this.#timeAtEnd < PAUSE_AT_END) return false;
      this.#timeAtEnd = 0;
      this.#time = 0;
      return true;
    }
    this.#time = Math.min(this.#time + elapsed * this.#speed, this.#duration);
    return true;
  }
}
