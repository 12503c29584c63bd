/**
 * @file The observation of an object: position, position and velocity relative to the tool, rotation, angular velocity,
 * and optionally a high-resolution distance to the tool.
 *
 * The contents are those of Fetch's observations. The last three numbers are tanh(20 · (object − tool)): after
 * normalisation by the standard deviation over all episodes, a centimetre of position is hardly visible to a network.
 */

import type { Vec3 } from "../../shared/vec3.ts";
import type { ObjectState } from "../scene.ts";
import type { TaskView } from "./task.ts";

/** Bound of an observed position along each axis, metres: an object beyond it has been thrown off the table. */
export const MAX_POSITION = 2;
/** Bounds of observed velocity, m/s, and angular velocity, rad/s: a cube squeezed out by a finger spins at hundreds. */
const MAX_SPEED = 10;
const MAX_SPIN = 50;

/** Per metre: with it, tanh resolves 5 mm within 5 cm of the goal. */
export const GOAL_RESOLUTION = 20;

/** Indices of the position among an object's numbers. */
export const POSITION_ELEMENTS = [0, 1, 2] as const;

/** Returns the bounds of each of an object's numbers. */
export function objectBounds(relativeInputs: boolean): readonly (readonly [low: number, high: number])[] {
  const three = (bound: number) => new Array<readonly [number, number]>(3).fill([-bound, bound]);
  return [
    ...three(MAX_POSITION),
    ...three(2 * MAX_POSITION),
    ...three(Math.PI),
    ...three(2 * MAX_SPEED),
    ...three(MAX_SPIN),
    ...(relativeInputs ? three(1) : []),
  ];
}

/** Returns an object's observed position along one axis, metres. */
export function observedPosition({ position }: ObjectState, axis: 0 | 1 | 2): number {
  return clamp(position[axis]!, MAX_POSITION);
}

/** Writes the observations of objects. */
export class ObjectObservation {
  readonly #relativeInputs: boolean;
  readonly #toolVelocity = new Float64Array(3);
  readonly #angles = new Float64Array(3);

  constructor(relativeInputs: boolean) {
    this.#relativeInputs = relativeInputs;
  }

  /** Writes the numbers of one object from index `offset` on. */
  write({ joints, kinematics }: TaskView, object: ObjectState, into: Float32Array, offset: number): void {
    const tool = kinematics.endEffector;
    kinematics.endEffectorVelocity(joints.speeds, this.#toolVelocity);
    writeRollPitchYaw(object.rotation, this.#angles);
    for (const axis of [0, 1, 2] as const) {
      const position = observedPosition(object, axis);
      const fromTool = position - tool[axis]!;
      const velocity = clamp(object.velocity[axis]!, MAX_SPEED);
      const toolVelocity = clamp(this.#toolVelocity[axis]!, MAX_SPEED);
      into[offset + axis] = position;
      into[offset + 3 + axis] = clamp(fromTool, 2 * MAX_POSITION);
      into[offset + 6 + axis] = this.#angles[axis]!;
      into[offset + 9 + axis] = velocity - toolVelocity;
      into[offset + 12 + axis] = clamp(object.spin[axis]!, MAX_SPIN);
      if (this.#relativeInputs) into[offset + 15 + axis] = Math.tanh(GOAL_RESOLUTION * fromTool);
    }
  }
}

/**
 * Writes a rotation as angles about the world's x, then y, then z axis, rad.
 *
 * @param rotation x y z w
 */
function writeRollPitchYaw(rotation: ArrayLike<number>, into: Float64Array): void {
  const [x, y, z, w] = [rotation[0]!, rotation[1]!, rotation[2]!, rotation[3]!];
  into[0] = Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y));
  into[1] = Math.asin(clamp(2 * (w * y - z * x), 1));
  into[2] = Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z));
}

function clamp(x: number, bound: number): number {
  return Math.min(Math.max(x, -bound), bound);
}

/** Returns a point's coordinates along some axes, rounded to float32 like goals. */
export function along(axes: readonly (0 | 1 | 2)[], point: Vec3): Float32Array {
  return Float32Array.from(axes, (axis) => point[axis]);
}
