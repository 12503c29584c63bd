/** @file Reads the contacts of a physics world after a step: where bodies touch, and how hard they press. */

import { rotate, scale, type Vec3 } from "../shared/vec3.ts";
import type { BodyHandle } from "./body.ts";
import type { Rapier } from "./rapier.ts";

type RapierWorld = InstanceType<Rapier["World"]>;
type Collider = NonNullable<ReturnType<RapierWorld["colliders"]["get"]>>;

/** A point at which one body presses on another. */
export interface Contact {
  /** The bodies that touch. */
  readonly bodies: readonly [first: BodyHandle, second: BodyHandle];
  /** In the world, metres. */
  readonly point: Vec3;
  /** Normal force on the second body, N in the world: mean over the last substep. Friction is not in it. */
  readonly force: Vec3;
}

/**
 * Returns the contacts that carry a force, in the order of the world's surfaces. The world does not change.
 *
 * Rapier tells the size of friction, but not its direction.
 *
 * @param physicsTimestep seconds of the last step
 */
export function readContacts(world: RapierWorld, physicsTimestep: number): Contact[] {
  const contacts: Contact[] = [];
  world.colliders.forEach((first) => {
    world.contactPairsWith(first, (second) => {
      // Each pair is found from both sides.
      if (first.handle < second.handle) readPair(world, first, second, physicsTimestep, contacts);
    });
  });
  return contacts;
}

function readPair(
  world: RapierWorld,
  first: Collider,
  second: Collider,
  physicsTimestep: number,
  into: Contact[],
): void {
  const bodies = [first.parent()?.handle, second.parent()?.handle] as const;
  const [firstBody, secondBody] = bodies;
  if (firstBody === undefined || secondBody === undefined) return;
  world.contactPair(first, second, (manifold, isFlipped) => {
    const normal = manifold.normal();
    const towardsSecond = isFlipped ? -1 : 1;
    const [one, other] = isFlipped ? [second, first] : [first, second];
    for (let i = 0; i < manifold.numContacts(); i++) {
      const newtons = manifold.contactImpulse(i) / physicsTimestep;
      const onOne = manifold.localContactPoint1(i);
      const onOther = manifold.localContactPoint2(i);
      if (!(newtons > 0) || onOne === null || onOther === null) continue;
      const [a, b] = [placed(one, onOne), placed(other, onOther)];
      into.push({
        bodies: [firstBody, secondBody],
        // The surfaces overlap a little, or are a little apart.
        point: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2],
        force: scale([normal.x, normal.y, normal.z], towardsSecond * newtons),
      });
    }
  });
}

/** Returns a point of a collider's frame in the world. */
function placed(collider: Collider, local: { x: number; y: number; z: number }): Vec3 {
  const { x, y, z, w } = collider.rotation();
  const [dx, dy, dz] = rotate([x, y, z, w], [local.x, local.y, local.z]);
  const { x: ox, y: oy, z: oz } = collider.translation();
  return [ox + dx, oy + dy, oz + dz];
}
