/** @file What has no harmless default: tip, torques and masses, and the settings that give them. */

import { InputError } from "../../shared/errors.ts";
import { setFlags } from "../../shared/shell-quote.ts";
import type { RobotFormat } from "./robot.ts";

/** Suggested density of links without mass, kg/m³: MuJoCo's default for geoms. */
export const SUGGESTED_DENSITY = 1000;

export interface UrdfGaps {
  /** Ends of the chains, if the robot branches and no tip is given. */
  readonly ends: string | undefined;
  /** Joints on the path to the tip without an effort above 0. */
  readonly joints: readonly string[];
  /** Moving links without mass. */
  readonly links: readonly string[];
  /** Suggested settings of `env.urdf` that fill the gaps. */
  readonly settings: {
    readonly tip?: string;
    readonly density?: number;
    readonly effort?: readonly number[];
  };
}

/** Returns the suggested settings by path. */
export function suggestedSettings({ settings }: UrdfGaps): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`env.urdf.${name}`, value]));
}

/** Returns the error of one line that names all gaps, however many, and the settings to paste. */
export function gapsError(gaps: UrdfGaps, format: RobotFormat, where: string): InputError {
  const { ends, joints, links } = gaps;
  const flags = setFlags(suggestedSettings(gaps));
  const expected = [
    ...(joints.length > 0 ? [format.effort] : []),
    ...(links.length > 0 ? [format.mass] : []),
  ];
  const missing = [
    ...(joints.length > 0 ? [`none for joint ${joints.join(", ")}`] : []),
    ...(links.length > 0 ? [`none for link ${links.join(", ")}`] : []),
  ];
  const values = `expected ${expected.join(" and ")}, got ${missing.join(", ")}`;
  if (ends === undefined) {
    return new InputError(`${where}: ${values}. Add the robot's, or estimates: ${flags}`);
  }
  const tip = `${where}: env.urdf.tip: expected one of the chains' ends ${ends}, got nothing`;
  return new InputError(
    missing.length === 0
      ? `${tip}. Choose it: ${flags}`
      : `${tip}; ${values}. Choose the tip, and add the robot's values or estimates: ${flags}`,
  );
}
