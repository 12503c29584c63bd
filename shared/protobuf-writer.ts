/**
 * @file Writes Protocol Buffers messages field by field: the part of the format that ONNX models and TensorBoard events use.
 *
 * Wire format: protobuf.dev/programming-guides/encoding.
 */

import { internal } from "./errors.ts";

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Builds one message: each method appends a field, `finish` returns the bytes. */
export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** int32, int64, uint64, bool or enum: an integer in [−2⁵³, 2⁵³], or any 64-bit bigint. */
  varint(field: number, value: number | bigint): this {
    this.#tag(field, VARINT);
    this.#rawVarint(value);
    return this;
  }

  /** bool. */
  bool(field: number, value: boolean): this {
    return this.varint(field, value ? 1 : 0);
  }

  /** fixed32: an integer in [0, 2³²). */
  fixed32(field: number, value: number): this {
    this.#tag(field, FIXED32);
    const at = this.#advance(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** fixed64: a bigint in [0, 2⁶⁴). */
  fixed64(field: number, value: bigint): this {
    this.#tag(field, FIXED64);
    const at = this.#advance(8);
    this.#view.setBigUint64(at, value, true);
    return this;
  }

  /** float. */
  float(field: number, value: number): this {
    this.#tag(field, FIXED32);
    const at = this.#advance(4);
    this.#view.setFloat32(at, value, true);
    return this;
  }

  /** double. */
  double(field: number, value: number): this {
    this.#tag(field, FIXED64);
    const at = this.#advance(8);
    this.#view.setFloat64(at, value, true);
    return this;
  }

  /** string, as UTF-8; a lone surrogate becomes U+FFFD. */
  string(field: number, text: string): this {
    return this.bytes(field, utf8(text));
  }

  /** bytes. */
  bytes(field: number, bytes: Uint8Array): this {
    this.#tag(field, LENGTH_DELIMITED);
    this.#rawVarint(bytes.length);
    const at = this.#advance(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** An embedded message, whose fields `write` appends. */
  message(field: number, write: (message: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter();
    write(inner);
    return this.bytes(field, inner.#bytes.subarray(0, inner.#length));
  }

  /** repeated int32, int64 or enum, packed. */
  packedVarints(field: number, values: Iterable<number | bigint>): this {
    const inner = new ProtobufWriter();
    for (const value of values) inner.#rawVarint(value);
    return this.bytes(field, inner.#bytes.subarray(0, inner.#length));
  }

  /** repeated float, packed. */
  packedFloats(field: number, values: ArrayLike<number>): this {
    this.#tag(field, LENGTH_DELIMITED);
    this.#rawVarint(4 * values.length);
    const at = this.#advance(4 * values.length);
    for (let i = 0; i < values.length; i++) this.#view.setFloat32(at + 4 * i, values[i]!, true);
    return this;
  }

  /** repeated double, packed. */
  packedDoubles(field: number, values: ArrayLike<number>): this {
    this.#tag(field, LENGTH_DELIMITED);
    this.#rawVarint(8 * values.length);
    const at = this.#advance(8 * values.length);
    for (let i = 0; i < values.length; i++) this.#view.setFloat64(at + 8 * i, values[i]!, true);
    return this;
  }

  /** Returns a copy of the message. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #tag(field: number, wireType: number): void {
    this.#rawVarint(field * 8 + wireType);
  }

  #rawVarint(value: number | bigint): void {
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      throw internal(`protobuf: ${value} is not an integer that a varint can hold exactly`);
    }
    if (typeof value === "number" && value >= 0) {
      let rest = value;
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#byte((rest % 0x80) | 0x80);
      this.#byte(rest);
      return;
    }
    // Negative numbers are encoded as 64-bit two's complement, in ten bytes.
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) this.#byte(Number(rest & 0x7fn) | 0x80);
    this.#byte(Number(rest));
  }

  #byte(value: number): void {
    const at = this.#advance(1);
    this.#view.setUint8(at, value);
  }

  /** Reserves `count` bytes and returns their offset; may replace the buffer. */
  #advance(count: number): number {
    const start = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return start;
  }
}

/** Encodes UTF-8. TextEncoder is neither in ECMAScript nor in this folder's type declarations. */
function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let point = character.codePointAt(0)!;
    if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) {
      bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    } else {
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 0x3f),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      );
    }
  }
  return Uint8Array.from(bytes);
}
