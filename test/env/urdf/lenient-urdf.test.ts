/** @file What does not matter to an arm does not refuse its file: XML dialects, shapes, joints off the path. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkArmModel } from "../../../env/arm/arm-model.ts";
import { importUrdf } from "../../../env/urdf/import-urdf.ts";
import { readUrdfFile } from "../../../env/urdf/urdf-file.ts";
import { DEFAULT_OPTIONS, INERTIA, TOOL, threeJoints } from "./arm-urdf.ts";

const read = (text: string, tip = "") => {
  const arm = importUrdf(text, "x.urdf", { ...DEFAULT_OPTIONS, tip });
  checkArmModel(arm.model, 1 / 200);
  return arm;
};

const arm = threeJoints();
const { model } = read(arm);

describe("XML", () => {
  it.each([
    ["version 0.0", `<?xml version="0.0" ?>\n${arm}`],
    ["an encoding that the text no longer has", `<?xml version="1.0" encoding="UTF-16"?>\n${arm}`],
    ["lines before the declaration", `\n \n<?xml version="1.0"?>\n${arm}`],
    ["a comment before the declaration", `<!-- made by hand --><?xml version="1.0"?>\n${arm}`],
    ["two hyphens in a comment", arm.replace("<link", "<!-- old -- <link values --->\n<link")],
    ["a lone ampersand", arm.replace("bench arm", "pick & place").replace("<link", "<!-- a & b --><link")],
    ["white space before a tag's name", arm.replace("<robot", "< robot").replaceAll("<link", "<\nlink")],
    ["a comment in a CDATA section", arm.replace("<link", "<![CDATA[ <!-- ]]><link")],
  ])("with %s is read", (_what, text) => {
    expect(read(text).model.links).toEqual(model.links);
  });

  it("keeps the line numbers of errors", () => {
    const text = `\n<?xml version="0.0"?>\n<!-- two\nlines -- -->\n${arm.replace('value="1"', 'value="one"')}`;
    const line = text.slice(0, text.indexOf('value="one"')).split("\n").length;
    expect(() => read(text)).toThrow(`<mass value> in line ${line}:`);
  });

  it("that is not closed is still refused at once, even if it is long", () => {
    for (const text of [
      `${arm}<!-- `,
      "<!-- ".repeat(500_000),
      "<![CDATA[".repeat(400_000),
      "< ".repeat(1e6),
    ]) {
      expect(() => read(text)).toThrow("expected well-formed XML");
    }
  });
});

describe("a file in", () => {
  const folder = mkdtempSync(join(tmpdir(), "steadyarm-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const named = arm
    .replace('name="upper"', 'name="bras_supérieur"')
    .replaceAll('link="upper"', 'link="bras_supérieur"');
  const utf16 = Buffer.from(`\ufeff${named}`, "utf16le");

  it.each([
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${named}`)],
    ["UTF-16, little-endian", utf16],
    ["UTF-16, big-endian", Buffer.from(utf16).swap16()],
    ["Latin-1", Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${named}`, "latin1")],
    ["UTF-8, ended by a NUL and what an editor left behind", Buffer.from(`${named}\0</robot>`)],
    ["Latin-1, which it does not say", Buffer.from(named, "latin1")],
    [
      "an unknown encoding, though it is UTF-8",
      Buffer.from(`<?xml version="1.0" encoding="x-user"?>${named}`),
    ],
  ])("%s is read", (_what, bytes) => {
    const path = join(folder, "arm.urdf");
    writeFileSync(path, bytes);
    expect(read(readUrdfFile(path).text).model.links[1]?.name).toBe("bras_supérieur");
  });
});

describe("a shape", () => {
  const visual = (geometry: string) => `<visual>${geometry}</visual>`;

  it.each([
    ["a box of no size", "<geometry><box size='0 0 0'/></geometry>", "visual <box> without a size above 0"],
    ["a flat box", "<geometry><box size='1 0 1'/></geometry>", "visual <box> without a size above 0"],
    ["a box of two numbers", "<geometry><box size='1 1'/></geometry>", "visual <box> without a size above 0"],
    [
      "a ball of radius 0",
      "<geometry><sphere radius='0'/></geometry>",
      "visual <sphere> without a size above 0",
    ],
    ["a cylinder without length", "<geometry><cylinder radius='1'/></geometry>", "visual <cylinder> without"],
    ["a cone", "<geometry><cone/></geometry>", "visual <cone>, which is no box"],
    ["an empty geometry", "<geometry/>", "visual without a shape"],
    ["no geometry", "", "visual without a shape"],
    [
      "a broken origin",
      "<origin xyz='a b c'/><geometry><box size='1 1 1'/></geometry>",
      "visual with an origin",
    ],
  ])("that is %s is left out and reported", (_what, geometry, report) => {
    const { leftOut, model: arm } = read(threeJoints({ shapes: visual(geometry) }));
    expect(leftOut).toEqual([expect.stringContaining(`link upper: ${report}`)]);
    expect(arm.links[1]?.shapes).toMatchObject([{ kind: "capsule", radius: 0.03 }]);
  });

  it("may be a capsule, whose length is that of its axis", () => {
    const capsule = visual('<geometry><capsule radius="0.05" length="0.4"/></geometry>');
    expect(read(threeJoints({ shapes: capsule })).model.links[1]?.shapes).toEqual([
      { kind: "capsule", from: [0, 0, -0.2], to: [0, 0, 0.2], radius: 0.05 },
    ]);
  });
});

describe("a joint off the path to the tip", () => {
  const claw = (joint: string, inertia = INERTIA) =>
    `${TOOL}<link name="claw"><inertial><mass value="0.1"/>${inertia}</inertial></link><joint name="pinch" type="revolute"><parent link="END"/><child link="claw"/><origin xyz="0 0 0.1"/>${joint}</joint>`;
  const axis = '<axis xyz="0 1 0"/>';

  it.each([
    ["is locked", `${axis}<limit lower="0" upper="0" effort="1" velocity="1"/>`],
    ["has swapped limits", `${axis}<limit lower="0.8" upper="0" effort="1" velocity="1"/>`],
    ["has limits that are no numbers", `${axis}<limit lower="a" upper="b" effort="c" velocity="d"/>`],
    ["has a huge effort", `${axis}<limit lower="0" upper="0.8" effort="1e7" velocity="1e9"/>`],
    ["has endless limits", `${axis}<limit lower="-1e16" upper="1e16" effort="1" velocity="1"/>`],
    ["has no limits", axis],
    ["has an axis of 0", '<axis xyz="0 0 0"/><limit lower="0" upper="1" effort="1" velocity="1"/>'],
    ["has a broken axis", '<axis xyz="x"/><limit lower="0.5" upper="1" effort="1" velocity="1"/>'],
    ["has negative damping", `${axis}<dynamics damping="-1"/>`],
    ["mimics another", `${axis}<mimic joint="turn"/>`],
  ])("that %s is held at 0 and reported", (_what, joint) => {
    const { model: held, leftOut } = read(threeJoints({}, claw(joint)), "tool");
    expect(held.links.map(({ mass }) => mass)).toEqual([1, 1, 1.1]);
    expect(leftOut).toEqual(["joint pinch: not on the path to the tip, so fixed at 0"]);
  });

  it("may carry an inertia below 0 by rounding", () => {
    const negative = INERTIA.replace('"0.001"', '"-5e-20"');
    expect(read(threeJoints({}, claw(axis, negative)), "tool").model.links[2]?.mass).toBeCloseTo(1.1, 12);
  });

  it("may carry the base's links, whose masses do not matter", () => {
    const base = '<link name="base"><inertial><mass value="heavy"/></inertial></link>';
    expect(() => read(arm.replace('<link name="base"/>', base))).not.toThrow();
  });
});

describe("xacro", () => {
  const xacro = (file: string, text: string) => () => importUrdf(text, file, DEFAULT_OPTIONS);
  const macro = "<xacro:default_inertial mass='0.3'/>";

  it.each([
    ["in a link", threeJoints({ shapes: macro })],
    ["in an element of a link", threeJoints({ shapes: `<visual><geometry>${macro}</geometry></visual>` })],
    ["in a joint", threeJoints({ more: macro })],
    ["at the top", arm.replace("<link", `${macro}<link`)],
    [
      "by another prefix",
      threeJoints({ more: "<x:m/>" }).replace("<robot", '<robot xmlns:x="http://ros.org/xacro"'),
    ],
    ["without a prefix", arm.replace("<link", '<include filename="arm.xacro"/><link')],
    ["as an expression", threeJoints({ more: `<dynamics damping="\${d}"/>` })],
  ])("%s is refused, with the command that expands it", (_what, text) => {
    expect(xacro("my arms/a.urdf.xacro", text)).toThrow(
      /^my arms\/a\.urdf\.xacro:\d+: expected URDF without xacro macros, got <.*>.* xacro 'my arms\/a\.urdf\.xacro' > 'my arms\/a\.urdf'$/,
    );
    expect(xacro("a.urdf", text)).toThrow(/xacro a\.urdf > a\.expanded\.urdf$/);
  });

  it("elsewhere, and its namespace, do not matter", () => {
    const plugin = arm
      .replace("<link", `<gazebo>${macro}</gazebo><link`)
      .replace("<robot", '<robot xmlns:xacro="http://ros.org/wiki/xacro"');
    expect(read(plugin).model).toEqual(model);
  });

  it("does not include other unknown elements, which are reported", () => {
    const { leftOut } = read(threeJoints({ shapes: "<inertal/>", more: "<motor/>" }));
    expect(leftOut).toEqual([
      expect.stringMatching(/^link upper: unknown element <inertal> in line \d+$/),
      expect.stringMatching(/^joint lift: unknown element <motor> in line \d+$/),
    ]);
  });
});
