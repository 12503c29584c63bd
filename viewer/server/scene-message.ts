/** @file Builds the `scene` message of an environment: the geometry that the page draws. */

import { type MassProperties, principalInertia } from "../../env/arm/mass-properties.ts";
import type { Shape as ModelShape } from "../../env/body.ts";
import { definitionOf, ENVIRONMENTS, type EnvironmentDefinition } from "../../env/registry.ts";
import { floorHeight, type Scene } from "../../env/scene.ts";
import { SUCCESS_DISTANCE } from "../../env/tasks/reward.ts";
import type { Rgba, RobotVisual } from "../../env/urdf/robot.ts";
import type { EnvConfig } from "../../shared/config.ts";
import type { InertialMessage, SceneMessage } from "../../shared/protocol-scene.ts";
import type { VisualMessage } from "../../shared/protocol-visual.ts";
import { IDENTITY, type Vec3 } from "../../shared/vec3.ts";
import type { MeshFiles } from "./mesh-files.ts";

/** The scenes of all built-in environments. */
export function sceneMessages(): SceneMessage[] {
  return Object.entries(ENVIRONMENTS).map(([env, definition]) => sceneOf(env, definition));
}

/**
 * The scene of an environment with an imported arm, with its meshes if any are found.
 *
 * @param meshes serves them
 * @throws InputError if the file is missing or has changed
 */
export function importedScene(env: EnvConfig, meshes: MeshFiles): SceneMessage {
  const definition = definitionOf(env);
  const scene = sceneOf(env.id, definition);
  const { visuals } = definition;
  if (visuals === undefined) return scene;
  const message = (visual: RobotVisual) => visualMessage(visual, env.urdf, meshes);
  const [base, links] = [message(visuals.base), visuals.links.map(message)];
  // Without meshes, the shapes that stand for the links are drawn.
  if (![base, ...links].some((each) => each.meshes.length > 0)) return scene;
  return {
    ...scene,
    baseVisual: base,
    links: scene.links.map((link, i) => ({ ...link, visual: links[i] })),
  };
}

/** The looks of a link, with the addresses of the meshes that are found. */
function visualMessage(
  { shapes, meshes }: RobotVisual,
  urdf: EnvConfig["urdf"],
  files: MeshFiles,
): VisualMessage {
  const copy = (color: Rgba | undefined): [number, number, number, number] | null =>
    color === undefined ? null : [...color];
  return {
    shapes: shapes.map(({ shape, color }) => ({ shape: copyShape(shape), color: copy(color) })),
    meshes: meshes.flatMap(({ file, pose, scale, color }) => {
      const found = files.addressOf(file, urdf);
      if (found === undefined) return [];
      return [
        {
          ...found,
          position: [...pose.position],
          orientation: [...pose.orientation],
          scale: [...scale],
          color: copy(color),
        },
      ];
    }),
  };
}

function sceneOf(
  env: string,
  { arm, task, reachable, timing, makeTask }: EnvironmentDefinition,
): SceneMessage {
  const { scene, goalAxes, goalRegion } = makeTask({ relativeInputs: true });
  const { gripper } = arm;
  return {
    op: "scene",
    env,
    arm: arm.name,
    task,
    links: arm.links.map(
      ({ name, joint, position, orientation, axis, limits, torqueLimit, shapes, ...mass }): Link => ({
        name,
        joint,
        position: [...position],
        orientation: [...orientation],
        axis: [...axis],
        limits: limits === null ? null : [...limits],
        torqueLimit,
        inertial: inertialOf(mass),
        shapes: shapes.map(copyShape),
      }),
    ),
    fingers: (gripper?.fingers ?? []).map(
      ({ name, position, orientation, axis, shapes, ...mass }): SceneFinger => ({
        name,
        position: [...position],
        orientation: [...orientation],
        axis: [...axis],
        travel: gripper?.travel ?? 0,
        inertial: inertialOf(mass),
        shapes: shapes.map(copyShape),
      }),
    ),
    baseShapes: arm.baseShapes.map(copyShape),
    objects: (scene?.objects ?? []).map(({ name, halfExtents }) => ({
      name,
      shape: box([0, 0, 0], halfExtents),
    })),
    table: scene === undefined ? null : tableOf(scene),
    home: [...arm.home],
    endEffector: [...arm.endEffector],
    goalAxes: [...goalAxes],
    goalRegion: { low: [...goalRegion.low], high: [...goalRegion.high] },
    reachable: { center: [...reachable.center], radius: reachable.radius },
    successDistance: SUCCESS_DISTANCE,
    controlTimestep: timing.physicsTimestep * timing.substeps,
    maxEpisodeSteps: timing.maxEpisodeSteps,
  };
}

type Link = SceneMessage["links"][number];
type SceneFinger = SceneMessage["fingers"][number];
type Shape = Link["shapes"][number];
type Box = Extract<Shape, { kind: "box" }>;

function inertialOf({ mass, centerOfMass, inertia }: MassProperties): InertialMessage {
  const { moments, frame } = principalInertia(inertia);
  return { mass, centerOfMass: [...centerOfMass], moments: [...moments], axes: [...frame] };
}

/** The table as a solid block down to the floor. */
function tableOf(scene: Scene): SceneMessage["table"] {
  const { table } = scene;
  if (table === null) return null;
  const floor = floorHeight(scene);
  const [x, y, top] = table.center;
  const halfHeight = (top - floor) / 2;
  return { shape: box([x, y, top - halfHeight], [...table.halfExtents, halfHeight]), floor };
}

function box(center: Vec3, halfExtents: Vec3): Box {
  return { kind: "box", center: [...center], orientation: [...IDENTITY], halfExtents: [...halfExtents] };
}

/** Copies the model's read-only tuples for the message. */
function copyShape(shape: ModelShape): Shape {
  if (shape.kind !== "box") {
    return { kind: shape.kind, from: [...shape.from], to: [...shape.to], radius: shape.radius };
  }
  const { center, orientation, halfExtents } = shape;
  return { kind: "box", center: [...center], orientation: [...orientation], halfExtents: [...halfExtents] };
}
