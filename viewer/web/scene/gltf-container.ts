/** @file Packs a glTF file and the buffers inside it into one GLB, so that the loader fetches nothing. */

import { refuse, unquoted } from "../../../shared/errors.ts";
import { isRecord } from "../../../shared/is-record.ts";

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
const DATA_URI = /^data:[^,]*;base64,/;

/**
 * Returns a GLB with the same scene.
 *
 * @throws InputError if a buffer is in another file
 */
export function packGltf(text: string): ArrayBuffer {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document)) throw refuse("glTF", "an object", document);
  const buffers = listOf(document["buffers"]);
  const offsets: number[] = [];
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (const buffer of buffers) {
    const uri = buffer["uri"];
    if (typeof uri !== "string" || !DATA_URI.test(uri)) {
      throw refuse("glTF buffer", "data inside the file", unquoted("another file"), "Export it as .glb");
    }
    const bytes = Uint8Array.from(atob(uri.replace(DATA_URI, "")), (each) => each.charCodeAt(0));
    offsets.push(size);
    pieces.push(bytes);
    size += padded(bytes.length);
  }
  const bufferViews = listOf(document["bufferViews"]).map((view) => {
    const { buffer, byteOffset = 0 } = view;
    const offset = (typeof buffer === "number" ? offsets[buffer] : undefined) ?? 0;
    return { ...view, buffer: 0, byteOffset: offset + Number(byteOffset) };
  });
  const json = new TextEncoder().encode(
    JSON.stringify({ ...document, bufferViews, buffers: size === 0 ? [] : [{ byteLength: size }] }),
  );
  const total = 12 + 8 + padded(json.length) + (size === 0 ? 0 : 8 + size);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  [MAGIC, 2, total, padded(json.length), JSON_CHUNK].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  bytes.fill(0x20, 20, 20 + padded(json.length));
  bytes.set(json, 20);
  if (size === 0) return bytes.buffer;
  const start = 20 + padded(json.length);
  view.setUint32(start, size, true);
  view.setUint32(start + 4, BINARY_CHUNK, true);
  for (const [i, piece] of pieces.entries()) bytes.set(piece, start + 8 + (offsets[i] ?? 0));
  return bytes.buffer;
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Chunks and buffers start at multiples of four bytes. */
function padded(length: number): number {
  return 4 * Math.ceil(length / 4);
}
