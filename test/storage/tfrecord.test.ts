import { expect, it } from "vitest";
import { crc32c, frameRecord } from "../../storage/tfrecord.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

it("computes the CRC-32C check value and the examples of RFC 3720, appendix B.4", () => {
  expect(crc32c(ascii("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(0))).toBe(0);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

it("frames a payload as TensorFlow does", () => {
  // The record of an empty payload: length 0, masked CRC of eight zero bytes, masked CRC of no bytes.
  expect(Buffer.from(frameRecord(new Uint8Array(0))).toString("hex")).toBe(
    "000000000000000029039807d8ea82a2",
  );
  expect(
    Buffer.from(frameRecord(ascii("ab")))
      .subarray(0, 8)
      .toString("hex"),
  ).toBe("0200000000000000");
});
