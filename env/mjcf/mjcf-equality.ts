/** @file MJCF's equality constraints: joints that follow others, and closed loops. */

import type { Loop } from "../urdf/robot.ts";
import type { XmlElement } from "../urdf/xml-tree.ts";
import { childrenOf } from "../urdf/xml-tree.ts";
import { type MjcfBody, WORLD } from "./mjcf-bodies.ts";
import type { MjcfDefaults } from "./mjcf-defaults.ts";

export interface MjcfEqualities {
  /** The joint that each follower follows, "" for a constant position. */
  readonly followed: ReadonlyMap<string, string>;
  readonly loops: readonly Loop[];
}

/** @param leftOut receives constraints of tendons and flexible bodies */
export function readEqualities(
  root: XmlElement,
  bodies: readonly MjcfBody[],
  defaults: MjcfDefaults,
  leftOut: string[],
): MjcfEqualities {
  const followed = new Map<string, string>();
  const loops: Loop[] = [];
  for (const given of childrenOf(root, "equality").flatMap(({ children }) => children)) {
    const { name: kind, attributes, line } = defaults.resolve(given, undefined);
    if (attributes["active"]?.trim() === "false") continue;
    const name = `equality ${kind} in line ${line}`;
    if (kind === "joint") {
      followed.set(attributes["joint1"] ?? "", attributes["joint2"] ?? "");
    } else if (kind === "connect" || kind === "weld") {
      const first = attributes["body1"] ?? bodyOfSite(attributes["site1"], bodies);
      const second = attributes["body2"] ?? bodyOfSite(attributes["site2"], bodies);
      loops.push({ name, links: [first, second] });
    } else leftOut.push(name);
  }
  return { followed, loops };
}

function bodyOfSite(site: string | undefined, bodies: readonly MjcfBody[]): string {
  const isOf = ({ sites }: MjcfBody) => sites.some(({ element }) => element.attributes["name"] === site);
  return (site === undefined ? undefined : bodies.find(isOf)?.name) ?? WORLD;
}
