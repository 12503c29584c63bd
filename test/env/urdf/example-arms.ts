/** @file The arms in examples/arms, with figures of their data sheets that their files do not contain as such. */

import { readdirSync } from "node:fs";
import { join } from "node:path";

export const EXAMPLES = join(import.meta.dirname, "../../../examples/arms");

export interface ExampleArm {
  readonly file: string;
  readonly joints: number;
  /** Mass of the whole arm with its base, kg. */
  readonly mass: number;
  /** Joint angles at which the arm is stretched, rad. */
  readonly stretched: readonly number[];
  /** Joint from which, and joint or "tool" to which, the data sheet measures the reach. */
  readonly between: readonly [from: string, to: string];
  /** Reach of the data sheet, metres. */
  readonly reach: number;
  /** Whether its maker publishes torques. */
  readonly hasEfforts: boolean;
}

const BENT = -Math.PI / 2;

export const EXAMPLE_ARMS: readonly ExampleArm[] = [
  {
    file: "so101.urdf",
    joints: 5,
    // No data sheet: seven printed parts and six servos; the three sections between the axes are 116, 135 and 159 mm.
    mass: 0.632,
    stretched: [0, 0, -1.288, -0.089, 0],
    between: ["shoulder_lift", "tool"],
    reach: 0.41,
    hasEfforts: true,
  },
  {
    file: "widowx-250s.urdf",
    joints: 6,
    mass: 2.135,
    stretched: [0, 0, Math.atan(0.04975 / 0.25) + BENT, 0, 0, 0],
    between: ["shoulder", "tool"],
    reach: 0.65,
    hasEfforts: true,
  },
  {
    file: "gen3.urdf",
    joints: 7,
    mass: 8.2,
    stretched: [0, 0, 0, 0, 0, 0, 0],
    between: ["joint_2", "tool"],
    reach: 0.902,
    hasEfforts: true,
  },
  {
    file: "ur10e.urdf",
    joints: 6,
    mass: 33.5,
    stretched: [0, 0, 0, BENT, 0, 0],
    between: ["shoulder_lift", "wrist_3"],
    reach: 1.3,
    hasEfforts: true,
  },
  {
    file: "irb120.urdf",
    joints: 6,
    mass: 25,
    stretched: [0, 0, Math.atan(0.07 / 0.302) + BENT, 0, 0, 0],
    between: ["joint_2", "joint_5"],
    reach: 0.58,
    hasEfforts: false,
  },
];

/** Returns the names of all files in examples/arms. */
export function exampleFiles(): string[] {
  return readdirSync(EXAMPLES).sort();
}
