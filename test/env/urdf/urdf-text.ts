/** @file Writes the URDF of a chain of revolute joints. */

export interface JointText {
  readonly axis: string;
  /** Position in the parent link, metres. */
  readonly xyz: string;
  /** rad. */
  readonly limits: readonly [low: number, high: number];
}

interface ChainText {
  /** Roll, pitch and yaw of the chain in the root link, rad. */
  readonly mount?: string;
  /** Position of the tool in the last link, metres. */
  readonly flange?: string;
}

/** Returns a robot with the links `base`, `foot`, `link1`, …, `tool`. */
export function urdfText(
  joints: readonly JointText[],
  { mount = "0 0 0", flange = "0 0 0.28" }: ChainText = {},
): string {
  const chain = joints.map(({ axis, xyz, limits: [low, high] }, i) => {
    const parent = i === 0 ? "foot" : `link${i}`;
    return `<link name="link${i + 1}"><inertial><origin xyz="0 0 0.1"/><mass value="1"/><inertia ixx="0.008" iyy="0.008" izz="0.002" ixy="0" ixz="0" iyz="0"/></inertial></link>
      <joint name="joint${i + 1}" type="revolute"><parent link="${parent}"/><child link="link${i + 1}"/><origin xyz="${xyz}"/><axis xyz="${axis}"/><limit lower="${low}" upper="${high}" effort="30" velocity="3"/></joint>`;
  });
  const fixed = (name: string, parent: string, child: string, origin: string) =>
    `<joint name="${name}" type="fixed"><parent link="${parent}"/><child link="${child}"/><origin ${origin}/></joint>`;
  return `<robot name="chain"><link name="base"/><link name="foot"/><link name="tool"/>${chain.join("\n")}
    ${fixed("mount", "base", "foot", `xyz="0 0 0" rpy="${mount}"`)}${fixed("flange", `link${joints.length}`, "tool", `xyz="${flange}"`)}</robot>`;
}
