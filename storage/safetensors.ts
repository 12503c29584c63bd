/**
 * @file The safetensors format: named tensors in one file, readable from Python.
 *
 * Format (huggingface.co/docs/safetensors): eight bytes with the header's length, a JSON header, then
 * the numbers, all little-endian. Tensors are written in the order of the Rust reference (widest type
 * first, then by name), so every tensor is aligned and equal tensors give equal bytes.
 */

import { z } from "zod";
import { internal, refuse } from "../shared/errors.ts";
import { isRecord } from "../shared/is-record.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { MAX_FILE_BYTES, readRegularFile } from "./regular-file.ts";
import { formatJson, parseJson } from "./strict-json.ts";
import {
  bytesPerNumber,
  DTYPES,
  dtypeOf,
  isDType,
  readData,
  type TensorData,
  viewBytes,
} from "./tensor-data.ts";

/** Numbers in row-major order with their shape; [] is a scalar. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type Tensors = Readonly<Record<string, Tensor>>;

export interface SafetensorsOptions {
  /** Strings stored with the tensors. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Accepts NaN and ±Infinity, for debugging. */
  readonly allowNonFinite?: boolean;
}

export interface SafetensorsFile {
  readonly tensors: Tensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/** As in the Rust reference; protects the reader's memory. */
const MAX_HEADER_BYTES = 100_000_000;

/** Nesting: header, tensor, shape. */
const MAX_HEADER_DEPTH = 3;

const Entry = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()).max(64),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/**
 * Writes tensors to a file, atomically.
 *
 * @throws InputError naming file and tensor if a number is not finite, or if the disk refuses
 */
export function writeSafetensors(path: string, tensors: Tensors, options: SafetensorsOptions = {}): void {
  writeFileAtomically(path, encodeSafetensors(tensors, path, options));
}

/**
 * Reads and validates a file of tensors.
 *
 * @returns tensors that are views of one buffer
 * @throws InputError naming file and tensor
 */
export function readSafetensors(
  path: string,
  options: Pick<SafetensorsOptions, "allowNonFinite"> = {},
): SafetensorsFile {
  return decodeSafetensors(readRegularFile(path), path, options);
}

/**
 * Encodes tensors.
 *
 * @param where what is written, for errors
 * @returns the file's bytes in pieces; all but the first are views of the tensors
 * @throws InputError naming the tensor if a number is not finite, or if the file would be too large
 */
export function encodeSafetensors(
  tensors: Tensors,
  where: string,
  { metadata = {}, allowNonFinite = false }: SafetensorsOptions = {},
): Uint8Array[] {
  const entries = Object.entries(tensors)
    .map(([name, tensor]) => ({ name, tensor, dtype: dtypeOf(tensor.data) }))
    .sort((a, b) => bytesPerNumber(b.dtype) - bytesPerNumber(a.dtype) || (a.name < b.name ? -1 : 1));
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) {
    header["__metadata__"] = Object.fromEntries(
      Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const { name, tensor, dtype } of entries) {
    const path = tensorPath(where, name);
    if (name === "__metadata__") throw internal(`${path}: the name is reserved`);
    const count = countNumbers(tensor.shape);
    if (count !== tensor.data.length) {
      throw internal(
        `${path}: shape [${tensor.shape.join(", ")}] does not match ${tensor.data.length} numbers`,
      );
    }
    if (!allowNonFinite) refuseNonFinite(tensor.data, path);
    const bytes = viewBytes(tensor.data);
    header[name] = { dtype, shape: [...tensor.shape], data_offsets: [offset, offset + bytes.length] };
    pieces.push(bytes);
    offset += bytes.length;
  }
  if (offset > MAX_FILE_BYTES - MAX_HEADER_BYTES) {
    throw refuse(where, `tensors of at most ${MAX_FILE_BYTES - MAX_HEADER_BYTES} bytes in one file`, offset);
  }
  // Rejects what JSON.stringify accepts, such as a tensor named __proto__.
  formatJson(header, where);
  return [encodeHeader(header, where), ...pieces];
}

