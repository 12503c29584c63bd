/** @file The picture of an imported arm: a valid PNG that shows the arm, its tip and the floor. */

import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { armPicture } from "../../cli/arm-picture.ts";
import { encodePng } from "../../cli/png-image.ts";
import type { ArmModel } from "../../env/arm/arm-model.ts";
import { arm3 } from "../../env/models/arm3.ts";
import { panda } from "../../env/models/panda.ts";

const SMALL = { width: 160, height: 120 };

/** Returns size and pixels of a PNG of this program. */
function decode(png: Buffer) {
  expect(png.toString("latin1", 1, 4)).toBe("PNG");
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const bytes = png.readUInt32BE(33);
  const rows = inflateSync(png.subarray(41, 41 + bytes));
  expect(rows.length).toBe(height * (3 * width + 1));
  const at = (x: number, y: number) => [...rows.subarray(y * (3 * width + 1) + 1 + 3 * x).subarray(0, 3)];
  return { width, height, at };
}

/** Counts pixels of the tip's orange, and pixels that differ from the background. */
function count(model: ArmModel) {
  const { width, height, at } = decode(armPicture(model, SMALL));
  let [orange, dark] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red = 0, green = 0, blue = 0] = at(x, y);
      if (red > 1.5 * green && red > 2 * blue) orange += 1;
      if (red < 180) dark += 1;
    }
  }
  return { orange, dark };
}

describe("encodePng", () => {
  it("keeps the pixels", () => {
    const pixels = Uint8Array.from({ length: 2 * 3 * 3 }, (_, i) => 10 * i);
    const { width, height, at } = decode(encodePng(pixels, 2, 3));
    expect([width, height]).toEqual([2, 3]);
    expect(at(1, 2)).toEqual([150, 160, 170]);
  });
});

describe("armPicture", () => {
  it("shows the arm and its tip", () => {
    const { orange, dark } = count(panda);
    expect(orange).toBeGreaterThan(4);
    expect(dark).toBeGreaterThan(250);
  });

  it("is the same each time, and another one in another posture", () => {
    const png = armPicture(arm3, SMALL);
    expect(armPicture(arm3, SMALL).equals(png)).toBe(true);
    const bent = { ...arm3, home: arm3.home.map((angle) => angle + 0.5) };
    expect(armPicture(bent, SMALL).equals(png)).toBe(false);
  });
});
