/** @file How much a page may ask in a second: a bucket that fills steadily and that each message takes from. */

export class MessageBudget {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #filledAt: number;

  /** @param now seconds */
  constructor(perSecond: number, most: number, now: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
    this.#filledAt = now;
  }

  /** Takes one message's worth; false if there is none left. */
  spend(now: number): boolean {
    this.#left = Math.min(this.#most, this.#left + (now - this.#filledAt) * this.#perSecond);
    this.#filledAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
