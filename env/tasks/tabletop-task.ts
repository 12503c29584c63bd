/**
 * @file Tasks about one object on a table, made of what sets them apart: where things start, where the object shall go.
 *
 * Objects start at rest on the table, square to it. A goal is where the object's middle should be, as far as
 * that can change: an object that can only be slid has no height to choose.
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
  FAR,
  ObjectObservation,
  objectBounds,
  POSITION_ELEMENTS,
  shownPosition,
} from "./object-observation.ts";
import { isAchieved } from "./reward.ts";
import type { Difficulty, Start, Task } from "./task.ts";

/** Where on a table one arm can work. */
export interface Workspace {
  /** The middle of the square that things and goals are drawn from, on the table's top, metres. */
  readonly center: Vec3;
  /** Half its edge, metres. */
  readonly halfExtent: number;
  /** How high over the table the tool pushes things, metres. */
  readonly pushHeight: number;
}

/** What sets one task apart. */
export interface TabletopSpec {
  readonly name: string;
  readonly goalAxes: readonly (0 | 1 | 2)[];
  readonly scene: Scene;
  /** Whether the observation tells finely how near the tool is, and an agent is to be told how near the goal is. */
  readonly relativeInputs: boolean;
  drawStart(rng: Rng, difficulty: Difficulty): Start;
  /** A point for the object, its place along other axes included; it is drawn anew while it is achieved already. */
  drawGoal(rng: Rng, object: readonly [x: number, y: number], difficulty: Difficulty): Vec3;
}

/** Most draws find something; a thousand failures mean that there is nothing to find. */
const MOST_ATTEMPTS = 1000;

/** Half the range that each coordinate of the tool's start is drawn from, metres. */
const TOOL_NOISE = 0.01;

/** Rounds of inverse kinematics, of four steps each: enough to be there to a hundredth of a millimetre. */
const IK_ROUNDS = 12;

/** Metres from the object to a near goal. */
const NEAR_GOAL = [0.05, 0.13] as const;

/** Makes the task. Throws InputError if its scene cannot be. */
export function tabletopTask(spec: TabletopSpec): Task {
  const { name, goalAxes, scene, relativeInputs } = spec;
  checkScene(scene);
  const observation = new ObjectObservation(relativeInputs);
  const goalSpace = symmetricBox(goalAxes.length, FAR);
  return {
    name,
    goalSpace,
    goalAxes,
    goalSpan: 2 * FAR * Math.sqrt(goalAxes.length),
    scene,
    hasNearStarts: true,
    observationBounds: objectBounds(relativeInputs),
    ...(relativeInputs ? { goalElements: goalAxes.map((axis) => POSITION_ELEMENTS[axis]) } : {}),
    drawStart: (rng, difficulty) => spec.drawStart(rng, difficulty),
    drawGoal: (rng, achievedGoal, difficulty) => {
      const object = [achievedGoal[0]!, achievedGoal[1]!] as const;
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const goal = along(goalAxes, spec.drawGoal(rng, object, difficulty));
        if (!isAchieved(achievedGoal, goal)) return goal;
      }
      throw new InputError(`${name}: each of ${MOST_ATTEMPTS} goals drawn was achieved at the start`);
    },
    checkGoal: (goal, where) => {
      if (!contains(goalSpace, goal)) {
        throw refuse(
          `${where} goal`,
          `${sizeOf(goalSpace)} coordinates in [−${FAR}, ${FAR}] m`,
          Array.from(goal),
        );
      }
      return Float32Array.from(goal);
    },
    achievedGoal: ({ objects }) => Float32Array.from(goalAxes, (axis) => shownPosition(objects[0]!, axis)),
    observe: (view, into, at) => observation.write(view, view.objects[0]!, into, at),
  };
}

/** An arm that starts with its tool at a point or thereabouts. */
export class ToolStart {
  readonly #model: ArmModel;
  readonly #inverse: InverseKinematics;

  constructor(model: ArmModel) {
    this.#model = model;
    this.#inverse = new InverseKinematics(model);
  }

  /** Angles that bring the tool within a centimetre of a point along each axis, [N] rad; the caller's own. */
  draw(rng: Rng, point: Vec3): Float64Array {
    const target = point.map((x) => x + rng.uniformIn(-TOOL_NOISE, TOOL_NOISE));
    const inverse = this.#inverse;
    inverse.solve(this.#model.home, target);
    for (let round = 1; round < IK_ROUNDS; round++) inverse.solve(inverse.angles.slice(), target);
    return inverse.angles.slice();
  }
}

/** A point of the square, at some height over the table. */
export function drawInSquare(rng: Rng, { center, halfExtent }: Workspace, height: number): Vec3 {
  return [
    center[0] + rng.uniformIn(-halfExtent, halfExtent),
    center[1] + rng.uniformIn(-halfExtent, halfExtent),
    center[2] + height,
  ];
}

/** A point of the square at least so far from its middle, where the tool is. */
export function drawOffMiddle(rng: Rng, workspace: Workspace, height: number, least: number): Vec3 {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const point = drawInSquare(rng, workspace, height);
    if (distance(point, [workspace.center[0], workspace.center[1], point[2]]) >= least) return point;
  }
  throw new InputError(`no point of the workspace is ${least} m off its middle`);
}

/** A point at some distance from another, in any direction of their plane, both its bounds drawn alike. */
export function drawAround(rng: Rng, [x, y]: readonly [number, number], nearest: number, farthest: number) {
  const angle = rng.uniformIn(-Math.PI, Math.PI);
  const radius = rng.uniformIn(nearest, farthest);
  return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
}

/** A near goal's place in the plane. */
export function drawNearGoal(rng: Rng, object: readonly [number, number]): readonly [number, number] {
  return drawAround(rng, object, ...NEAR_GOAL);
}

/** An object that stands on the table, square to it. */
export function standing(position: Vec3): ObjectPose {
  return { position, orientation: IDENTITY };
}
