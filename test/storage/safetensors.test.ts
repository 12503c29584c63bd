import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  type Tensors,
  writeSafetensors,
} from "../../storage/safetensors.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

const TENSORS: Tensors = {
  b: { shape: [3], data: Uint8Array.of(1, 2, 3) },
  w: { shape: [2, 2], data: Float32Array.of(1.5, -2, 0, 4) },
  a: { shape: [1], data: Float64Array.of(0.1) },
};

/** safetensors 0.8.0 for Python: `save({"b": …, "w": …, "a": …}, {"step": "7"})` of the tensors above. */
const GOLDEN =
  "c0000000000000007b225f5f6d657461646174615f5f223a7b2273746570223a2237227d2c2261223a7b22647479" +
  "7065223a22463634222c227368617065223a5b315d2c22646174615f6f666673657473223a5b302c385d7d2c2277" +
  "223a7b226474797065223a22463332222c227368617065223a5b322c325d2c22646174615f6f666673657473223a" +
  "5b382c32345d7d2c2262223a7b226474797065223a225538222c227368617065223a5b335d2c22646174615f6f66" +
  "6673657473223a5b32342c32375d7d7d9a9999999999b93f0000c03f000000c00000000000008040010203";

/** A file with a header, its declared length (by default the true one), and zero bytes of data. */
function forge(header: string | Uint8Array, dataBytes: number, length?: bigint): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const decode = (bytes: Uint8Array) => decodeSafetensors(bytes, "f");
const entry = (name: string, shape: string, begin: number, end: number, dtype = "F32") =>
  `"${name}":{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

describe("writing safetensors", () => {
  it("gives the bytes of the Rust reference", () => {
    const pieces = encodeSafetensors(TENSORS, "f", { metadata: { step: "7" } });
    expect(Buffer.concat(pieces).toString("hex")).toBe(GOLDEN);
  });

  it("gives the same bytes for any order of tensors and metadata", () => {
    const { a, b, w } = TENSORS;
    const write = (tensors: Tensors, metadata: Record<string, string>) =>
      Buffer.concat(encodeSafetensors(tensors, "f", { metadata })).toString("hex");
    expect(write({ w: w!, b: b!, a: a! }, { y: "1", x: "2" })).toBe(
      write({ a: a!, b: b!, w: w! }, { x: "2", y: "1" }),
    );
  });

  it("round-trips every type of number, an empty tensor and a scalar", () => {
    const tensors: Tensors = {
      i64: { shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
      u64: { shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
      f64: { shape: [2], data: Float64Array.of(-0, Number.MIN_VALUE) },
      f32: { shape: [], data: Float32Array.of(-0) },
      i32: { shape: [1, 1, 1], data: Int32Array.of(-(2 ** 31)) },
      u32: { shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
      i16: { shape: [1], data: Int16Array.of(-(2 ** 15)) },
      u16: { shape: [1], data: Uint16Array.of(2 ** 16 - 1) },
      i8: { shape: [3], data: Int8Array.of(-128, 0, 127) },
      u8: { shape: [0, 4], data: new Uint8Array(0) },
    };
    const path = join(temporaryFolder(), "all.safetensors");
    writeSafetensors(path, tensors, { metadata: { "": "an empty key", quote: '"' } });
    const read = readSafetensors(path);
    expect(read.tensors).toEqual(tensors);
    expect(read.metadata).toEqual({ "": "an empty key", quote: '"' });
    expect(Object.is(read.tensors["f32"]?.data[0], -0)).toBe(true);
  });

  it("writes only the part of a buffer that a view covers", () => {
    const data = Float32Array.of(0, 1, 2, 3).subarray(1, 3);
    const { tensors } = decode(Buffer.concat(encodeSafetensors({ x: { shape: [2], data } }, "f")));
    expect([...tensors["x"]!.data]).toEqual([1, 2]);
  });

  it("rejects NaN and infinity unless allowed, and leaves the existing file unchanged", () => {
    const path = join(temporaryFolder(), "w.safetensors");
    writeSafetensors(path, TENSORS);
    const before = readFileSync(path);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const tensors: Tensors = { "actor.0": { shape: [2], data: Float32Array.of(1, bad) } };
      const line = `${path} tensor "actor.0"[1]: expected a finite number, got ${bad}`;
      expect(refusal(() => writeSafetensors(path, tensors))).toContain(line);
      expect(readFileSync(path)).toEqual(before);
      const forced = join(temporaryFolder(), "bad.safetensors");
      writeSafetensors(forced, tensors, { allowNonFinite: true });
      expect(refusal(() => readSafetensors(forced))).toBe(line.replace(path, forced));
      expect(readSafetensors(forced, { allowNonFinite: true }).tensors).toEqual(tensors);
    }
  });

  it("reports a wrong shape or name as an internal error", () => {
    const wrong: Tensors = { x: { shape: [2, 2], data: new Float32Array(3) } };
    expect(() => encodeSafetensors(wrong, "f")).toThrow("internal:");
    expect(() => encodeSafetensors({ __metadata__: { shape: [], data: Float32Array.of(1) } }, "f")).toThrow(
      "internal:",
    );
    expect(() => encodeSafetensors({ constructor: { shape: [], data: Float32Array.of(1) } }, "f")).toThrow(
      "internal:",
    );
  });
});

describe("reading safetensors", () => {
  it("accepts unaligned tensors, which other writers produce", () => {
    const bytes = forge(`{${entry("b", "[1]", 0, 1, "U8")},${entry("x", "[1]", 1, 5)}}`, 5);
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, 2.5, true);
    expect([...decode(bytes).tensors["x"]!.data]).toEqual([2.5]);
  });

  it("accepts spaces after the header and a file without tensors", () => {
    expect(decode(forge("{}   ", 0)).tensors).toEqual({});
  });

  it("rejects a file truncated at any byte or with trailing bytes", () => {
    const complete = Buffer.from(GOLDEN, "hex");
    for (let length = 0; length < complete.length; length++)
      refusal(() => decode(complete.subarray(0, length)));
    expect(refusal(() => decode(Buffer.concat([complete, Buffer.of(0)])))).toBe(
      "f: expected 27 bytes of data, as its header says, got 28",
    );
  });

  it("rejects a header length of 2⁶³, past the end or 0, without allocating memory for it", () => {
    for (const length of [2n ** 63n, 2n ** 64n - 1n, 3n]) {
      expect(refusal(() => decode(forge("{}", 0, length)))).toMatch(
        /^f: expected a safetensors header of at most 2 bytes/,
      );
    }
    expect(refusal(() => decode(forge("", 0)))).toContain("starts with {");
    expect(refusal(() => decode(forge("", 100, 0n)))).toContain("starts with {");
  });

  it.each([
    ["bytes that are not UTF-8", forge(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 0), "UTF-8 text"],
    ["text that is not JSON", forge("{nonsense}", 0), "expected JSON"],
    ["a byte order mark", forge("\ufeff{}", 0), "starts with {"],
    ["an array", forge("[]", 0), "starts with {"],
    ["unbounded depth", forge(`{"x":${"[".repeat(50_000)}`, 0), "nested at most 3 deep, got 50001"],
    [
      "a repeated tensor",
      forge(`{${entry("x", "[1]", 0, 4)},${entry("x", "[1]", 0, 4)}}`, 4),
      "each key once",
    ],
    [
      "a repeated field",
      forge('{"x":{"dtype":"U8","dtype":"U8","shape":[],"data_offsets":[0,1]}}', 1),
      "each key once",
    ],
    ["a prototype for a tensor", forge(`{${entry("__proto__", "[1]", 0, 4)}}`, 4), '"__proto__"'],
    ["a constructor for a tensor", forge(`{${entry("constructor", "[1]", 0, 4)}}`, 4), '"constructor"'],
    ["a prototype as metadata", forge('{"__metadata__":{"__proto__":"x"}}', 0), '"__proto__"'],
    ["metadata that is not a string", forge('{"__metadata__":{"x":1}}', 0), "strings by name"],
    ["an unknown type", forge(`{${entry("x", "[1]", 0, 2, "BF16")}}`, 2), 'got "BF16"'],
    [
      "a type that is a property of Object.prototype",
      forge(`{${entry("x", "[1]", 0, 2, "toString")}}`, 2),
      'got "toString"',
    ],
    ["a missing field", forge('{"x":{"dtype":"F32","shape":[]}}', 4), "dtype, shape and data_offsets"],
    [
      "an extra field",
      forge('{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"path":"/etc"}}', 1),
      "dtype, shape",
    ],
    ["a negative size", forge(`{${entry("x", "[-1,-1]", 0, 4)}}`, 4), "dtype, shape and data_offsets"],
    ["a fractional size", forge(`{${entry("x", "[0.5,2]", 0, 4)}}`, 4), "dtype, shape and data_offsets"],
    [
      "a shape that overflows 64 bits",
      forge(`{${entry("x", "[4294967296,4294967296]", 0, 0)}}`, 0),
      "fits into a file",
    ],
    [
      "a shape that overflows to the size of the data",
      forge(`{${entry("x", "[9007199254740991,9007199254740991]", 0, 4)}}`, 4),
      "fits into a file",
    ],
    [
      "a size that differs from the shape's",
      forge(`{${entry("x", "[2]", 0, 4)}}`, 4),
      "8 bytes for its shape and type, got 4",
    ],
    ["a negative offset", forge(`{${entry("x", "[1]", -4, 0)}}`, 4), "dtype, shape and data_offsets"],
    ["reversed offsets", forge(`{${entry("x", "[1]", 4, 0)}}`, 4), "offsets in order"],
    ["an offset past the end", forge(`{${entry("x", "[2]", 0, 8)}}`, 4), "within the 4 bytes of data"],
    [
      "an overlap",
      forge(`{${entry("x", "[2]", 0, 8)},${entry("y", "[1]", 4, 8)}}`, 8),
      'tensor "y": expected data that begins at 8',
    ],
    [
      "a gap",
      forge(`{${entry("x", "[1]", 0, 4)},${entry("y", "[1]", 8, 12)}}`, 12),
      'tensor "y": expected data that begins at 4',
    ],
    ["a gap before the first", forge(`{${entry("x", "[1]", 4, 8)}}`, 8), "data that begins at 0"],
    ["bytes of no tensor", forge(`{${entry("x", "[1]", 0, 4)}}`, 6), "4 bytes of data"],
    [
      "a number beyond a double",
      forge(`{${entry("x", "[1e999]", 0, 4)}}`, 4),
      "numbers that a double can hold",
    ],
  ])("rejects %s", (_what, bytes, message) => {
    expect(refusal(() => decode(bytes))).toContain(message);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("distinguishes a missing file, a folder and an empty file", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "dir"));
    writeFileSync(join(folder, "empty"), "");
    const read = (name: string) => refusal(() => readSafetensors(join(folder, name)));
    expect(read("none")).toBe(`${join(folder, "none")}: cannot read: no such file or folder`);
    expect(read("dir")).toBe(`${join(folder, "dir")}: expected a file, got a folder`);
    expect(read("empty")).toContain("at least 8 bytes, got 0");
  });
});
