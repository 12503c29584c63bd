/** @file What an imported arm looks like: the visual shapes and meshes of each of its bodies. */

import { compose } from "./compose-poses.ts";
import type { RobotVisual } from "./robot.ts";
import type { Chain, RigidBody } from "./urdf-chain.ts";
import { placeShape } from "./urdf-shapes.ts";

export interface ArmVisuals {
  readonly base: RobotVisual;
  /** In the order of the arm's links, each in its link's frame. */
  readonly links: readonly RobotVisual[];
}

export function visualsOf({ base, joints }: Chain): ArmVisuals {
  return { base: visualOfBody(base), links: joints.map(({ body }) => visualOfBody(body)) };
}

function visualOfBody({ links }: RigidBody): RobotVisual {
  const visuals = links.map(({ link, pose }) => ({ visual: link.readVisual(), pose }));
  return {
    shapes: visuals.flatMap(({ visual, pose }) =>
      visual.shapes.map(({ shape, color }) => ({ shape: placeShape(shape, pose), color })),
    ),
    meshes: visuals.flatMap(({ visual, pose }) =>
      visual.meshes.map((mesh) => ({ ...mesh, pose: compose(pose, mesh.pose) })),
    ),
  };
}
