/**
 * @file What stands about an arm: a table on a floor, and boxes to push, to lift and to drop.
 *
 * Without a table the floor is at the base's feet, z = 0. Boxes are solid and even: their centre of mass
 * is their middle. Friction is Coulomb's; a pair's coefficient is the product of both, and arms have 1.
 */

import { InputError } from "../shared/errors.ts";
import { IDENTITY, length, type Quat, type Vec3 } from "../shared/vec3.ts";
import type { BodyHandle } from "./body.ts";
import type { PhysicsWorld } from "./world.ts";

export interface Table {
  /** The middle of its top, metres. */
  readonly center: Vec3;
  /** Half its extent along x and y, metres. */
  readonly halfExtents: readonly [x: number, y: number];
  readonly friction: number;
}

/** A box that can be moved. */
export interface SceneObject {
  readonly name: string;
  /** Metres. */
  readonly halfExtents: Vec3;
  /** kg. */
  readonly mass: number;
  readonly friction: number;
}

export interface Scene {
  readonly table: Table | null;
  readonly objects: readonly SceneObject[];
}

/** How an object starts: where its middle is in the world, and how fast it slides, m/s; at rest if not given. */
export interface ObjectPose {
  readonly position: Vec3;
  readonly orientation: Quat;
  readonly velocity?: Vec3;
}

/** Where an object is and how it moves, in the world; the owner's, overwritten by each reading. */
export class ObjectState {
  /** Of its middle, [3] metres. */
  readonly position = new Float32Array(3);
  /** [4], x y z w. */
  readonly rotation = new Float32Array(4);
  /** Of its middle, [3] m/s. */
  readonly velocity = new Float32Array(3);
  /** Angular velocity, [3] rad/s. */
  readonly spin = new Float32Array(3);
}

const STILL: Vec3 = [0, 0, 0];

/** A table's height over the floor, metres: panda-gym. */
const TABLE_HEIGHT = 0.4;
const FLOOR = { halfWidth: 10, halfThickness: 0.5, friction: 1 };

/** m/s and rad/s beyond which the numbers are no thing's: a 4 cm cube hit by a hand at 10 m/s spins at 500. */
const SPEED_BOUND = 100;
const SPIN_BOUND = 5000;

/** Where the floor is: under the table, or without one at the base's feet; metres. */
export function floorHeight({ table }: Scene): number {
  return table === null ? 0 : table.center[2] - TABLE_HEIGHT;
}

/**
 * Refuses a scene that cannot be.
 *
 * @throws InputError with a line for each fault, naming the thing
 */
export function checkScene({ table, objects }: Scene): void {
  const lines: string[] = [];
  const positive = (where: string, numbers: readonly number[], unit: string) => {
    if (!numbers.every((x) => x > 0 && Number.isFinite(x))) {
      lines.push(`${where}: expected more than 0 ${unit}, got ${numbers.join(", ")}`);
    }
  };
  const rough = (where: string, friction: number) => {
    if (!(friction >= 0 && Number.isFinite(friction))) {
      lines.push(`${where} friction: expected at least 0, got ${friction}`);
    }
  };
  if (table !== null) {
    positive("table half extents", table.halfExtents, "m");
    rough("table", table.friction);
    if (!table.center.every(Number.isFinite)) {
      lines.push(`table center: expected three finite numbers, got ${table.center.join(", ")}`);
    }
  }
  const seen = new Set<string>();
  for (const { name, halfExtents, mass, friction } of objects) {
    positive(`object ${name} half extents`, halfExtents, "m");
    positive(`object ${name} mass`, [mass], "kg");
    rough(`object ${name}`, friction);
    if (seen.has(name)) lines.push(`object ${name}: the name is taken`);
    seen.add(name);
  }
  if (lines.length > 0) throw new InputError(lines.join("\n"));
}

/** A scene's bodies in one world. */
export class SceneBodies {
  readonly objects: readonly BodyHandle[];
  readonly #scene: Scene;
  readonly #seen = new ObjectState();

  constructor(scene: Scene, objects: readonly BodyHandle[]) {
    this.#scene = scene;
    this.objects = objects;
  }

  /** Puts a scene into a world; each object needs a pose. */
  static build(world: PhysicsWorld, scene: Scene, poses: readonly ObjectPose[]): SceneBodies {
    const { table, objects } = scene;
    if (poses.length !== objects.length) {
      throw new InputError(
        `scene: expected a pose for each of ${objects.length} objects, got ${poses.length}`,
      );
    }
    const ground = world.addFixedBody();
    const slab = (top: Vec3, halfExtents: Vec3, friction: number) => {
      const center: Vec3 = [top[0], top[1], top[2] - halfExtents[2]];
      const shape = { kind: "box", center, orientation: IDENTITY, halfExtents } as const;
      world.addSurface(ground, { shape, orientation: IDENTITY, friction, party: "ground" });
    };
    slab([0, 0, floorHeight(scene)], [FLOOR.halfWidth, FLOOR.halfWidth, FLOOR.halfThickness], FLOOR.friction);
    if (table !== null) slab(table.center, [...table.halfExtents, TABLE_HEIGHT / 2], table.friction);
    const bodies = objects.map(({ halfExtents, mass, friction }, i) => {
      const { position, orientation, velocity = STILL } = poses[i]!;
      const [x, y, z] = halfExtents.map((half) => (mass / 3) * half ** 2) as [number, number, number];
      const body = world.addMovingBody({
        position,
        orientation,
        velocity,
        mass,
        centerOfMass: [0, 0, 0],
        principalInertia: [y + z, x + z, x + y],
        inertiaFrame: IDENTITY,
        gravityScale: 1,
      });
      const shape = { kind: "box", center: [0, 0, 0], orientation: IDENTITY, halfExtents } as const;
      world.addSurface(body, { shape, orientation: IDENTITY, friction, party: "object" });
      return body;
    });
    return new SceneBodies(scene, bodies);
  }

  /** Reads an object by its place in the scene. */
  read(world: PhysicsWorld, object: number, into: ObjectState): void {
    const body = this.objects[object]!;
    world.readPosition(body, into.position);
    world.readRotation(body, into.rotation);
    world.readVelocity(body, into.velocity);
    world.readSpin(body, into.spin);
  }

  /** What is wrong with an object, for people, or null. */
  fault(world: PhysicsWorld): string | null {
    const { position, rotation, velocity, spin } = this.#seen;
    for (const [i, { name }] of this.#scene.objects.entries()) {
      this.read(world, i, this.#seen);
      if (![...position, ...rotation].every(Number.isFinite)) {
        return `position of ${name} is ${position.join(", ")}`;
      }
      const speed = length([velocity[0]!, velocity[1]!, velocity[2]!]);
      if (!(speed <= SPEED_BOUND)) return `speed of ${name} is ${speed} m/s`;
      const turning = length([spin[0]!, spin[1]!, spin[2]!]);
      if (!(turning <= SPIN_BOUND)) return `angular speed of ${name} is ${turning} rad/s`;
      if (!world.isEnabled(this.objects[i]!)) return `Rapier has disabled ${name}`;
    }
    return null;
  }
}
