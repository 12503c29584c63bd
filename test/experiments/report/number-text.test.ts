import { expect, it } from "vitest";
import { fixed, powerOfTen, signed, significant } from "../../../experiments/report/number-text.ts";

it("groups thousands by a narrow space and uses a typographic minus", () => {
  expect([fixed(20_000), fixed(999), fixed(-1_234_567.891, 2), fixed(0.5, 2)]).toEqual([
    "20\u202f000",
    "999",
    "−1\u202f234\u202f567.89",
    "0.50",
  ]);
});

it("writes zero without a minus", () => {
  expect([fixed(-0, 1), fixed(-0.004, 2), signed(-0.004, 2), signed(0)]).toEqual([
    "0.0",
    "0.00",
    "±0.00",
    "±0",
  ]);
});

it("always writes the sign of a difference", () => {
  expect([signed(0.25, 2), signed(-0.25, 2), signed(12_000)]).toEqual(["+0.25", "−0.25", "+12\u202f000"]);
});

it("writes NaN as a dash", () => {
  expect([fixed(Number.NaN), signed(Number.NaN, 2), significant(Number.NaN)]).toEqual(["–", "–", "–"]);
  expect([fixed(Number.POSITIVE_INFINITY), signed(Number.NEGATIVE_INFINITY)]).toEqual(["∞", "−∞"]);
});

it("keeps significant digits, and uses powers of ten far from 1", () => {
  expect([1234.5, 0.031_25, 4.2e-7, 1e-5, -3e9, 0, 9.999].map((value) => significant(value))).toEqual([
    "1\u202f235",
    "0.0313",
    "4.2·10⁻⁷",
    "10⁻⁵",
    "−3·10⁹",
    "0",
    "10.0",
  ]);
  expect(powerOfTen(-12)).toBe("10⁻¹²");
});
