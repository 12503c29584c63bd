/**
 * @file The binary protocol of `steadyarm serve-env`, version 1: frames of an eight-byte header and a payload.
 *
 * The header is the payload's length in bytes and the frame's type, both uint32. All numbers are little-endian. The
 * payloads are described in docs/gymnasium.md.
 */

import { sizeOf } from "../shared/box.ts";
import { refuse, unquoted } from "../shared/errors.ts";
import type { GoalEnv, GoalObservation, Step } from "../shared/goal-env.ts";

export const PROTOCOL_VERSION = 1;

/** Types of the frames that the server receives. */
export const REQUEST = { reset: 1, step: 2, computeReward: 3, close: 4 } as const;

/** Types of the frames that the server sends. */
export const REPLY = { hello: 128, observation: 129, step: 130, rewards: 131, error: 132 } as const;

/** Bits of the flags of a step. */
const FLAG = { terminated: 1, truncated: 2, isSuccess: 4 } as const;

const HEADER_BYTES = 8;
const FLOAT_BYTES = 4;
const DOUBLE_BYTES = 8;

/** A reward batch of a million goals has half of this. */
const MAX_PAYLOAD_BYTES = 2 ** 26;

const WHERE = "standard input";
const REMEDY = "The protocol is in docs/gymnasium.md";

export interface Frame {
  readonly type: number;
  /** Valid until the next frame is read. */
  readonly payload: Buffer;
}

