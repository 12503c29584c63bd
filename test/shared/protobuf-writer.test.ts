/** @file Bytes of the wire format, among them the examples of protobuf.dev/programming-guides/encoding. */

import { describe, expect, it } from "vitest";
import { ProtobufWriter } from "../../shared/protobuf-writer.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const write = () => new ProtobufWriter();

describe("ProtobufWriter", () => {
  it("writes the examples of the encoding guide", () => {
    expect(hex(write().varint(1, 150).finish())).toBe("089601");
    expect(hex(write().string(2, "testing").finish())).toBe("120774657374696e67");
    expect(
      hex(
        write()
          .message(3, (inner) => inner.varint(1, 150))
          .finish(),
      ),
    ).toBe("1a03089601");
    expect(hex(write().packedVarints(6, [3, 270, 86942]).finish())).toBe("3206038e029ea705");
  });

  it("writes a negative number as ten bytes of two's complement", () => {
    expect(hex(write().varint(1, -1).finish())).toBe("08ffffffffffffffffff01");
    expect(hex(write().varint(1, -2n).finish())).toBe("08feffffffffffffffff01");
  });

  it("writes large integers exactly", () => {
    expect(hex(write().varint(1, Number.MAX_SAFE_INTEGER).finish())).toBe("08ffffffffffffff0f");
    expect(
      hex(
        write()
          .varint(1, 2n ** 64n - 1n)
          .finish(),
      ),
    ).toBe("08ffffffffffffffffff01");
    expect(() => write().varint(1, 2 ** 60 + 0.5)).toThrow("not an integer");
  });

  it("writes numbers of fixed width little-endian", () => {
    expect(hex(write().fixed32(1, 0x01020304).finish())).toBe("0d04030201");
    expect(hex(write().fixed64(1, 0x0102030405060708n).finish())).toBe("090807060504030201");
    expect(hex(write().float(1, 1).finish())).toBe("0d0000803f");
    expect(hex(write().double(1, 1).finish())).toBe("09000000000000f03f");
    expect(hex(write().packedFloats(1, [1, -2]).finish())).toBe("0a080000803f000000c0");
    expect(hex(write().packedDoubles(1, [1]).finish())).toBe("0a08000000000000f03f");
  });

  it("writes field numbers beyond 15 in two bytes and true as 1", () => {
    expect(hex(write().bool(16, true).finish())).toBe("800101");
  });

  it("encodes UTF-8 as Node does", () => {
    const text = "τ ≤ 1 · 🦾 \ud800!";
    const expected = Buffer.from(text, "utf8");
    expect(hex(write().string(1, text).finish())).toBe(
      `0a${expected.length.toString(16)}${expected.toString("hex")}`,
    );
  });

  it("keeps all bytes when its buffer grows", () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
    const writer = write();
    for (let i = 0; i < 20; i++) writer.bytes(1, bytes).double(2, i).float(3, i).fixed32(4, i);
    const written = writer.finish();
    const one = 3 + 1000 + 9 + 5 + 5;
    expect(written.length).toBe(20 * one);
    expect(written.subarray(19 * one + 3, 19 * one + 1003)).toEqual(bytes);
    expect(new DataView(written.buffer).getFloat64(19 * one + 1004, true)).toBe(19);
  });
});
