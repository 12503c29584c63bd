/** @file The arms in examples/arms agree with their data sheets. See also test/cli/example-arms.integration.test.ts. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArmKinematics } from "../../../env/arm/kinematics.ts";
import { examineArm } from "../../../env/registry.ts";
import { parseConfig } from "../../../shared/config.ts";
import { distance } from "../../../shared/vec3.ts";
import { EXAMPLE_ARMS, EXAMPLES, type ExampleArm, exampleFiles } from "./example-arms.ts";

/** Relative difference from a data sheet: files round, and makers measure the reach to different points. */
const TOLERANCE = 0.03;

function examine({ file }: ExampleArm) {
  return examineArm(parseConfig({ env: { urdf: { file: join(EXAMPLES, file) } } }, "test").env.urdf);
}

/** Returns the distance between two joints, or a joint and the tool, of the stretched arm, metres. */
function stretchedLength(arm: ExampleArm): number {
  const { model } = examine(arm).arm;
  const kinematics = new ArmKinematics(model);
  kinematics.update(arm.stretched);
  const [from, to] = arm.between.map((name) => {
    const i = model.links.findIndex(({ joint }) => joint === name);
    if (i < 0) expect(name).toBe("tool");
    return i < 0 ? kinematics.endEffector : kinematics.positions.subarray(3 * i, 3 * i + 3);
  });
  return distance(from!, to!);
}

it("has a row for each file", () => {
  expect(EXAMPLE_ARMS.map(({ file }) => file).sort()).toEqual(exampleFiles());
});

describe.each(EXAMPLE_ARMS)("$file", (example) => {
  const { arm, gaps } = examine(example);
  const text = readFileSync(join(EXAMPLES, example.file), "utf8");

  it("has the joints, the mass and the reach of the arm's data sheet", () => {
    const { links } = arm.model;
    expect(links).toHaveLength(example.joints);
    const base = Number(/<mass value="([\d.]+)"/.exec(text)?.[1]);
    const total = links.reduce((sum, { mass }) => sum + mass, base);
    expect(Math.abs(total / example.mass - 1)).toBeLessThan(TOLERANCE);
    expect(Math.abs(stretchedLength(example) / example.reach - 1)).toBeLessThan(TOLERANCE);
    for (const [i, angle] of example.stretched.entries()) {
      const [lower, upper] = links[i]!.limits ?? [-Math.PI, Math.PI];
      expect(angle, links[i]!.joint).toBeGreaterThanOrEqual(lower);
      expect(angle, links[i]!.joint).toBeLessThanOrEqual(upper);
    }
  });

  it("lacks nothing but torques that are not published, and needs no correction", () => {
    expect(gaps.links).toEqual([]);
    expect(gaps.ends).toBeUndefined();
    expect(gaps.joints).toHaveLength(example.hasEfforts ? 0 : example.joints);
    expect(arm.assumed.filter((line) => !line.startsWith("effort by "))).toEqual([]);
    expect(
      arm.leftOut.filter((line) => !line.endsWith("limits, which are a full turn or more apart")),
    ).toEqual([]);
    expect(text).not.toContain("<mesh");
  });
});