/** Splits a stream of bytes into frames. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Bytes up to the end of the next header or frame. */
  #needed = HEADER_BYTES;

  /**
   * Yields the frames that a chunk completes, and copies what it keeps of the chunk.
   *
   * @throws InputError at a header that is none
   */
  *read(chunk: Buffer): Generator<Frame, void, undefined> {
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) {
      this.#chunks.push(Buffer.from(chunk));
      return;
    }
    let rest = this.#chunks.length === 0 ? chunk : Buffer.concat([...this.#chunks, chunk]);
    for (;;) {
      this.#needed = HEADER_BYTES;
      if (rest.length < this.#needed) break;
      const { length, type } = header(rest);
      this.#needed += length;
      if (rest.length < this.#needed) break;
      yield { type, payload: rest.subarray(HEADER_BYTES, this.#needed) };
      rest = rest.subarray(this.#needed);
    }
    this.#chunks = rest.length === 0 ? [] : [Buffer.from(rest)];
    this.#bytes = rest.length;
  }

  /** Throws InputError if the stream ends within a frame. */
  end(): void {
    if (this.#bytes > 0) {
      const got = unquoted(`its end after ${this.#bytes} of at least ${this.#needed} bytes`);
      throw refuse(WHERE, "a complete frame", got, REMEDY);
    }
  }
}

function header(bytes: Buffer): { readonly length: number; readonly type: number } {
  const length = bytes.readUInt32LE(0);
  const type = bytes.readUInt32LE(4);
  if (type < REQUEST.reset || type > REQUEST.close) {
    throw refuse(WHERE, `a frame of type ${REQUEST.reset} to ${REQUEST.close}`, type, REMEDY);
  }
  if (length > MAX_PAYLOAD_BYTES) {
    throw refuse(`${WHERE}: payload`, `at most ${MAX_PAYLOAD_BYTES} bytes`, length, REMEDY);
  }
  return { length, type };
}

/** Returns the action of a step, [A]. Throws InputError for a payload of another length. */
export function readAction({ payload }: Frame, env: GoalEnv): Float32Array {
  const size = sizeOf(env.actionSpace);
  requireBytes(payload, size * FLOAT_BYTES, `${size} float32 of an action`);
  return readFloats(payload, 0, new Float32Array(size));
}

/** Throws InputError if a frame without contents has some. */
export function readNothing({ payload }: Frame): void {
  requireBytes(payload, 0, "no payload");
}

function requireBytes(payload: Buffer, bytes: number, expected: string): void {
  if (payload.length === bytes) return;
  throw refuse(WHERE, expected, unquoted(`a payload of ${payload.length} bytes`), REMEDY);
}

/**
 * Returns the reply to a reward request: the rewards of N pairs of achieved and desired goals, [N] float64.
 *
 * The payload has three [N, G] blocks of float32: achieved goals, desired goals, and the goals achieved before. Throws
 * InputError for a payload of another length.
 */
export function rewardsFrame({ payload }: Frame, { computeReward, goalSpace }: GoalEnv): Buffer {
  const size = sizeOf(goalSpace);
  const rowBytes = size * FLOAT_BYTES;
  const count = payload.length / (3 * rowBytes);
  if (!Number.isInteger(count)) {
    const expected = `three equal blocks of goals, each of ${size} float32`;
    throw refuse(WHERE, expected, unquoted(`a payload of ${payload.length} bytes`), REMEDY);
  }
  const goals = [new Float32Array(size), new Float32Array(size), new Float32Array(size)] as const;
  const frame = emptyFrame(REPLY.rewards, count * DOUBLE_BYTES);
  for (let row = 0; row < count; row++) {
    for (let block = 0; block < 3; block++)
      readFloats(payload, (block * count + row) * rowBytes, goals[block]!);
    frame.writeDoubleLE(computeReward(...goals), HEADER_BYTES + row * DOUBLE_BYTES);
  }
  return frame;
}

/** Returns the first frame of the server: what the environment is, as JSON; null is an infinite bound. */
export function helloFrame(env: GoalEnv, version: string): Buffer {
  const bounds = ({ low, high }: GoalEnv["goalSpace"]) => ({ low: [...low], high: [...high] });
  return textFrame(
    REPLY.hello,
    JSON.stringify({
      protocol: PROTOCOL_VERSION,
      steadyarm: version,
      env: env.id,
      observation: bounds(env.observationSpace),
      goal: bounds(env.goalSpace),
      action: bounds(env.actionSpace),
      maxEpisodeSteps: env.maxEpisodeSteps,
      controlTimestep: env.controlTimestep,
      rewardRange: env.rewardRange,
      rewardTerms: env.rewardTerms ?? [],
      usesPreviousGoal: env.potentialRange !== undefined,
    }),
  );
}

/** Returns the reply to a reset: observation, achieved goal and desired goal, [O + 2 G] float32. */
export function observationFrame(observation: GoalObservation): Buffer {
  const frame = emptyFrame(REPLY.observation, observationBytes(observation));
  writeObservation(frame, HEADER_BYTES, observation);
  return frame;
}

/** Returns the reply to a step: reward (float64), flags (uint32), 0 (uint32), the observation, and reward terms. */
export function stepFrame(step: Step): Buffer {
  const { terminated, truncated, isSuccess, terms } = step;
  const prefixBytes = DOUBLE_BYTES + 2 * FLOAT_BYTES;
  const termBytes = (terms?.length ?? 0) * FLOAT_BYTES;
  const frame = emptyFrame(REPLY.step, prefixBytes + observationBytes(step) + termBytes);
  frame.writeDoubleLE(step.reward, HEADER_BYTES);
  const flags =
    (terminated ? FLAG.terminated : 0) | (truncated ? FLAG.truncated : 0) | (isSuccess ? FLAG.isSuccess : 0);
  frame.writeUInt32LE(flags, HEADER_BYTES + DOUBLE_BYTES);
  const end = writeObservation(frame, HEADER_BYTES + prefixBytes, step);
  if (terms !== undefined) writeFloats(frame, end, terms);
  return frame;
}

/** Returns the reply to a request that the environment refuses: its error, as text. The session continues. */
export function errorFrame(message: string): Buffer {
  return textFrame(REPLY.error, message);
}

function textFrame(type: number, text: string): Buffer {
  const frame = emptyFrame(type, Buffer.byteLength(text));
  frame.write(text, HEADER_BYTES);
  return frame;
}

function emptyFrame(type: number, payloadBytes: number): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + payloadBytes);
  frame.writeUInt32LE(payloadBytes, 0);
  frame.writeUInt32LE(type, 4);
  return frame;
}

function observationBytes({ observation, achievedGoal, desiredGoal }: GoalObservation): number {
  return (observation.length + achievedGoal.length + desiredGoal.length) * FLOAT_BYTES;
}

/** Returns the offset after the last byte. */
function writeObservation(
  frame: Buffer,
  offset: number,
  { observation, achievedGoal, desiredGoal }: GoalObservation,
): number {
  return writeFloats(
    frame,
    writeFloats(frame, writeFloats(frame, offset, observation), achievedGoal),
    desiredGoal,
  );
}

function writeFloats(frame: Buffer, offset: number, values: Float32Array): number {
  for (let i = 0; i < values.length; i++) frame.writeFloatLE(values[i]!, offset + i * FLOAT_BYTES);
  return offset + values.length * FLOAT_BYTES;
}

function readFloats(payload: Buffer, offset: number, into: Float32Array): Float32Array {
  for (let i = 0; i < into.length; i++) into[i] = payload.readFloatLE(offset + i * FLOAT_BYTES);
  return into;
}
