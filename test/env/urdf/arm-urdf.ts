/** @file URDFs of small arms, for tests of the importer. */

import type { UrdfOptions } from "../../../env/urdf/import-urdf.ts";
import type { Rng } from "../../../shared/rng.ts";

/** The settings' defaults. */
export const DEFAULT_OPTIONS: UrdfOptions = {
  tip: "",
  home: [],
  armature: 0.1,
  damping: 0,
  effort: 0,
  density: 0,
  mimic: "refuse",
  hold: [],
  physicsTimestep: 1 / 200,
};

export const INERTIA = '<inertia ixx="0.004" iyy="0.004" izz="0.001" ixy="0" ixz="0" iyz="0"/>';

/** A link and the joint that moves it, as pieces of XML. */
export interface Segment {
  readonly joint: string;
  readonly link: string;
  /** revolute by default. */
  readonly type?: string;
  readonly origin?: string;
  readonly axis?: string;
  readonly limit?: string;
  /** Further children of the joint. */
  readonly more?: string;
  readonly inertial?: string;
  readonly shapes?: string;
}

/** A segment of 1 kg and 0.3 m that nothing is missing from. */
export const WHOLE = {
  type: "revolute",
  origin: '<origin xyz="0 0 0.3"/>',
  axis: '<axis xyz="0 1 0"/>',
  limit: '<limit lower="-2" upper="2.5" effort="30" velocity="3"/>',
  more: "",
  inertial: `<inertial><origin xyz="0 0 0.15"/><mass value="1"/>${INERTIA}</inertial>`,
  shapes: '<collision><origin xyz="0 0 0.15"/><geometry><box size="0.05 0.05 0.3"/></geometry></collision>',
};

export const TOOL =
  '<link name="tool"/><joint name="mount" type="fixed"><parent link="END"/><child link="tool"/><origin xyz="0 0 0.2"/></joint>';

/** Returns the URDF of a base and segments in a chain, with a tool at the end. */
export function armUrdf(segments: readonly Segment[], more = TOOL): string {
  const parts = segments.map((segment, i) => {
    const { joint, link, type, origin, axis, limit, more: also, inertial, shapes } = { ...WHOLE, ...segment };
    const parent = i === 0 ? "base" : segments[i - 1]?.link;
    return `<link name="${link}">${inertial}${shapes}</link>
<joint name="${joint}" type="${type}"><parent link="${parent}"/><child link="${link}"/>${origin}${axis}${limit}${also}</joint>`;
  });
  const end = segments.at(-1)?.link ?? "base";
  return `<robot name="bench arm">\n<link name="base"/>\n${parts.join("\n")}\n${more.replaceAll("END", end)}\n</robot>\n`;
}

/** Three joints, each with a whole link; `at` replaces pieces of the second one. */
export function threeJoints(at: Partial<Segment> = {}, more = TOOL): string {
  return armUrdf(
    [
      { joint: "turn", link: "column", axis: '<axis xyz="0 0 1"/>' },
      { joint: "lift", link: "upper", ...at },
      { joint: "bend", link: "lower" },
    ],
    more,
  );
}

/** Returns an element at random. */
function pick<T>(rng: Rng, choices: readonly T[]): T {
  return choices[rng.integer(choices.length)]!;
}

/**
 * Returns a random arm of 4 to 9 joints, in which anything that public files lack may be missing: efforts, masses,
 * inertias, limits, shapes, damping; masses are in kilograms or grams.
 */
export function generatedArm(rng: Rng): string {
  const joints = 4 + rng.integer(6);
  const unit = pick(rng, [1, 1, 1000]);
  const segments = Array.from({ length: joints }, (_, i): Segment => {
    const size = 0.05 + 0.3 * rng.uniform();
    const mass = unit * (0.1 + 4 * rng.uniform());
    const center = `<origin xyz="0 0 ${size / 2}"/>`;
    const across = (mass * size ** 2) / 12;
    const whole = `<inertia ixx="${across}" iyy="${across}" izz="${across / 4}" ixy="0" ixz="0" iyz="0"/>`;
    const inertia = pick(rng, [
      whole,
      whole,
      "",
      whole.replaceAll(/"[^"]+"/g, '"0"'),
      whole.replace("ixx=", 'ixx="-1e-20" old='),
    ]);
    const effort = pick(rng, ['effort="20"', 'effort="0"', 'effort="1e9"', ""]);
    const range = pick(rng, [
      'lower="-2.9" upper="2.9"',
      'lower="0.2" upper="1.9"',
      'lower="-1e16" upper="1e16"',
      "",
    ]);
    return {
      joint: `j${i}`,
      link: `l${i}`,
      type: pick(rng, ["revolute", "revolute", "continuous"]),
      origin: `<origin xyz="${(0.1 * rng.uniform()).toFixed(3)} 0 ${size.toFixed(3)}" rpy="0 0 ${pick(rng, [0, 1.5708])}"/>`,
      axis: `<axis xyz="${pick(rng, ["0 0 1", "0 1 0", "0 -1 0", "1 0 0", "0 1 1"])}"/>`,
      limit: pick(rng, [
        `<limit ${range} ${effort} velocity="3"/>`,
        `<limit ${range} ${effort} velocity="0"/>`,
        "",
      ]),
      more: pick(rng, ["", '<dynamics damping="0.5"/>', '<dynamics damping="500" friction="0.1"/>']),
      inertial: pick(rng, [`<inertial>${center}<mass value="${mass}"/>${inertia}</inertial>`, ""]),
      shapes: pick(rng, [
        `<collision>${center}<geometry><cylinder radius="0.04" length="${size}"/></geometry></collision>`,
        '<visual><geometry><mesh filename="package://arm/link.stl"/></geometry></visual>',
        '<visual><geometry><box size="0 0 0"/></geometry></visual>',
        "",
      ]),
    };
  });
  return armUrdf(segments);
}
