/**
 * @file What is seen of an object: place, place and velocity relative to the tool, rotation, spin; and how near the tool is, finely.
 *
 * The contents are those of Fetch's observations. The last three numbers are tanh(20 · (object − tool)): to a
 * network that is shown places by their deviation over all that happened, a centimetre is next to nothing.
 */

import type { Vec3 } from "../../shared/vec3.ts";
import type { ObjectState } from "../scene.ts";
import type { TaskView } from "./task.ts";

/** Metres along each axis beyond which an object is shown as that far away: thrown off the table, all is lost. */
export const FAR = 2;
/** m/s and rad/s beyond which it is shown as that fast: a cube that jumps from under a finger spins at hundreds. */
const FAST = 10;
const SPINNING = 50;

/** Per metre: a tanh that tells 5 mm apart within 5 cm. */
export const FINENESS = 20;

/** Where in the numbers of an object its position stands. */
export const POSITION_ELEMENTS = [0, 1, 2] as const;

/** The least and the greatest of each number. */
export function objectBounds(relativeInputs: boolean): readonly (readonly [number, number])[] {
  const three = (bound: number) => new Array<readonly [number, number]>(3).fill([-bound, bound]);
  return [
    ...three(FAR),
    ...three(2 * FAR),
    ...three(Math.PI),
    ...three(2 * FAST),
    ...three(SPINNING),
    ...(relativeInputs ? three(1) : []),
  ];
}

/** An object's position as it is shown, along one axis, metres. */
export function shownPosition({ position }: ObjectState, axis: 0 | 1 | 2): number {
  return within(FAR, position[axis]!);
}

/** Writes what is seen of objects. */
export class ObjectObservation {
  readonly #relativeInputs: boolean;
  readonly #toolVelocity = new Float64Array(3);
  readonly #angles = new Float64Array(3);

  constructor(relativeInputs: boolean) {
    this.#relativeInputs = relativeInputs;
  }

  /** Writes the numbers of one object from index `at` on. */
  write({ arm, kinematics }: TaskView, object: ObjectState, into: Float32Array, at: number): void {
    const tool = kinematics.endEffector;
    kinematics.endEffectorVelocity(arm.speeds, this.#toolVelocity);
    writeRollPitchYaw(object.rotation, this.#angles);
    for (const axis of [0, 1, 2] as const) {
      const position = shownPosition(object, axis);
      const off = position - tool[axis]!;
      into[at + axis] = position;
      into[at + 3 + axis] = within(2 * FAR, off);
      into[at + 6 + axis] = this.#angles[axis]!;
      const relative = within(FAST, object.velocity[axis]!) - within(FAST, this.#toolVelocity[axis]!);
      into[at + 9 + axis] = relative;
      into[at + 12 + axis] = within(SPINNING, object.spin[axis]!);
      if (this.#relativeInputs) into[at + 15 + axis] = Math.tanh(FINENESS * off);
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
  into[1] = Math.asin(within(1, 2 * (w * y - z * x)));
  into[2] = Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z));
}

function within(bound: number, x: number): number {
  return Math.min(Math.max(x, -bound), bound);
}

/** A point's numbers along some axes, rounded as goals are. */
export function along(axes: readonly (0 | 1 | 2)[], point: Vec3): Float32Array {
  return Float32Array.from(axes, (axis) => point[axis]);
}
