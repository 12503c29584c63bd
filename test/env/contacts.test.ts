/** @file Contacts read from the physics: forces in equilibrium, the bodies' indices, and motion that reading leaves as it is. */

import { expect, it, onTestFinished } from "vitest";
import { FIXED_BODY } from "../../env/arm/arm-contacts.ts";
import { GRAVITY } from "../../env/body.ts";
import { definitionOf, makeInteractive } from "../../env/registry.ts";
import { sampleBox, symmetricBox } from "../../shared/box.ts";
import { parseConfig } from "../../shared/config.ts";
import { Rng } from "../../shared/rng.ts";

function config(id: string) {
  return parseConfig({ env: { id } }, "test").env;
}

async function interactive(id: string) {
  const arm = await makeInteractive(config(id), 0.95);
  onTestFinished(() => arm.dispose());
  return arm;
}

it.each(["panda-push", "arm3-push", "panda-gripper-pick-and-place"])(
  "carry the weight of the object of %s while it rests, at its lower face",
  async (id) => {
    const arm = await interactive(id);
    arm.reset({ seed: 2 });
    arm.act(new Float32Array(arm.sizes.action));
    arm.advance(Math.round(1 / arm.timing.physicsTimestep));
    const { links, gripper } = arm.model;
    const object = links.length + (gripper?.fingers.length ?? 0);
    const contacts = arm.contacts().filter(({ second }) => second === object);
    expect(contacts.length).toBeGreaterThanOrEqual(3);
    const [cube] = definitionOf(config(id)).makeTask({ relativeInputs: true }).scene?.objects ?? [];
    if (cube === undefined) throw new Error("the scene has no object");
    const { mass, halfExtents } = cube;
    const total = [0, 1, 2].map((axis) => contacts.reduce((sum, { force }) => sum + force[axis]!, 0));
    expect(total[2]! / (-GRAVITY[2] * mass)).toBeCloseTo(1, 2);
    expect(Math.hypot(total[0]!, total[1]!)).toBeLessThan(0.01 * total[2]!);
    const [x, y, z] = arm.objects[0]!.position;
    for (const { first, point } of contacts) {
      expect(first).toBe(FIXED_BODY);
      expect(Math.abs(point[2] - (z! - halfExtents[2]))).toBeLessThan(0.002);
      expect(Math.abs(point[0] - x!)).toBeLessThan(halfExtents[0] * 1.5);
      expect(Math.abs(point[1] - y!)).toBeLessThan(halfExtents[1] * 1.5);
    }
  },
);

it("push the link up that a hand presses onto the table", async () => {
  const arm = await interactive("panda-push");
  arm.reset({ seed: 1 });
  arm.act(new Float32Array(arm.sizes.action));
  const hand = arm.model.links.length - 1;
  arm.setPush({ link: hand, point: [0, 0, 0], force: [0, 0, -60] });
  arm.advance(Math.round(1.5 / arm.timing.physicsTimestep));
  const onTable = arm.contacts().filter(({ first, second }) => first === FIXED_BODY && second <= hand);
  expect(onTable.length).toBeGreaterThan(0);
  expect(onTable.reduce((sum, { force }) => sum + force[2], 0)).toBeGreaterThan(10);
});

it("are none without a scene", async () => {
  const arm = await interactive("panda-reach");
  arm.reset({ seed: 1 });
  arm.act(new Float32Array(arm.sizes.action));
  arm.advance(8);
  expect(arm.contacts()).toEqual([]);
});

it("do not change the motion when they are read", async () => {
  const [read, left] = [await interactive("panda-push"), await interactive("panda-push")];
  const rng = Rng.fromSeed(5);
  const actions = symmetricBox(read.sizes.action, 1);
  for (const arm of [read, left]) arm.reset({ seed: 9 });
  for (let step = 0; step < 40; step++) {
    const action = sampleBox(actions, rng);
    for (const arm of [read, left]) arm.act(action);
    for (let substep = 0; substep < read.timing.substeps; substep++) {
      read.advance(1);
      read.contacts();
      left.advance(1);
    }
    expect(read.observe()).toEqual(left.observe());
  }
});
