/** @file Delays actions: each takes effect a number of substeps after the policy chose it. */

export interface PendingAction {
  /** Substep at which the action takes effect. */
  readonly dueSubstep: number;
  readonly action: Float32Array;
}

/** Queue of pending actions, oldest first; reused from episode to episode. */
export class ActionDelay {
  #pending: PendingAction[] = [];
  #delay = 0;

  /** Starts an episode with the given delay in substeps. */
  begin(substeps: number): void {
    this.#delay = substeps;
    this.#pending.length = 0;
  }

  /** Adds a copy of an action chosen at a substep. */
  add(action: Float32Array, substep: number): void {
    this.#pending.push({ dueSubstep: substep + this.#delay, action: action.slice() });
  }

  /** Removes the actions due by a substep and returns the latest of them, or undefined. */
  takeDue(substep: number): Float32Array | undefined {
    let due: Float32Array | undefined;
    for (
      let next = this.#pending[0];
      next !== undefined && next.dueSubstep <= substep;
      next = this.#pending[0]
    ) {
      due = next.action;
      this.#pending.shift();
    }
    return due;
  }

  saveState(): readonly PendingAction[] {
    return this.#pending.map(copyOf);
  }

  restoreState(pending: readonly PendingAction[]): void {
    this.#pending = pending.map(copyOf);
  }
}

function copyOf({ dueSubstep, action }: PendingAction): PendingAction {
  return { dueSubstep, action: action.slice() };
}
