/** @file Actions that take effect some substeps after they were chosen. */

/** Waiting actions, the oldest first. One object serves many episodes. */
export class ActionDelay {
  readonly #waiting: { readonly due: number; readonly action: Float32Array }[] = [];
  readonly #current: Float32Array;
  #delay = 0;

  constructor(actionSize: number) {
    this.#current = new Float32Array(actionSize);
  }

  /** Starts an episode at rest: until the first action takes effect, there is none. */
  begin(substeps: number): void {
    this.#delay = substeps;
    this.#waiting.length = 0;
    this.#current.fill(0);
  }

  /** Takes in an action that was chosen at a substep; copies it. */
  choose(action: Float32Array, substep: number): void {
    this.#waiting.push({ due: substep + this.#delay, action: action.slice() });
  }

  /** The action in effect during a substep: its own array, for reading. Substeps must not go back. */
  during(substep: number): Float32Array {
    for (let next = this.#waiting[0]; next !== undefined && next.due <= substep; next = this.#waiting[0]) {
      this.#current.set(next.action);
      this.#waiting.shift();
    }
    return this.#current;
  }
}
