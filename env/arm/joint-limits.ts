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
/**
 * Widest range, rad, whose two limits are added together. Rapier measures a joint's angle from the middle of the range,
 * modulo 2π: half a turn from it, a joint beyond one limit counts as beyond the other one and is pushed onwards. This
 * range leaves 0.19 rad beyond each limit, more than a joint turns in a substep.
 */
const MAX_RANGE = 5.9;

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
    this.#handles = this.#joints.map((limited, i) => {
      if (limited === null || !this.isNear(i, angles[i]!, speeds[i]!)) return null;
      const [low, high] = this.#rangeAt(i, angles[i]!, limited);
      return world.addLimits(limited.joint, low, high);
    });
  }

  /**
   * Returns the range that Rapier enforces for a joint near a limit, rad from its start angle. Of a range that is too
   * wide for Rapier it is the half turn that starts at the nearer limit.
   */
  #rangeAt(i: number, angle: number, { low, high }: LimitedJoint): readonly [low: number, high: number] {
    const { limits } = this.#links[i]!;
    if (limits === null || high - low <= MAX_RANGE) return [low, high];
    return angle - limits[0] < limits[1] - angle ? [low, low + Math.PI] : [high - Math.PI, high];
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
