/** @file Collects the contents of MJCF bodies: their geoms, joints, sites and child bodies, out of all frames. */

import { refuse, unquoted } from "../../shared/errors.ts";
import { compose } from "../urdf/compose-poses.ts";
import { IDENTITY_POSE, type Pose } from "../urdf/robot.ts";
import { childrenOf, type XmlElement } from "../urdf/xml-tree.ts";
import type { MjcfCompiler } from "./mjcf-compiler.ts";
import type { MjcfDefaults } from "./mjcf-defaults.ts";
import { poseOf } from "./mjcf-pose.ts";

/** An element with its inherited attributes, and the pose of the frame that it is in, in the body's. */
export interface Framed {
  readonly element: XmlElement;
  readonly frame: Pose;
}

export interface MjcfBody {
  readonly name: string;
  /** Name of the body that it is attached to; "" for the world. */
  readonly parent: string;
  /** In the parent's frame, in the file's configuration. */
  readonly pose: Pose;
  readonly inertial: XmlElement | undefined;
  readonly geoms: readonly Framed[];
  readonly sites: readonly Framed[];
  readonly joints: readonly Framed[];
}

export const WORLD = "world";

/** Children of a body that are read, or mean nothing to an arm without contacts and pictures. */
const PARTS = [
  ...["body", "frame", "inertial", "geom", "site", "joint", "freejoint"],
  ...["camera", "light"],
];

/**
 * Returns all bodies, a parent before its children: the order of MuJoCo.
 *
 * @throws InputError if a pose is not valid, or two bodies have the same name
 */
export function readBodies(
  root: XmlElement,
  defaults: MjcfDefaults,
  compiler: MjcfCompiler,
  where: string,
  leftOut: string[],
): MjcfBody[] {
  const bodies: MjcfBody[] = [];
  const names = new Set<string>();
  const visit = (
    contents: readonly XmlElement[],
    { name, parent, pose }: Pick<MjcfBody, "name" | "parent" | "pose">,
    childclass: string | undefined,
  ): void => {
    if (names.has(name)) {
      throw refuse(`${where}: body ${name}`, "a unique name", unquoted("a second body of that name"));
    }
    names.add(name);
    const parts = contentsOf(contents, childclass, name);
    const all = (kinds: readonly string[]) =>
      parts
        .filter(({ element }) => kinds.includes(element.name))
        .map(({ element, frame, className }) => ({ element: defaults.resolve(element, className), frame }));
    const inertial = parts.find(({ element }) => element.name === "inertial")?.element;
    bodies.push({
      name,
      parent,
      pose,
      inertial,
      geoms: all(["geom"]),
      sites: all(["site"]),
      joints: all(["joint", "freejoint"]),
    });
    for (const { element, frame, className } of parts) {
      if (element.name !== "body") continue;
      const child = element.attributes["name"] ?? `body_${element.line}`;
      const own = compose(frame, poseOf(element, compiler, `${where}: body ${child}`));
      const inherited = defaults.childclassOf(element, className);
      visit([element], { name: child, parent: name, pose: own }, inherited);
    }
  };

  interface Part extends Framed {
    readonly className: string | undefined;
  }
  /** The children of elements, with those of frames in them. */
  function contentsOf(
    elements: readonly XmlElement[],
    childclass: string | undefined,
    body: string,
    frame = IDENTITY_POSE,
  ): Part[] {
    return elements.flatMap(({ children }) =>
      children.flatMap((element): Part[] => {
        if (element.name === "frame") {
          const inner = compose(frame, poseOf(element, compiler, `${where}: body ${body}`));
          return contentsOf([element], defaults.childclassOf(element, childclass), body, inner);
        }
        if (PARTS.includes(element.name)) return [{ element, frame, className: childclass }];
        leftOut.push(`body ${body}: unknown element <${element.name}> in line ${element.line}`);
        return [];
      }),
    );
  }

  const worlds = childrenOf(root, "worldbody");
  const childclass = worlds.reduce<string | undefined>(
    (inherited, world) => defaults.childclassOf(world, inherited),
    undefined,
  );
  visit(worlds, { name: WORLD, parent: "", pose: IDENTITY_POSE }, childclass);
  return bodies;
}
