/**
 * @file The clip of the viewer's protocol: one episode of one arm. Binary, little-endian.
 *
 * ```
 *  0  u8   2: a clip    1  u8  protocol version    2  u8  slot    3  u8  joints, N
 *  4  u32  request      8  u32 moments, M          12 u32 steps, T
 * 16  f64  seconds between moments                 24 f64 seconds of a control step
 * 32  u32  size of an action, A                    36 u8  flags: 1 has Q(s, a)
 * 37  u8   objects, K          38  u8  fingers, F    39 u8  0
 * 40  f32  positions M·3N · rotations M·4N · angles M·N · speeds M·N · torques M·N · end effector M·3
 *          · object positions M·3K · object rotations M·4K · openings M·F
 *          · distances M · actions T·A · rewards T · successes T, 0 or 1 · values T, only with the flag
 * ```
 *
 * Moment 0 is the start of the episode, the last moment its end. Step t lasts from t to t + 1 control steps
 * after the start. Version 1 had zeros in place of K and F; it is read as a clip without objects and fingers.
 */

import { internal, refuse } from "./errors.ts";
import { type ArmSizes, arraysOf, type Column, STATE_COLUMNS, type StateArrays } from "./motion-columns.ts";
import { MAX_SLOTS, PROTOCOL_VERSION } from "./protocol.ts";
import { alignedBytes } from "./protocol-frame.ts";

/** First byte of a binary message that is a clip. */
export const CLIP_KIND = 2;

const HEADER_BYTES = 40;
const HAS_VALUES = 1;
/** Recordings are kept, so older versions stay readable. */
const OLDEST_VERSION = 1;

/** Ten minutes at 100 Hz. */
const MAX_MOMENTS = 60_000;
const MAX_ACTION_SIZE = 255;
/** Seconds of a control step. */
const MAX_CONTROL_TIMESTEP = 10;

/** The sizes that a clip's arrays follow from. */
export interface ClipSizes extends ArmSizes {
  readonly moments: number;
  readonly steps: number;
  readonly actionSize: number;
}

type ClipColumn<Name extends string> = Column<Name, ClipSizes>;
const perMoment = <Name extends string>(name: Name): ClipColumn<Name> => ({
  name,
  per: "moment",
  size: () => 1,
});
const perStep = <Name extends string>(name: Name): ClipColumn<Name> => ({ name, per: "step", size: () => 1 });
const ACTIONS: ClipColumn<"actions"> = { name: "actions", per: "step", size: ({ actionSize }) => actionSize };

/** The columns of every clip, in the order of the wire. */
const COLUMNS = [
  ...STATE_COLUMNS,
  perMoment("distances"),
  ACTIONS,
  perStep("rewards"),
  perStep("successes"),
] as const;
/** Follows them if the flag is set. */
const VALUES = perStep("values");

/** One episode of one arm. The state arrays have M rows; see STATE_COLUMNS for their shapes. */
export interface Clip extends ClipSizes, StateArrays {
  /** The request of the `opened` message that announced the clip, and the index in its `slots`. */
  readonly request: number;
  readonly slot: number;
  /** Seconds between moments. */
  readonly momentTimestep: number;
  /** Seconds of a control step: a multiple of momentTimestep. */
  readonly controlTimestep: number;
  /** Distance to the goal of the first object, or of the end effector if there is no object, [M] m. */
  readonly distances: Float32Array;
  /** [T × A], each in [−1, 1]. */
  readonly actions: Float32Array;
  /** Reward of each step, [T]. */
  readonly rewards: Float32Array;
  /** 1 if the goal is achieved at the end of the step, [T]. */
  readonly successes: Float32Array;
  /** Q(s, a) at the start of each step, [T]; null without a critic. */
  readonly values: Float32Array | null;
}

/** Length of a column's array. */
function lengthOf({ per, size }: ClipColumn<string>, sizes: ClipSizes): number {
  return (per === "moment" ? sizes.moments : sizes.steps) * size(sizes);
}

function clipBytes(sizes: ClipSizes, hasValues: boolean): number {
  const columns = hasValues ? [...COLUMNS, VALUES] : COLUMNS;
  return HEADER_BYTES + 4 * columns.reduce((sum, column) => sum + lengthOf(column, sizes), 0);
}

/** A clip of zeros, to be filled in by a recorder. */
export function blankClip(
  shape: ClipSizes & Pick<Clip, "momentTimestep" | "controlTimestep">,
  hasValues: boolean,
): Clip {
  const zeros = (column: ClipColumn<string>) => new Float32Array(lengthOf(column, shape));
  return {
    request: 0,
    slot: 0,
    ...shape,
    ...arraysOf(COLUMNS, zeros),
    values: hasValues ? zeros(VALUES) : null,
  };
}

