/** @file The posture that the user gives an arm by sliders, until the arm has it. */

/** Milliseconds after which the arm's own angles are shown again, if the server has refused a posture. */
const PATIENCE = 1000;

/** Frames have single precision, rad. */
const TOLERANCE = 1e-4;

/** Between a slider's move and the frame that shows it, older frames arrive. They must not move the slider back. */
export class PosedAngles {
  #angles: readonly number[] | undefined;
  #since = 0;

  /**
   * Moves one joint of the displayed posture and returns the posture, [N] rad.
   *
   * @param measured the arm's angles, [N] rad
   * @param now      milliseconds
   */
  move(joint: number, angle: number, measured: ArrayLike<number>, now: number): readonly number[] {
    const angles = Array.from(this.displayed(measured, now), (each, i) => (i === joint ? angle : each));
    this.#angles = angles;
    this.#since = now;
    return angles;
  }

  /** Returns the angles to display, [N] rad: the posture until the arm has it, then the measured ones. */
  displayed(measured: ArrayLike<number>, now: number): ArrayLike<number> {
    const angles = this.#angles;
    if (angles === undefined) return measured;
    const isReached = angles.every((angle, i) => Math.abs(angle - (measured[i] ?? 0)) <= TOLERANCE);
    if (!isReached && now - this.#since <= PATIENCE) return angles;
    this.#angles = undefined;
    return measured;
  }

  /** Forgets the posture, when another arm is displayed or the arm moves on. */
  clear(): void {
    this.#angles = undefined;
  }
}
