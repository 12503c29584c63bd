/** @file The posture that sliders show between a move and the frame that has it. */

import { expect, it } from "vitest";
import { PosedAngles } from "../../../viewer/web/panel/posed-angles.ts";

const MEASURED = Float32Array.of(0.1, -0.2, 7);
const rounded = (angles: ArrayLike<number>) => Array.from(angles, (angle) => Number(angle.toFixed(5)));

it("moves one joint and keeps the others, also those beyond a slider's range", () => {
  expect(rounded(new PosedAngles().move(1, 0.5, MEASURED, 0))).toEqual([0.1, 0.5, 7]);
});

it("goes on from the posture whose frame has not arrived", () => {
  const posed = new PosedAngles();
  posed.move(0, 1, MEASURED, 0);
  expect(rounded(posed.move(2, 3, MEASURED, 50))).toEqual([1, -0.2, 3]);
  expect(rounded(posed.displayed(MEASURED, 100))).toEqual([1, -0.2, 3]);
});

it("shows the arm's own angles once it has the posture", () => {
  const posed = new PosedAngles();
  posed.move(0, 1.23456789, MEASURED, 0);
  const reached = Float32Array.of(1.23456789, -0.2, 7);
  expect(posed.displayed(reached, 100)).toBe(reached);
  expect(posed.displayed(MEASURED, 200)).toBe(MEASURED);
});

it("shows the arm's own angles a second after a posture that was refused, and when it is cleared", () => {
  const posed = new PosedAngles();
  posed.move(0, 1, MEASURED, 0);
  posed.move(0, 2, MEASURED, 900);
  expect(rounded(posed.displayed(MEASURED, 1900))).toEqual([2, -0.2, 7]);
  expect(posed.displayed(MEASURED, 1901)).toBe(MEASURED);
  posed.move(0, 1, MEASURED, 2000);
  posed.clear();
  expect(posed.displayed(MEASURED, 2001)).toBe(MEASURED);
});