/** Returns a clip as a new array of bytes. */
export function encodeClip(clip: Clip): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(clipBytes(clip, clip.values !== null));
  const head = new DataView(bytes.buffer);
  bytes[0] = CLIP_KIND;
  bytes[1] = PROTOCOL_VERSION;
  bytes[2] = clip.slot;
  bytes[3] = clip.joints;
  head.setUint32(4, clip.request, true);
  head.setUint32(8, clip.moments, true);
  head.setUint32(12, clip.steps, true);
  head.setFloat64(16, clip.momentTimestep, true);
  head.setFloat64(24, clip.controlTimestep, true);
  head.setUint32(32, clip.actionSize, true);
  bytes[36] = clip.values === null ? 0 : HAS_VALUES;
  bytes[37] = clip.objects;
  bytes[38] = clip.fingers;
  const numbers = new Float32Array(bytes.buffer, HEADER_BYTES);
  let offset = 0;
  const write = (column: ClipColumn<string>, array: Float32Array) => {
    const length = lengthOf(column, clip);
    if (array.length !== length) throw internal(`clip ${column.name}: ${array.length} of ${length} numbers`);
    numbers.set(array, offset);
    offset += length;
  };
  for (const column of COLUMNS) write(column, clip[column.name]);
  if (clip.values !== null) write(VALUES, clip.values);
  return bytes;
}

/**
 * Reads a clip from a binary message.
 *
 * @returns a clip whose arrays are views of the message, or of a copy if the message is not aligned
 * @throws InputError if the kind, version, sizes or length is wrong, or a number is not finite
 */
export function decodeClip(message: ArrayBuffer | Uint8Array): Clip {
  const bytes = alignedBytes(message);
  const { hasValues, sizes, ...header } = readHeader(bytes);
  const length = clipBytes(sizes, hasValues);
  if (bytes.length !== length) throw refuse("clip", `${length} bytes`, bytes.length);
  const numbers = new Float32Array(
    bytes.buffer,
    bytes.byteOffset + HEADER_BYTES,
    (length - HEADER_BYTES) / 4,
  );
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i]!)) throw refuse(`clip[${i}]`, "a finite number", numbers[i]);
  }
  let offset = 0;
  const read = (column: ClipColumn<string>) => {
    const start = offset;
    offset += lengthOf(column, sizes);
    return numbers.subarray(start, offset);
  };
  return { ...header, ...sizes, ...arraysOf(COLUMNS, read), values: hasValues ? read(VALUES) : null };
}

interface Header extends Pick<Clip, "request" | "slot" | "momentTimestep" | "controlTimestep"> {
  readonly sizes: ClipSizes;
  readonly hasValues: boolean;
}

function readHeader(bytes: Uint8Array<ArrayBuffer>): Header {
  if (bytes.length < HEADER_BYTES) throw refuse("clip", `at least ${HEADER_BYTES} bytes`, bytes.length);
  if (bytes[0] !== CLIP_KIND) throw refuse("clip kind", `${CLIP_KIND}`, bytes[0]);
  const version = bytes[1]!;
  if (!(version >= OLDEST_VERSION && version <= PROTOCOL_VERSION)) {
    throw refuse("clip version", `${OLDEST_VERSION} to ${PROTOCOL_VERSION}`, version);
  }
  const head = new DataView(bytes.buffer, bytes.byteOffset);
  const [slot, joints] = [bytes[2]!, bytes[3]!];
  const [moments, steps] = [head.getUint32(8, true), head.getUint32(12, true)];
  const [momentTimestep, controlTimestep] = [head.getFloat64(16, true), head.getFloat64(24, true)];
  const actionSize = head.getUint32(32, true);
  const [flags, objects, fingers, unused] = [bytes[36]!, bytes[37]!, bytes[38]!, bytes[39]!];
  if (slot >= MAX_SLOTS) throw refuse("clip slot", `less than ${MAX_SLOTS}`, slot);
  if (joints < 1) throw refuse("clip joints", "at least 1", joints);
  if (!(moments >= 2 && moments <= MAX_MOMENTS)) {
    throw refuse("clip moments", `2 to ${MAX_MOMENTS}`, moments);
  }
  if (!(steps >= 1 && steps < moments)) throw refuse("clip steps", `1 to ${moments - 1}`, steps);
  if (!(actionSize >= 1 && actionSize <= MAX_ACTION_SIZE)) {
    throw refuse("clip action size", `1 to ${MAX_ACTION_SIZE}`, actionSize);
  }
  const mustBeZero = version === OLDEST_VERSION ? objects + fingers + unused : unused;
  if (flags > HAS_VALUES || mustBeZero !== 0) {
    throw refuse("clip flags", "known flags only", [flags, objects, fingers, unused]);
  }
  const inOrder = momentTimestep > 0 && momentTimestep <= controlTimestep;
  if (!inOrder || !(controlTimestep <= MAX_CONTROL_TIMESTEP)) {
    throw refuse("clip timesteps", `0 s < moment ≤ step ≤ ${MAX_CONTROL_TIMESTEP} s`, [
      momentTimestep,
      controlTimestep,
    ]);
  }
  return {
    request: head.getUint32(4, true),
    slot,
    momentTimestep,
    controlTimestep,
    sizes: { joints, objects, fingers, moments, steps, actionSize },
    hasValues: flags === HAS_VALUES,
  };
}
