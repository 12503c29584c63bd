/** @file The poses of MJCF elements: quaternions, axis and angle, Euler angles, two axes, or the z axis. */

import { refuse, unquoted } from "../../shared/errors.ts";
import {
  cross,
  dot,
  length,
  multiply,
  type Quat,
  quatFromAxisAngle,
  scale,
  subtract,
  type Vec3,
} from "../../shared/vec3.ts";
import { IDENTITY_POSE, type Pose } from "../urdf/robot.ts";
import type { XmlElement } from "../urdf/xml-tree.ts";
import type { MjcfCompiler } from "./mjcf-compiler.ts";
import { ORIENTATIONS } from "./mjcf-defaults.ts";
import { listOf, tripleOf } from "./mjcf-numbers.ts";

/** Shorter vectors have no direction: MuJoCo's limit. */
const MIN_LENGTH = 1e-14;

/**
 * Returns the pose in an element's `pos` and orientation.
 *
 * @throws InputError naming attribute and line
 */
export function poseOf(element: XmlElement, compiler: MjcfCompiler, where: string): Pose {
  return {
    position: tripleOf(element, "pos", where) ?? IDENTITY_POSE.position,
    orientation: orientationOf(element, compiler, where),
  };
}

function orientationOf(element: XmlElement, { angle, eulerseq }: MjcfCompiler, where: string): Quat {
  const given = ORIENTATIONS.filter((name) => element.attributes[name] !== undefined);
  const at = `${where}: <${element.name}> in line ${element.line}`;
  if (given.length > 1) throw refuse(at, "one orientation", unquoted(given.join(" and ")));
  const direction = (vector: Vec3, attribute: string): Vec3 => {
    const size = length(vector);
    if (size > MIN_LENGTH) return scale(vector, 1 / size);
    throw refuse(`${at}: ${attribute}`, "a vector other than 0", element.attributes[attribute]);
  };
  const [w = 1, x = 0, y = 0, z = 0] = listOf(element, "quat", [4], where) ?? [];
  const size = Math.hypot(w, x, y, z);
  if (!(size > MIN_LENGTH)) {
    throw refuse(`${at}: quat`, "a quaternion other than 0", element.attributes["quat"]);
  }
  const [ax = 0, ay = 0, az = 1, turn = 0] = listOf(element, "axisangle", [4], where) ?? [];
  const zaxis = tripleOf(element, "zaxis", where);
  const axes = listOf(element, "xyaxes", [6], where);
  const euler = tripleOf(element, "euler", where);
  if (given[0] === "axisangle") {
    return quatFromAxisAngle(direction([ax, ay, az], "axisangle"), turn * angle);
  }
  if (zaxis !== undefined) return quatFromZTo(direction(zaxis, "zaxis"));
  if (axes !== undefined) {
    const [xx = 0, xy = 0, xz = 0, yx = 0, yy = 0, yz = 0] = axes;
    const first = direction([xx, xy, xz], "xyaxes");
    const second: Vec3 = [yx, yy, yz];
    return quatFromXAndY(first, direction(subtract(second, scale(first, dot(first, second))), "xyaxes"));
  }
  if (euler !== undefined) return quatFromEuler(scale(euler, angle), eulerseq);
  return [x / size, y / size, z / size, w / size];
}

const AXES: Readonly<Record<string, Vec3>> = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] };

/** Turns about the body's axes (small letters) or the parent's (capital ones), in the order of the sequence. */
function quatFromEuler(angles: Vec3, sequence: string): Quat {
  let turned: Quat = IDENTITY_POSE.orientation;
  for (const [i, letter] of [...sequence].entries()) {
    const turn = quatFromAxisAngle(AXES[letter.toLowerCase()] ?? [0, 0, 1], angles[i] ?? 0);
    turned = letter === letter.toLowerCase() ? multiply(turned, turn) : multiply(turn, turned);
  }
  return turned;
}

/** Returns the shortest rotation of the z axis onto a unit vector; of the opposite one, half a turn about x. */
export function quatFromZTo(direction: Vec3): Quat {
  const axis = cross([0, 0, 1], direction);
  const sine = length(axis);
  if (sine < 1e-10) return direction[2] > 0 ? IDENTITY_POSE.orientation : [1, 0, 0, 0];
  return quatFromAxisAngle(scale(axis, 1 / sine), Math.atan2(sine, direction[2]));
}

/** Returns the rotation with two orthogonal unit vectors as x and y axes (Shepperd 1978). */
function quatFromXAndY(x: Vec3, y: Vec3): Quat {
  const z = cross(x, y);
  const trace = x[0] + y[1] + z[2];
  // 4 · the square of each component; the largest is divided by.
  const squares = [1 + x[0] - y[1] - z[2], 1 - x[0] + y[1] - z[2], 1 - x[0] - y[1] + z[2], 1 + trace];
  const sums = { xy: x[1] + y[0], xz: x[2] + z[0], yz: y[2] + z[1] };
  const differences = { x: y[2] - z[1], y: z[0] - x[2], z: x[1] - y[0] };
  const rows: readonly Quat[] = [
    [squares[0] ?? 0, sums.xy, sums.xz, differences.x],
    [sums.xy, squares[1] ?? 0, sums.yz, differences.y],
    [sums.xz, sums.yz, squares[2] ?? 0, differences.z],
    [differences.x, differences.y, differences.z, squares[3] ?? 1],
  ];
  const [a, b, c, d] = rows[squares.indexOf(Math.max(...squares))] ?? IDENTITY_POSE.orientation;
  const size = Math.hypot(a, b, c, d);
  return [a / size, b / size, c / size, d / size];
}
