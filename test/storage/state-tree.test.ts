import { describe, expect, it } from "vitest";
import { Rng } from "../../shared/rng.ts";
import { joinTree, splitTree } from "../../storage/state-tree.ts";
import { formatJson, parseJson } from "../../storage/strict-json.ts";
import type { TensorData } from "../../storage/tensor-data.ts";
import { refusal } from "../temporary-folder.ts";

/** Splits a tree, writes its JSON, reads it and joins the parts. */
function roundTrip(tree: unknown): unknown {
  const { json, tensors } = splitTree(tree, "state");
  const text = new TextEncoder().encode(formatJson(json, "state"));
  return joinTree({ json: parseJson(text, "state"), tensors }, "state");
}

const ARRAYS: readonly ((rng: Rng, length: number) => TensorData)[] = [
  (rng, length) => Float32Array.from({ length }, () => rng.normal()),
  (rng, length) => Float64Array.from({ length }, () => rng.normal()),
  (rng, length) => Int32Array.from({ length }, () => rng.bits()),
  (rng, length) => Uint32Array.from({ length }, () => rng.bits()),
  (rng, length) => Int16Array.from({ length }, () => rng.bits()),
  (rng, length) => Uint16Array.from({ length }, () => rng.bits()),
  (rng, length) => Int8Array.from({ length }, () => rng.bits()),
  (rng, length) => Uint8Array.from({ length }, () => rng.bits()),
  (rng, length) => BigInt64Array.from({ length }, () => BigInt(rng.bits()) - 2n ** 31n),
  (rng, length) => BigUint64Array.from({ length }, () => BigInt(rng.bits())),
];

const KEYS = ["", " ", ".", "..", "length", "0", "$", "ключ", "🤖", '"\\', "line\nbreak", "toString"];

function drawTree(rng: Rng, depth: number): unknown {
  const kind = rng.integer(depth > 0 ? 8 : 6);
  const children = () => Array.from({ length: rng.integer(5) }, () => drawTree(rng, depth - 1));
  switch (kind) {
    case 0:
      return null;
    case 1:
      return rng.uniform() < 0.5;
    case 2:
      return [0, -0, 1, -1.5, 2 ** 53, 5e-324][rng.integer(6)];
    case 3:
      return KEYS[rng.integer(KEYS.length)];
    case 4:
    case 5:
      return ARRAYS[rng.integer(ARRAYS.length)]!(rng, rng.integer(4));
    case 6:
      return children();
    default:
      return Object.fromEntries(
        children().map((child, i) => [`${KEYS[rng.integer(KEYS.length)]}${i}`, child]),
      );
  }
}

describe("a tree of state", () => {
  it("is unchanged after a round trip: 500 random trees (seed 4)", () => {
    const rng = Rng.fromSeed(4);
    for (let i = 0; i < 500; i++) {
      const tree = { root: drawTree(rng, 5) };
      expect(roundTrip(tree)).toStrictEqual(tree);
    }
  });

  it.each(ARRAYS.map((array) => array(Rng.fromSeed(1), 3)))("keeps the type and bits of %o", (array) => {
    expect(roundTrip({ array, empty: array.slice(0, 0) })).toStrictEqual({ array, empty: array.slice(0, 0) });
  });

  it("keeps NaN, infinities and −0 in typed arrays", () => {
    const numbers = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0);
    expect(roundTrip({ numbers })).toStrictEqual({ numbers });
  });

  it("names tensors by path and copies no array", () => {
    const actor = new Float32Array(1000);
    const { json, tensors } = splitTree({ vectors: { "actor/sum": actor }, list: [1, actor] }, "state");
    expect(Object.keys(tensors)).toEqual(["vectors/actor/sum", "list/1"]);
    expect(tensors["list/1"]?.data).toBe(actor);
    expect(json).toEqual({
      vectors: { "actor/sum": { $tensor: "vectors/actor/sum" } },
      list: [1, { $tensor: "list/1" }],
    });
    expect(joinTree({ json, tensors }, "state")).toHaveProperty("vectors", { "actor/sum": actor });
  });

  it.each<[string, unknown, string]>([
    ["NaN outside of typed arrays", { loss: Number.NaN }, "state.loss is NaN"],
    ["a bigint", { a: 1n }, "state.a is not plain data"],
    ["undefined in an array", [undefined], "state[0] is not plain data"],
    ["an instance of a class", { a: new Map() }, "state.a is not plain data"],
    ["an instance that holds an array", { a: Rng.fromSeed(1) }, "state.a is not plain data"],
    ["a typed array of another kind", { a: new Uint8ClampedArray(1) }, "state.a is not plain data"],
    ["a key that names a prototype", { ["__proto__"]: new Float32Array(1) }, "__proto__"],
    ["the reserved key", { a: { $tensor: 1 } }, "$tensor is reserved"],
    [
      "two arrays with one path",
      { "a/b": new Int8Array(1), a: { b: new Int8Array(1) } },
      "two typed arrays at a/b",
    ],
    ["an array without a path", new Int8Array(1), "without a key"],
  ])("cannot contain %s", (_what, tree, message) => {
    expect(() => roundTrip(tree)).toThrow(/^internal: /);
    expect(() => roundTrip(tree)).toThrow(message);
  });

  it("cannot contain itself", () => {
    const tree: Record<string, unknown> = {};
    tree["self"] = tree;
    expect(() => roundTrip(tree)).toThrow("nested more than 64 deep");
  });

  it("is rejected if a tensor is missing or left over", () => {
    const { json, tensors } = splitTree({ a: new Int8Array(1), b: new Int8Array(1) }, "state");
    const { b, ...rest } = tensors;
    expect(refusal(() => joinTree({ json, tensors: rest }, "f"))).toBe("f: expected a tensor b, got nothing");
    expect(refusal(() => joinTree({ json: {}, tensors: { b: b! } }, "f"))).toContain('got "b"');
  });
});
