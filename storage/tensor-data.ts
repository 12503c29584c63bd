/** @file Typed arrays to and from the bytes of a little-endian file. */

import { endianness } from "node:os";
import { internal } from "../shared/errors.ts";

/** The typed arrays that can be stored. */
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

interface TensorConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TensorData;
}

/** Array types by their dtype in safetensors. */
const ARRAYS = {
  I64: BigInt64Array,
  U64: BigUint64Array,
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const satisfies Record<string, TensorConstructor>;
export type DType = keyof typeof ARRAYS;

export const DTYPES = Object.keys(ARRAYS);

export function isDType(name: string): name is DType {
  return Object.hasOwn(ARRAYS, name);
}

export function isTensorData(value: unknown): value is TensorData {
  return Object.values(ARRAYS).some((array) => value instanceof array);
}

/** The dtype of an array's numbers. */
export function dtypeOf(data: TensorData): DType {
  const dtype = DTYPES.filter(isDType).find((name) => data instanceof ARRAYS[name]);
  if (dtype === undefined) throw internal("not an array that can be stored as a tensor");
  return dtype;
}

/** Bytes of one number. */
export function bytesPerNumber(dtype: DType): number {
  return ARRAYS[dtype].BYTES_PER_ELEMENT;
}

/** An array's bytes in file order: a view, not a copy. */
export function viewBytes(data: TensorData): Uint8Array {
  requireLittleEndian();
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The numbers in some bytes of a file: a view if they are aligned, else a copy. */
export function readData(dtype: DType, bytes: Uint8Array): TensorData {
  requireLittleEndian();
  const width = bytesPerNumber(dtype);
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  const array: TensorConstructor = ARRAYS[dtype];
  return new array(buffer, byteOffset, bytes.length / width);
}

/** Typed arrays have the machine's byte order; the file is little-endian. */
function requireLittleEndian(): void {
  if (endianness() !== "LE") throw internal("this machine is big-endian; safetensors files are not");
}
