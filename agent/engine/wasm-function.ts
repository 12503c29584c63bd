/** @file Assembles a WebAssembly module with one function `run` over an imported memory. */

/** Instructions in WebAssembly's binary format. */
export type Code = readonly number[];

export type ValueType = "i32" | "f32" | "v128";

const TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** An instruction of the SIMD extension. */
const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

export const F32 = {
  abs: [0x8b],
  neg: [0x8c],
  sqrt: [0x91],
  add: [0x92],
  sub: [0x93],
  mul: [0x94],
  div: [0x95],
  min: [0x96],
  max: [0x97],
  notEqual: [0x5c],
  less: [0x5d],
  greater: [0x5e],
} as const satisfies Record<string, Code>;

export const F32X4 = {
  abs: simd(0xe0),
  neg: simd(0xe1),
  sqrt: simd(0xe3),
  add: simd(0xe4),
  sub: simd(0xe5),
  mul: simd(0xe6),
  div: simd(0xe7),
  min: simd(0xe8),
  max: simd(0xe9),
  /** b where a < b, else a: one instruction of the processor. */
  pmax: simd(0xeb),
  notEqual: simd(0x42),
  less: simd(0x43),
  greater: simd(0x44),
  splat: simd(0x13),
  and: simd(0x4e),
  bitselect: simd(0x52),
} as const satisfies Record<string, Code>;

export const ADD_I32: Code = [0x6a];
export const MUL_I32: Code = [0x6c];
export const SELECT: Code = [0x1b];
export const CONVERT_TO_F32: Code = [0xb2];

export const getLocal = (index: number): Code => [0x20, ...unsigned(index)];
export const setLocal = (index: number): Code => [0x21, ...unsigned(index)];
export const constI32 = (value: number): Code => [0x41, ...signed(value)];
export const constF32 = (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
export const extractLane = (lane: number): Code => [...simd(0x1f), lane];

/** Loads from, or stores to, the address on the stack plus `offset` bytes. */
export const loadF32 = (offset: number): Code => [0x2a, 2, ...unsigned(offset)];
export const storeF32 = (offset: number): Code => [0x38, 2, ...unsigned(offset)];
export const loadF32x4 = (offset: number): Code => [...simd(0x00), 4, ...unsigned(offset)];
export const storeF32x4 = (offset: number): Code => [...simd(0x0b), 4, ...unsigned(offset)];

const LOOP: Code = [0x03, 0x40];
const END: Code = [0x0b];
const LESS_I32: Code = [0x49];
const REPEAT_IF: Code = [0x0d, 0];
const teeLocal = (index: number): Code => [0x22, ...unsigned(index)];

/** Repeats `body` with the local variable `counter` from `from` to below `end`; at least once. */
export function loop(counter: number, from: number, end: number, step: number, body: Code): Code {
  const start: Code = [...constI32(from), ...setLocal(counter), ...LOOP];
  const advance: Code = [...getLocal(counter), ...constI32(step), ...ADD_I32, ...teeLocal(counter)];
  return [...start, ...body, ...advance, ...constI32(end), ...LESS_I32, ...REPEAT_IF, ...END];
}

/**
 * Encodes a module that imports the memory `env.memory` and exports the function `run`, without parameters or results.
 *
 * @param locals types of the function's locals, in order
 */
export function wasmModule(locals: readonly ValueType[], body: Code): Uint8Array<ArrayBuffer> {
  const text = (value: string): Code => [...unsigned(value.length), ...new TextEncoder().encode(value)];
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
  const declared = locals.flatMap((type) => [1, TYPES[type]]);
  const code = [...unsigned(locals.length), ...declared, ...body, ...END];
  return Uint8Array.from([
    // "\0asm" and the version.
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    // The type of a function without parameters or results.
    ...section(1, [1, 0x60, 0, 0]),
    // The imported memory, of any size.
    ...section(2, [1, ...text("env"), ...text("memory"), 0x02, 0x00, 0x00]),
    // One function of that type, exported as `run`, and its code.
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("run"), 0x00, 0x00]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

/** An unsigned 32-bit integer in LEB128: seven bits a byte, lowest first. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const byte = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? byte : byte | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** A signed one, whose last byte has the sign in its seventh bit. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) {
      bytes.push(byte);
      return bytes;
    }
    bytes.push(byte | 0x80);
  }
}
