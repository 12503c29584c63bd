/** @file Actions that take effect some substeps after they were chosen. */

interface Waiting {
  /** The substep at which it takes effect. */
  readonly due: number;
  readonly action: Float32Array;
}

/** Waiting actions, the oldest first. One object serves many episodes. */
export class ActionDelay {
  #waiting: Waiting[] = [];
  #delay = 0;

  /** Starts an episode in which actions wait for so many substeps. */
  begin(substeps: number): void {
    this.#delay = substeps;
    this.#waiting.length = 0;
  }

  /** Takes in an action that was chosen at a substep; copies it. */
  choose(action: Float32Array, substep: number): void {
    this.#waiting.push({ due: substep + this.#delay, action: action.slice() });
  }

  /** The action that takes effect with a substep, if one does. Substeps must not go back. */
  due(substep: number): Float32Array | undefined {
    let found: Float32Array | undefined;
    for (let next = this.#waiting[0]; next !== undefined && next.due <= substep; next = this.#waiting[0]) {
      found = next.action;
      this.#waiting.shift();
    }
    return found;
  }

  /** What waits: for reading. */
  get waiting(): readonly Waiting[] {
    return this.#waiting;
  }

  /** Lets other actions wait instead; copies them. */
  restore(waiting: readonly Waiting[]): void {
    this.#waiting = waiting.map(({ due, action }) => ({ due, action: action.slice() }));
  }
}
