/**
 * @file The joint limits of one arm: constraints that are in the physics world only while a joint is near a limit.
 *
 * A limit has no effect until its joint has passed it, but costs Rapier time in every substep. With the seven limits of
 * a Panda always present, a substep takes a fifth longer and computes the same bits.
 */

import type { Joint, LimitsHandle } from "../body.ts";
import type { PhysicsWorld } from "../world.ts";
import type { ArmLink } from "./arm-model.ts";

/** A joint and its limits, rad from its start angle. */
export interface LimitedJoint {
  readonly joint: Joint;
  readonly low: number;
  readonly high: number;
}

/** Saved state of an arm's limits, plain data. */
export interface JointLimitsState {
  readonly joints: readonly (LimitedJoint | null)[];
  readonly handles: readonly (LimitsHandle | null)[];
}

/**
 * A joint's limits are added when it is closer to one than MARGIN, rad, plus its motion in LOOKAHEAD substeps at its
 * present speed. The constraint is then in the world before it acts.
 */
const LOOKAHEAD = 2;
const MARGIN = 0.1;
/** Factor on the margin at which limits are removed: a joint at the margin would add and remove them repeatedly. */
const HYSTERESIS = 2;

export class JointLimits {
  readonly #links: readonly ArmLink[];
  readonly #physicsTimestep: number;
  #joints: readonly (LimitedJoint | null)[] = [];
  #handles: (LimitsHandle | null)[] = [];

  constructor(links: readonly ArmLink[], physicsTimestep: number) {
    this.#links = links;
    this.#physicsTimestep = physicsTimestep;
  }

  /** Starts in a new world, which has no limits yet; null stands for a joint without limits. */
  start(joints: readonly (LimitedJoint | null)[]): void {
    this.#joints = joints;
    this.#handles = joints.map(() => null);
  }

  /**
   * Adds and removes limits for the next substep.
   *
   * @param angles [N] rad
   * @param speeds [N] rad/s
   */
  update(world: PhysicsWorld, angles: Float64Array, speeds: Float64Array): void {
    const handles = this.#handles;
    let isChanged = false;
    for (let i = 0; i < handles.length; i++) {
      if (this.isNear(i, angles[i]!, speeds[i]!) !== (handles[i] !== null)) isChanged = true;
    }
    if (!isChanged) return;
    // Rapier solves constraints in the order of their creation. Replacing all in the order of the links makes the
    // motion independent of the order in which joints came near their limits.
    for (const handle of handles) if (handle !== null) world.removeLimits(handle);
    this.#handles = this.#joints.map((limited, i) =>
      limited !== null && this.isNear(i, angles[i]!, speeds[i]!)
        ? world.addLimits(limited.joint, limited.low, limited.high)
        : null,
    );
  }

  /** Returns whether a joint at an angle, rad, and speed, rad/s, needs its limits. */
  isNear(i: number, angle: number, speed: number): boolean {
    const { limits } = this.#links[i]!;
    if (limits === null) return false;
    const factor = this.#handles[i] === null ? 1 : HYSTERESIS;
    const margin = factor * (MARGIN + LOOKAHEAD * this.#physicsTimestep * Math.abs(speed));
    return angle < limits[0] + margin || angle > limits[1] - margin;
  }

  saveState(): JointLimitsState {
    return { joints: this.#joints, handles: this.#handles };
  }

  /** Continues from a saved state in a world restored from the same moment. */
  restoreState({ joints, handles }: JointLimitsState): void {
    this.#joints = joints;
    this.#handles = [...handles];
  }
}