function encodeHeader(header: Readonly<Record<string, unknown>>, where: string): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) throw internal(`${where}: a header of ${length} bytes is too long`);
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

/**
 * Decodes and validates tensors.
 *
 * @param bytes the complete file; do not modify it afterwards
 * @param where what was read, for errors
 * @returns tensors that are views of `bytes` where alignment allows
 * @throws InputError naming the tensor
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  where: string,
  { allowNonFinite = false }: Pick<SafetensorsOptions, "allowNonFinite"> = {},
): SafetensorsFile {
  const { header, data } = splitHeader(bytes, where);
  const tensors: [string, Tensor][] = [];
  const spans: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") {
      metadata = parseMetadata(value, where);
      continue;
    }
    const path = tensorPath(where, name);
    const entry = Entry.safeParse(value);
    if (!entry.success) throw refuse(path, "dtype, shape and data_offsets", value);
    const { dtype, shape, data_offsets: offsets } = entry.data;
    if (!isDType(dtype)) throw refuse(path, `one of the types ${DTYPES.join(", ")}`, dtype);
    const [begin, end] = offsets;
    const size = countNumbers(shape) * bytesPerNumber(dtype);
    if (!Number.isSafeInteger(size)) throw refuse(path, "a shape that fits into a file", shape);
    if (begin > end || end > data.length) {
      throw refuse(path, `offsets in order within the ${data.length} bytes of data`, offsets);
    }
    if (end - begin !== size) throw refuse(path, `${size} bytes for its shape and type`, end - begin);
    spans.push({ name, begin, end });
    tensors.push([name, { shape, data: readData(dtype, data.subarray(begin, end)) }]);
  }
  refuseGaps(spans, data.length, where);
  if (!allowNonFinite) {
    for (const [name, { data: numbers }] of tensors) refuseNonFinite(numbers, tensorPath(where, name));
  }
  return { tensors: Object.fromEntries(tensors), metadata };
}

function splitHeader(
  bytes: Uint8Array,
  where: string,
): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) throw refuse(where, "a safetensors file of at least 8 bytes", bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  const most = Math.min(bytes.length - 8, MAX_HEADER_BYTES);
  if (length > BigInt(most)) throw refuse(where, `a safetensors header of at most ${most} bytes`, length);
  const end = 8 + Number(length);
  if (bytes[8] !== 0x7b || end === 8)
    throw refuse(where, "a safetensors header that starts with {", bytes[8]);
  const header = parseJson(bytes.subarray(8, end), `${where} header`, MAX_HEADER_DEPTH);
  if (!isRecord(header)) throw refuse(`${where} header`, "an object", header);
  return { header, data: bytes.subarray(end) };
}

function parseMetadata(value: unknown, where: string): Record<string, string> {
  const parsed = z.record(z.string(), z.string()).safeParse(value);
  if (!parsed.success) throw refuse(`${where} __metadata__`, "strings by name", value);
  return parsed.data;
}

/** Throws InputError unless every byte of the data belongs to exactly one tensor. */
function refuseGaps(
  spans: { readonly name: string; readonly begin: number; readonly end: number }[],
  length: number,
  where: string,
): void {
  let covered = 0;
  for (const { name, begin, end } of spans.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) throw refuse(tensorPath(where, name), `data that begins at ${covered}`, begin);
    covered = end;
  }
  if (covered !== length) throw refuse(where, `${covered} bytes of data, as its header says`, length);
}

function refuseNonFinite(numbers: TensorData, path: string): void {
  if (!(numbers instanceof Float32Array || numbers instanceof Float64Array)) return;
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i]!)) throw refuse(`${path}[${i}]`, "a finite number", numbers[i]);
  }
}

/** The product of a shape; the caller checks that it is a safe integer. */
function countNumbers(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function tensorPath(where: string, name: string): string {
  return `${where} tensor ${JSON.stringify(name)}`;
}
