/** @file What the physics inspector draws inside an arm: joint scales, masses and inertia, and the texts of a joint. */

import { ConeGeometry, Group, Mesh, type Object3D, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { rotateInertia } from "../../../env/arm/mass-properties.ts";
import { ENVIRONMENTS } from "../../../env/registry.ts";
import type { Vec3 } from "../../../shared/vec3.ts";
import { sceneMessages } from "../../../viewer/server/scene-message.ts";
import { contactPairs } from "../../../viewer/web/panel/contact-pairs.ts";
import { describeJoint, massText } from "../../../viewer/web/panel/describe-joint.ts";
import { InspectorFigure } from "../../../viewer/web/scene/inspector-figure.ts";
import { GaugeMaterials, JointGauge } from "../../../viewer/web/scene/joint-gauge.ts";
import { arcOf, nextPoints, scaleFrame, tickAngles } from "../../../viewer/web/scene/joint-scale.ts";
import { ballRadius, equivalentBox } from "../../../viewer/web/scene/mass-marker.ts";
import { INNER_LAYERS, LAYERS, withLayer } from "../../../viewer/web/state/inspector-layers.ts";

const SCENES = sceneMessages();
const PANDA = SCENES.find(({ fingers, table }) => fingers.length > 0 && table !== null) ?? SCENES[0]!;

/** The tip of an arrow in the world: its head is a cone along y. */
function tipOf(arrow: Object3D): Vector3 {
  const head = arrow.children.at(-1);
  if (!(head instanceof Mesh) || !(head.geometry instanceof ConeGeometry)) throw new Error("no arrow");
  return head.localToWorld(new Vector3(0, head.geometry.parameters.height / 2, 0));
}

const inertial = { mass: 1, centerOfMass: [0, 0, 0] as Vec3, moments: [1, 1, 1], axes: [0, 0, 0, 1] };
const bare = (axis: Vec3, centerOfMass: Vec3 = [0, 0, 0]) =>
  ({ axis: [...axis], inertial: { ...inertial, centerOfMass: [...centerOfMass] } }) as Parameters<
    typeof scaleFrame
  >[0];

describe("a joint's scale", () => {
  it.each<[string, Vec3, Vec3, Vec3, Vec3]>([
    ["the next joint", [0, 0, 1], [0.2, 0.2, 0.5], [0, 1, 0], [Math.SQRT1_2, Math.SQRT1_2, 0]],
    ["the centre of mass if the next joint is on the axis", [0, 1, 0], [0, 0.3, 0], [0, 0, -0.1], [0, 0, -1]],
    ["across the axis if all is on it", [0, 0, -1], [0, 0, 0.3], [0, 0, 0.1], [1, 0, 0]],
  ])("has its needle towards %s", (_, axis, next, centerOfMass, expected) => {
    const frame = scaleFrame(bare(axis, centerOfMass), next);
    expect(new Vector3(0, 0, 1).applyQuaternion(frame).distanceTo(new Vector3(...axis))).toBeLessThan(1e-9);
    expect(new Vector3(1, 0, 0).applyQuaternion(frame).distanceTo(new Vector3(...expected))).toBeLessThan(
      1e-9,
    );
  });

  it("has ticks at the multiples of 30° in the range, and an arc over the range", () => {
    const inDegrees = (limits: [number, number] | null) =>
      tickAngles(limits).map((angle) => Math.round((angle * 180) / Math.PI));
    expect(inDegrees([-3.0718, -0.0698])).toEqual([-150, -120, -90, -60, -30]);
    expect(inDegrees([-Math.PI / 6, Math.PI / 6])).toEqual([-30, 0, 30]);
    expect(inDegrees([0.01, 0.4])).toEqual([]);
    expect(inDegrees(null)).toHaveLength(12);
    expect(arcOf([-3, -1])).toEqual({ start: -3, sweep: 2 });
    expect(arcOf(null).sweep).toBeCloseTo(2 * Math.PI, 12);
  });

  it("stays with the parent link while the needle turns with the link", () => {
    const next = nextPoints(PANDA);
    for (const [i, link] of PANDA.links.entries()) {
      const gauge = new JointGauge(link, next[i]!, 0.1, new GaugeMaterials());
      const body = new Group().add(gauge.object);
      const dial = gauge.object.children.find((each) => each instanceof Group)!;
      const parts = [-1.2, 0, 0.7].map((angle) => {
        body.quaternion.setFromAxisAngle(new Vector3(...link.axis), angle);
        gauge.setAngle(angle);
        body.updateMatrixWorld(true);
        return [dial, gauge.object].map((each) => each.getWorldQuaternion(new Quaternion()));
      });
      const [before, , after] = parts;
      expect(before?.[0]?.angleTo(after?.[0] ?? new Quaternion())).toBeLessThan(1e-6);
      expect(before?.[1]?.angleTo(after?.[1] ?? new Quaternion())).toBeCloseTo(1.9, 6);
    }
  });
});

describe("masses and inertia", () => {
  it("are drawn as a steel ball, and as the box whose inertia they are", () => {
    expect(ballRadius(7.85)).toBeCloseTo(Math.cbrt(0.003 / (4 * Math.PI)), 12);
    const [a, b, c] = [0.02, 0.1, 0.3];
    const mass = 2.5;
    const moments = [b ** 2 + c ** 2, a ** 2 + c ** 2, a ** 2 + b ** 2].map((each) => (mass / 3) * each);
    const box = equivalentBox({ mass, moments: moments as [number, number, number] });
    for (const [i, half] of [a, b, c].entries()) expect(box[i]).toBeCloseTo(half, 12);
    // A rod without thickness.
    const flat = equivalentBox({ mass: 1, moments: [1e-9, 0.01, 0.01] });
    expect(flat.every(Number.isFinite)).toBe(true);
  });

  it("reach the page as principal moments and axes that give the model's inertia", () => {
    for (const [env, { arm }] of Object.entries(ENVIRONMENTS)) {
      const scene = SCENES.find((each) => each.env === env);
      const bodies = [...arm.links, ...(arm.gripper?.fingers ?? [])];
      const sent = [...(scene?.links ?? []), ...(scene?.fingers ?? [])].map(({ inertial }) => inertial);
      expect(sent.map(({ mass, centerOfMass }) => [mass, centerOfMass])).toEqual(
        bodies.map(({ mass, centerOfMass }) => [mass, centerOfMass]),
      );
      for (const [i, { moments, axes }] of sent.entries()) {
        const turned = rotateInertia([...moments, 0, 0, 0], axes);
        for (const [k, each] of turned.entries()) expect(each).toBeCloseTo(bodies[i]!.inertia[k]!, 12);
      }
    }
  });
});

describe("the inspector's layers", () => {
  it("are drawn into the links and fingers, each by itself, and nothing at first", () => {
    const links = PANDA.links.map(() => new Group());
    const fingers = PANDA.fingers.map(() => new Group());
    const figure = new InspectorFigure(PANDA, { links, fingers });
    const visible = () => links.map(({ children }) => children.filter((each) => each.visible).length);
    expect(visible()).toEqual(links.map(() => 0));
    for (const layer of INNER_LAYERS) {
      figure.show([layer]);
      expect(figure.shown).toEqual([layer]);
      expect(visible()).toEqual(links.map(() => 1));
      const hasFingers = layer === "masses" || layer === "inertia";
      for (const { children } of fingers)
        expect(children.filter((each) => each.visible)).toHaveLength(hasFingers ? 1 : 0);
    }
    figure.show(LAYERS);
    expect(visible()).toEqual(links.map(() => INNER_LAYERS.length));
  });

  it("have a disc and an arrow for each contact, which points along the force", () => {
    const figure = new InspectorFigure(PANDA, { links: [], fingers: [] });
    const { contacts } = figure;
    contacts.show(Float32Array.of(-1, 7, 0.5, 0.1, 0, 0, 0, 4, 6, 7, 0.4, 0, 0.02, 100, 0, 0));
    expect(contacts.count).toBe(0);
    figure.show(["contacts"]);
    expect([contacts.count, figure.shown]).toEqual([2, ["contacts"]]);
    contacts.object.updateMatrixWorld(true);
    const tips = contacts.object.children.filter((each) => each instanceof Group).map(tipOf);
    expect(tips[0]?.distanceTo(new Vector3(0.5, 0.1, 0.04))).toBeLessThan(1e-6);
    // Not longer than 40 cm.
    expect(tips[1]?.distanceTo(new Vector3(0.8, 0, 0.02))).toBeLessThan(1e-6);
    contacts.show(new Float32Array(0));
    expect(contacts.count).toBe(0);
  });

  it("list the bodies that touch with their points and forces, the strongest first", () => {
    const names = (list: readonly string[]) => list.map((name) => ({ name }));
    const scene = { ...PANDA, links: names(["arm"]), fingers: names(["left"]), objects: names(["cube"]) };
    const rows = [
      [-1, 2, 0, 0, 0, 0, 0, 2],
      [1, 2, 0, 0, 0, 3, 4, 0],
      [-1, 2, 0, 0, 0, 0, 0, 1],
    ].flat();
    expect(contactPairs(Float32Array.from(rows), scene)).toEqual([
      { first: "left", second: "cube", points: 1, newtons: 5 },
      { first: "table or floor", second: "cube", points: 2, newtons: 3 },
    ]);
  });

  it("keep their order when they are switched", () => {
    expect(withLayer(["frames", "inertia"], "joints", true)).toEqual(["joints", "frames", "inertia"]);
    expect(withLayer(["joints", "frames"], "joints", false)).toEqual(["frames"]);
  });
});

describe("the text of a joint", () => {
  it("has angle, range, torque and mass with units", () => {
    const link = PANDA.links[3]!;
    expect(describeJoint({ ...link, limits: [-3.0718, -0.0698] }, -2, -12.34)).toBe(
      `${link.joint} −114.6° · −176.0° to −4.0° · −12.3 of 87 N m · ${link.name} ${massText(link.inertial.mass)}`,
    );
    expect(describeJoint({ ...link, limits: null, torqueLimit: 0.35 }, 0, -0.01)).toContain(
      "0.0° · no limits · 0.0 of 0.35 N m",
    );
    expect([massText(0.0154), massText(2.3587), massText(13.369)]).toEqual(["15.4 g", "2.36 kg", "13.4 kg"]);
  });
});
