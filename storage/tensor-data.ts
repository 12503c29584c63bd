/** @file Typed arrays as the bytes of a little-endian file and back. */

import { endianness } from "node:os";
import { internal } from "../shared/errors.ts";

/** The arrays whose numbers can be stored. */
export type TensorData =
  | BigInt64Array
  | BigUint64Array
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** Bytes of one number, by the type's name in safetensors. */
export const WIDTHS = {
  I64: 8,
  U64: 8,
  F64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
} as const;
export type DType = keyof typeof WIDTHS;

export function isDType(name: string): name is DType {
  return Object.hasOwn(WIDTHS, name);
}

/** The safetensors type of an array's numbers. */
export function dtypeOf(data: TensorData): DType {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  if (data instanceof BigInt64Array) return "I64";
  if (data instanceof BigUint64Array) return "U64";
  if (data instanceof Int32Array) return "I32";
  if (data instanceof Uint32Array) return "U32";
  if (data instanceof Int16Array) return "I16";
  if (data instanceof Uint16Array) return "U16";
  if (data instanceof Int8Array) return "I8";
  if (data instanceof Uint8Array) return "U8";
  throw internal("not an array that can be stored as a tensor");
}

/** An array's bytes in file order: a view, not a copy. */
export function viewBytes(data: TensorData): Uint8Array {
  requireLittleEndian();
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The numbers that some bytes of a file hold: a view where they are aligned, else a copy. */
export function readData(dtype: DType, bytes: Uint8Array): TensorData {
  requireLittleEndian();
  const width = WIDTHS[dtype];
  const { buffer, byteOffset } = byteOffsetAligned(bytes, width);
  const count = bytes.length / width;
  switch (dtype) {
    case "I64":
      return new BigInt64Array(buffer, byteOffset, count);
    case "U64":
      return new BigUint64Array(buffer, byteOffset, count);
    case "F64":
      return new Float64Array(buffer, byteOffset, count);
    case "F32":
      return new Float32Array(buffer, byteOffset, count);
    case "I32":
      return new Int32Array(buffer, byteOffset, count);
    case "U32":
      return new Uint32Array(buffer, byteOffset, count);
    case "I16":
      return new Int16Array(buffer, byteOffset, count);
    case "U16":
      return new Uint16Array(buffer, byteOffset, count);
    case "I8":
      return new Int8Array(buffer, byteOffset, count);
    case "U8":
      return new Uint8Array(buffer, byteOffset, count);
  }
}

function byteOffsetAligned(bytes: Uint8Array, width: number): Uint8Array {
  return bytes.byteOffset % width === 0 ? bytes : bytes.slice();
}

/** Typed arrays have the machine's order, the file has little-endian; no machine that runs the physics differs. */
function requireLittleEndian(): void {
  if (endianness() !== "LE") throw internal("this machine is big-endian; safetensors files are not");
}
