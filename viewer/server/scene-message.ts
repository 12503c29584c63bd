/** @file What the environments look like, as the page is told. */

import { definitionOf, ENVIRONMENTS, type EnvironmentDefinition } from "../../env/registry.ts";
import { SUCCESS_DISTANCE } from "../../env/reward.ts";
import type { EnvConfig } from "../../shared/config.ts";
import type { SceneMessage } from "../../shared/protocol.ts";

/** A scene for each environment there is. */
export function sceneMessages(): SceneMessage[] {
  return Object.entries(ENVIRONMENTS).map(([env, definition]) => sceneOf(env, definition));
}

/** The scene of an environment whose arm is from a URDF. Throws InputError if the file is not as it was, or gone. */
export function importedScene(env: EnvConfig): SceneMessage {
  return sceneOf(env.id, definitionOf(env));
}

function sceneOf(
  env: string,
  { arm, task, reachable, timing, makeTask }: EnvironmentDefinition,
): SceneMessage {
  return {
    op: "scene",
    env,
    arm: arm.name,
    task,
    links: arm.links.map(
      ({ name, joint, position, orientation, axis, limits, torqueLimit, shapes }): Link => ({
        name,
        joint,
        position: [...position],
        orientation: [...orientation],
        axis: [...axis],
        limits: limits === null ? null : [...limits],
        torqueLimit,
        shapes: shapes.map(copyShape),
      }),
    ),
    baseShapes: arm.baseShapes.map(copyShape),
    home: [...arm.home],
    endEffector: [...arm.endEffector],
    goalAxes: [...makeTask({ relativeInputs: true }).goalAxes],
    reachable: { center: [...reachable.center], radius: reachable.radius },
    successDistance: SUCCESS_DISTANCE,
    controlTimestep: timing.physicsTimestep * timing.substeps,
    maxEpisodeSteps: timing.maxEpisodeSteps,
  };
}

type Link = SceneMessage["links"][number];
type Shape = Link["shapes"][number];
type ModelShape = (typeof ENVIRONMENTS)[string]["arm"]["baseShapes"][number];

/** The model's tuples are read-only; a message's are its own. */
function copyShape(shape: ModelShape): Shape {
  if (shape.kind === "capsule") {
    return { kind: "capsule", from: [...shape.from], to: [...shape.to], radius: shape.radius };
  }
  const { center, orientation, halfExtents } = shape;
  return { kind: "box", center: [...center], orientation: [...orientation], halfExtents: [...halfExtents] };
}
