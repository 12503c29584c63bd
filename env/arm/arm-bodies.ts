/**
 * @file Creates an arm's links in a physics world, at given joint angles.
 *
 * Each body is placed by forward kinematics but keeps the *world's* orientation; mass properties, joint
 * axis and anchor, and surfaces are rotated into that frame.
 */

import { IDENTITY, multiply, type Quat, rotate, subtract, type Vec3 } from "../../shared/vec3.ts";
import type { BodyHandle, Party, Shape } from "../body.ts";
import type { PhysicsWorld } from "../world.ts";
import { type ArmModel, inertiaWithRotor } from "./arm-model.ts";
import type { LimitedJoint } from "./joint-limits.ts";
import type { ArmKinematics } from "./kinematics.ts";
import { type PrincipalInertia, principalInertia } from "./mass-properties.ts";

/** μ of the arm's surface; fingers have their own. */
const FRICTION = 1;

/** The data that all worlds of one arm share. */
export interface ArmBuild {
  readonly model: ArmModel;
  /** Principal inertia of each link, rotor included. */
  readonly principal: readonly PrincipalInertia[];
  /** Whether there is a scene to touch. */
  readonly hasSurfaces: boolean;
  /** Share of gravity that acts on the links. */
  readonly gravityScale: number;
}

/** Computes what `buildArm` needs at every start. */
export function prepareArm(model: ArmModel, hasSurfaces: boolean, gravityScale: number): ArmBuild {
  const principal = model.links.map((link) => principalInertia(inertiaWithRotor(link)));
  return { model, principal, hasSurfaces, gravityScale };
}

/**
 * Creates an arm on a fixed base.
 *
 * @param angles     [N] rad
 * @param kinematics up to date with the angles
 * @returns the bodies of the links, from the base outwards, and the limits of their joints
 */
export function buildArm(
  world: PhysicsWorld,
  { model, principal, hasSurfaces, gravityScale }: ArmBuild,
  angles: ArrayLike<number>,
  kinematics: ArmKinematics,
): { readonly links: BodyHandle[]; readonly limits: (LimitedJoint | null)[] } {
  const limits: (LimitedJoint | null)[] = [];
  const addSurfaces = (body: BodyHandle, shapes: readonly Shape[], orientation: Quat, party: Party) => {
    if (!hasSurfaces) return;
    for (const shape of shapes) world.addSurface(body, { shape, orientation, friction: FRICTION, party });
  };
  const base = world.addFixedBody();
  addSurfaces(base, model.baseShapes, IDENTITY, "mount");
  let parent = base;
  let parentPosition: Vec3 = [0, 0, 0];
  const links = model.links.map((link, i) => {
    const { position, orientation } = linkPose(kinematics, i);
    const { moments, frame } = principal[i]!;
    const child = world.addMovingBody({
      position,
      mass: link.mass,
      centerOfMass: rotate(orientation, link.centerOfMass),
      principalInertia: moments,
      inertiaFrame: multiply(orientation, frame),
      gravityScale,
    });
    addSurfaces(child, link.shapes, orientation, i === 0 ? "mount" : "arm");
    const { axes } = kinematics;
    const axis: Vec3 = [axes[3 * i]!, axes[3 * i + 1]!, axes[3 * i + 2]!];
    const joint = { parent, child, anchor: subtract(position, parentPosition), axis };
    world.addRevoluteJoint(joint);
    const [low, high] = link.limits ?? [];
    limits.push(
      low === undefined || high === undefined
        ? null
        : { joint, low: low - angles[i]!, high: high - angles[i]! },
    );
    parent = child;
    parentPosition = position;
    return child;
  });
  return { links, limits };
}

/** Returns the pose of a link's frame in the world. */
export function linkPose({ positions, rotations }: ArmKinematics, i: number) {
  const position: Vec3 = [positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!];
  const orientation: Quat = [
    rotations[4 * i]!,
    rotations[4 * i + 1]!,
    rotations[4 * i + 2]!,
    rotations[4 * i + 3]!,
  ];
  return { position, orientation };
}
