/**
 * @file The scene around an arm: a floor, a table, and boxes to push and lift.
 *
 * Without a table the floor is at the arm's base, z = 0. Boxes are uniform solids. Friction is Coulomb's;
 * a pair of surfaces has the product of both coefficients, and arms have 1.
 */

import { InputError } from "../shared/errors.ts";
import { IDENTITY, length, type Quat, type Vec3 } from "../shared/vec3.ts";
import type { BodyHandle } from "./body.ts";
import type { PhysicsWorld } from "./world.ts";

export interface Table {
  /** Centre of the top, metres. */
  readonly center: Vec3;
  /** Half the extent along x and y, metres. */
  readonly halfExtents: readonly [x: number, y: number];
  readonly friction: number;
}

/** A movable box. */
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

/** Start state of an object. */
export interface ObjectPose {
  /** Of the centre, in the world, metres. */
  readonly position: Vec3;
  readonly orientation: Quat;
  /** m/s; default 0. */
  readonly velocity?: Vec3;
}

/** Measured state of an object in the world; overwritten by each reading. */
export class ObjectState {
  /** Of the centre, [3] metres. */
  readonly position = new Float32Array(3);
  /** [4], x y z w. */
  readonly rotation = new Float32Array(4);
  /** Of the centre, [3] m/s. */
  readonly velocity = new Float32Array(3);
  /** Angular velocity, [3] rad/s. */
  readonly spin = new Float32Array(3);
}

const AT_REST: Vec3 = [0, 0, 0];

/** Height of a table above the floor, metres: panda-gym. */
const TABLE_HEIGHT = 0.4;
const FLOOR = { halfWidth: 10, halfThickness: 0.5, friction: 1 };

/** m/s and rad/s above which the simulation has diverged: a 4 cm cube hit by a hand at 10 m/s spins at 500 rad/s. */
const SPEED_BOUND = 100;
const SPIN_BOUND = 5000;

/** Returns the height of the floor in the world, metres. */
export function floorHeight({ table }: Scene): number {
  return table === null ? 0 : table.center[2] - TABLE_HEIGHT;
}

/**
 * Checks that a scene is physically possible.
 *
 * @throws InputError with one line for each fault, naming the table or object
 */
export function checkScene({ table, objects }: Scene): void {
  const lines: string[] = [];
  const checkPositive = (where: string, numbers: readonly number[], unit: string) => {
    if (!numbers.every((x) => x > 0 && Number.isFinite(x))) {
      lines.push(`${where}: expected more than 0 ${unit}, got ${numbers.join(", ")}`);
    }
  };
  const checkFriction = (where: string, friction: number) => {
    if (!(friction >= 0 && Number.isFinite(friction))) {
      lines.push(`${where} friction: expected at least 0, got ${friction}`);
    }
  };
  if (table !== null) {
    checkPositive("table half extents", table.halfExtents, "m");
    checkFriction("table", table.friction);
    if (!table.center.every(Number.isFinite)) {
      lines.push(`table center: expected three finite numbers, got ${table.center.join(", ")}`);
    }
  }
  const names = new Set<string>();
  for (const { name, halfExtents, mass, friction } of objects) {
    checkPositive(`object ${name} half extents`, halfExtents, "m");
    checkPositive(`object ${name} mass`, [mass], "kg");
    checkFriction(`object ${name}`, friction);
    if (names.has(name)) lines.push(`object ${name}: expected a unique name, got a second object ${name}`);
    names.add(name);
  }
  if (lines.length > 0) throw new InputError(lines);
}

/** A scene's bodies in one world. */
export class SceneBodies {
  readonly objects: readonly BodyHandle[];
  readonly #scene: Scene;
  readonly #state = new ObjectState();

  constructor(scene: Scene, objects: readonly BodyHandle[]) {
    this.#scene = scene;
    this.objects = objects;
  }

  /** Creates a scene in a world; `poses` has one entry for each object. */
  static build(world: PhysicsWorld, scene: Scene, poses: readonly ObjectPose[]): SceneBodies {
    const { table, objects } = scene;
    if (poses.length !== objects.length) {
      throw new InputError(`scene: expected ${objects.length} object poses, got ${poses.length}`);
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
      const { position, orientation, velocity = AT_REST } = poses[i]!;
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

  /** Reads the state of an object, given its index in the scene. */
  read(world: PhysicsWorld, object: number, into: ObjectState): void {
    const body = this.objects[object]!;
    world.readPosition(body, into.position);
    world.readRotation(body, into.rotation);
    world.readVelocity(body, into.velocity);
    world.readSpin(body, into.spin);
  }

  /** Returns a description of a diverged object, or null. */
  fault(world: PhysicsWorld): string | null {
    const { position, rotation, velocity, spin } = this.#state;
    for (const [i, { name }] of this.#scene.objects.entries()) {
      this.read(world, i, this.#state);
      if (![...position, ...rotation].every(Number.isFinite)) {
        return `position of ${name} is ${position.join(", ")}`;
      }
      const speed = length([velocity[0]!, velocity[1]!, velocity[2]!]);
      if (!(speed <= SPEED_BOUND)) return `speed of ${name} is ${speed} m/s`;
      const spinRate = length([spin[0]!, spin[1]!, spin[2]!]);
      if (!(spinRate <= SPIN_BOUND)) return `angular speed of ${name} is ${spinRate} rad/s`;
      if (!world.isEnabled(this.objects[i]!)) return `Rapier has disabled ${name}`;
    }
    return null;
  }
}
