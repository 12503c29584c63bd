/** @file What a URDF lacks that has no harmless default: torques and masses, and the settings that replace them. */

import { InputError } from "../../shared/errors.ts";
import { setFlags } from "../../shared/shell-quote.ts";

/** Suggested density of links without mass, kg/m³: MuJoCo's default for geoms. */
export const SUGGESTED_DENSITY = 1000;

export interface UrdfGaps {
  /** Joints on the path to the tip without an effort above 0. */
  readonly joints: readonly string[];
  /** Moving links without mass. */
  readonly links: readonly string[];
  /** Suggested settings of `env.urdf` that fill the gaps. */
  readonly settings: { readonly effort?: readonly number[]; readonly density?: number };
}

/** Returns the error that names all gaps and the settings to paste. */
export function gapsError({ joints, links, settings }: UrdfGaps, where: string): InputError {
  const expected = [
    ...(joints.length > 0 ? ["a <limit effort> above 0 N m for each joint on the path to the tip"] : []),
    ...(links.length > 0 ? ["an <inertial> with a mass above 0 kg for each link that a joint moves"] : []),
  ];
  const missing = [
    ...(joints.length > 0 ? [`none for joint ${joints.join(", ")}`] : []),
    ...(links.length > 0 ? [`none for link ${links.join(", ")}`] : []),
  ];
  const flags = setFlags(
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [`env.urdf.${name}`, value])),
  );
  // One line with all of them, however many they are.
  return new InputError(
    `${where}: expected ${expected.join(" and ")}, got ${missing.join(", ")}. Add the robot's, or estimates: ${flags}`,
  );
}
