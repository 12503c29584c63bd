/**
 * @file Tasks with one object on a table, built from a specification: where the object starts and where it should go.
 *
 * The object starts at rest on the table, aligned with it. A goal is a position of the object's centre; it has no
 * height if the object can only slide.
 */

import { contains, sizeOf, symmetricBox } from "../../shared/box.ts";
import { InputError, refuse } from "../../shared/errors.ts";
import type { Rng } from "../../shared/rng.ts";
import { distance, IDENTITY, type Vec3 } from "../../shared/vec3.ts";
import type { ArmModel } from "../arm/arm-model.ts";
import { InverseKinematics } from "../arm/inverse-kinematics.ts";
import { checkScene, type ObjectPose, type Scene } from "../scene.ts";
import {
  along,
  MAX_POSITION,
  ObjectObservation,
  objectBounds,
  observedPosition,
  POSITION_ELEMENTS,
} from "./object-observation.ts";
import { isAchieved } from "./reward.ts";
import type { Difficulty, Region, Start, Task } from "./task.ts";

/** The square on a table that an arm works in. */
export interface Workspace {
  /** Centre of the square, on the table's top, metres. */
  readonly center: Vec3;
  /** Half the square's edge, metres. */
  readonly halfExtent: number;
  /** Height of the tool above the table when it pushes, metres. */
  readonly pushHeight: number;
}

/** The parts in which tabletop tasks differ. */
export interface TabletopSpec {
  readonly name: string;
  readonly goalAxes: readonly (0 | 1 | 2)[];
  readonly scene: Scene;
  /** The smallest box around the goals of usual episodes. */
  readonly goalRegion: Region;
  /** Whether to add high-resolution inputs: tool to object in the observation, object to goal in the agent. */
  readonly relativeInputs: boolean;
  drawStart(rng: Rng, difficulty: Difficulty): Start;
  /** Draws a position for the object, all three coordinates; called again while that goal is achieved already. */
  drawGoal(rng: Rng, object: readonly [x: number, y: number], difficulty: Difficulty): Vec3;
}

/** Most draws are accepted, so a thousand failures mean that none can be. */
const MAX_DRAWS = 1000;

/** Half the range about its nominal point from which each coordinate of the tool's start is drawn, metres. */
const TOOL_NOISE = 0.01;

/** Calls of the inverse kinematics, four iterations each: accurate to a hundredth of a millimetre. */
const IK_ROUNDS = 12;

/** Minimum and maximum distance from the object to a near goal, metres. */
const NEAR_GOAL = [0.05, 0.13] as const;

/** Returns a task for a specification. Throws InputError if its scene is invalid. */
export function tabletopTask(spec: TabletopSpec): Task {
  const { name, goalAxes, scene, goalRegion, relativeInputs } = spec;
  checkScene(scene);
  const observation = new ObjectObservation(relativeInputs);
  const goalSpace = symmetricBox(goalAxes.length, MAX_POSITION);
  return {
    name,
    goalSpace,
    goalRegion,
    goalAxes,
    goalSpan: 2 * MAX_POSITION * Math.sqrt(goalAxes.length),
    scene,
    hasNearStarts: true,
    startsAnywhere: false,
    observationBounds: objectBounds(relativeInputs),
    ...(relativeInputs ? { goalElements: goalAxes.map((axis) => POSITION_ELEMENTS[axis]) } : {}),
    drawStart: (rng, difficulty) => spec.drawStart(rng, difficulty),
    drawGoal: (rng, achievedGoal, difficulty) => {
      const object = [achievedGoal[0]!, achievedGoal[1]!] as const;
      for (let draw = 0; draw < MAX_DRAWS; draw++) {
        const goal = along(goalAxes, spec.drawGoal(rng, object, difficulty));
        if (!isAchieved(achievedGoal, goal)) return goal;
      }
      throw new InputError(
        `${name}: expected a goal that is not achieved at the start, got none in ${MAX_DRAWS} draws`,
      );
    },
    checkGoal: (goal, where) => {
      if (!contains(goalSpace, goal)) {
        throw refuse(
          `${where} goal`,
          `${sizeOf(goalSpace)} coordinates in [−${MAX_POSITION}, ${MAX_POSITION}] m`,
          Array.from(goal),
        );
      }
      return Float32Array.from(goal);
    },
    achievedGoal: ({ objects }) => Float32Array.from(goalAxes, (axis) => observedPosition(objects[0]!, axis)),
    observe: (view, into, offset) => observation.write(view, view.objects[0]!, into, offset),
  };
}

/** Draws start angles of an arm with its tool near a point. */
export class ToolStart {
  readonly #model: ArmModel;
  readonly #inverse: InverseKinematics;

  constructor(model: ArmModel) {
    this.#model = model;
    this.#inverse = new InverseKinematics(model);
  }

  /** Draws angles that place the tool within a centimetre of a point along each axis, [N] rad; the caller owns them. */
  draw(rng: Rng, point: Vec3): Float64Array {
    const target = point.map((x) => x + rng.uniformIn(-TOOL_NOISE, TOOL_NOISE));
    const inverse = this.#inverse;
    inverse.solve(this.#model.home, target);
    for (let round = 1; round < IK_ROUNDS; round++) inverse.solve(inverse.angles.slice(), target);
    return inverse.angles.slice();
  }
}

/** The points of the workspace between two heights above the table. */
export function workspaceRegion(
  { center: [x, y, z], halfExtent }: Workspace,
  low: number,
  high: number,
): Region {
  return {
    low: [x - halfExtent, y - halfExtent, z + low],
    high: [x + halfExtent, y + halfExtent, z + high],
  };
}

/** Draws a point of the workspace at a height above the table. */
export function drawInWorkspace(rng: Rng, { center, halfExtent }: Workspace, height: number): Vec3 {
  return [
    center[0] + rng.uniformIn(-halfExtent, halfExtent),
    center[1] + rng.uniformIn(-halfExtent, halfExtent),
    center[2] + height,
  ];
}

/** Draws a point of the workspace at least `minDistance` metres from its centre, where the tool starts. */
export function drawOffCenter(rng: Rng, workspace: Workspace, height: number, minDistance: number): Vec3 {
  const [x, y] = workspace.center;
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const point = drawInWorkspace(rng, workspace, height);
    if (distance(point, [x, y, point[2]]) >= minDistance) return point;
  }
  throw new InputError(
    `workspace: expected a point at least ${minDistance} m from its centre, got none in ${MAX_DRAWS} draws`,
  );
}

/** Draws a point in the plane in any direction from another, its distance uniform in [min, max] metres. */
export function drawAround(rng: Rng, [x, y]: readonly [number, number], min: number, max: number) {
  const angle = rng.uniformIn(-Math.PI, Math.PI);
  const radius = rng.uniformIn(min, max);
  return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
}

/** Draws a near goal in the plane. */
export function drawNearGoal(rng: Rng, object: readonly [number, number]): readonly [number, number] {
  return drawAround(rng, object, ...NEAR_GOAL);
}

/** Returns the pose of an object that stands on the table, aligned with it. */
export function standing(position: Vec3): ObjectPose {
  return { position, orientation: IDENTITY };
}
