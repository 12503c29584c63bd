/**
 * @file The clip of the viewer's protocol: a whole episode of one arm, as numbers. Binary, little-endian.
 *
 * ```
 *  0  u8   2: a clip    1  u8  protocol version    2  u8  slot    3  u8  joints, N
 *  4  u32  request      8  u32 moments, M          12 u32 steps, T
 * 16  f64  seconds from moment to moment           24 f64 seconds of a step
 * 32  u32  numbers of an action, A                 36 u8  flags: 1 has Q(s, a)
 * 37  u8   objects, K          38  u8  fingers, F    39 u8  0
 * 40  f32  positions M·3N · rotations M·4N · angles M·N · speeds M·N · torques M·N · end effectors M·3
 *          · object positions M·3K · object rotations M·4K · openings M·F
 *          · distances M · actions T·A · rewards T · successes T, 0 or 1 · values T, only with the flag
 * ```
 *
 * Version 1 knew no objects and no fingers, and had zeros in their place: a clip of that time is read as one
 * without.
 *
 * Moment 0 is the start, the last one the end. Step t takes the time from t to t + 1 steps after the start.
 */

import { internal, refuse } from "./errors.ts";
import { MOST_SLOTS, PROTOCOL_VERSION } from "./protocol.ts";
import { alignedBytes, type SlotSizes } from "./protocol-frame.ts";

/** First byte of a binary message that is a clip. */
export const CLIP_KIND = 2;

const HEADER_BYTES = 40;
const HAS_VALUES = 1;
/** The oldest that can be read: recordings are kept. */
const OLDEST_VERSION = 1;

/** More than any episode there is: ten minutes of moments. */
const MOST_MOMENTS = 60_000;

/** One episode of one arm. */
export interface Clip extends SlotSizes {
  /** Of the `opened` that announced it, and the place in its `slots`. */
  readonly request: number;
  readonly slot: number;
  readonly moments: number;
  readonly steps: number;
  readonly actionSize: number;
  /** Seconds from moment to moment. */
  readonly momentTimestep: number;
  /** Seconds of a step; an integer of moments. */
  readonly controlTimestep: number;
  /** Origins of the links' frames, [M × N × 3] m. */
  readonly positions: Float32Array;
  /** Orientations of the links' frames, [M × N × 4]. */
  readonly rotations: Float32Array;
  /** [M × N] rad. */
  readonly angles: Float32Array;
  /** [M × N] rad/s. */
  readonly speeds: Float32Array;
  /** What the motors gave just before the moment, [M × N] N m; 0 at the start. */
  readonly torques: Float32Array;
  /** [M × 3] m. */
  readonly endEffectors: Float32Array;
  /** Middles of the objects, [M × K × 3] m, in the scene's order. */
  readonly objectPositions: Float32Array;
  /** [M × K × 4] */
  readonly objectRotations: Float32Array;
  /** How far each finger is from shut, [M × F] m. */
  readonly openings: Float32Array;
  /** From what is to get there, the first object or else the tool, to the goal, [M] m. */
  readonly distances: Float32Array;
  /** [T × A], each number in [−1, 1]. */
  readonly actions: Float32Array;
  /** Paid for where each step led, [T]. */
  readonly rewards: Float32Array;
  /** 1 where a step led to the goal, [T]. */
  readonly successes: Float32Array;
  /** Q(s, a) as each step began, [T]; null without a critic. */
  readonly values: Float32Array | null;
}

type Sizes = Pick<Clip, keyof SlotSizes | "moments" | "steps" | "actionSize">;
type Column = Exclude<
  { [K in keyof Clip]: Clip[K] extends Float32Array ? K : never }[keyof Clip],
  "values" | undefined
>;

/** Numbers in each column, in the order they are sent. */
function columnSizes(sizes: Sizes): Record<Column, number> {
  const { joints: n, objects: k, fingers: f, moments: m, steps: t, actionSize: a } = sizes;
  return {
    positions: m * n * 3,
    rotations: m * n * 4,
    angles: m * n,
    speeds: m * n,
    torques: m * n,
    endEffectors: m * 3,
    objectPositions: m * k * 3,
    objectRotations: m * k * 4,
    openings: m * f,
    distances: m,
    actions: t * a,
    rewards: t,
    successes: t,
  };
}

const COLUMNS: readonly Column[] = [
  "positions",
  "rotations",
  "angles",
  "speeds",
  "torques",
  "endEffectors",
  "objectPositions",
  "objectRotations",
  "openings",
  "distances",
  "actions",
  "rewards",
  "successes",
];

function clipBytes(sizes: Sizes, hasValues: boolean): number {
  const numbers = Object.values(columnSizes(sizes)).reduce((sum, size) => sum + size, 0);
  return HEADER_BYTES + 4 * (numbers + (hasValues ? sizes.steps : 0));
}

/** A clip of zeros to be filled in, for whoever records. */
export function blankClip(
  shape: Sizes & Pick<Clip, "momentTimestep" | "controlTimestep">,
  hasValues: boolean,
): Clip {
  const sizes = columnSizes(shape);
  const column = (name: Column) => new Float32Array(sizes[name]);
  return {
    request: 0,
    slot: 0,
    ...shape,
    positions: column("positions"),
    rotations: column("rotations"),
    angles: column("angles"),
    speeds: column("speeds"),
    torques: column("torques"),
    endEffectors: column("endEffectors"),
    objectPositions: column("objectPositions"),
    objectRotations: column("objectRotations"),
    openings: column("openings"),
    distances: column("distances"),
    actions: column("actions"),
    rewards: column("rewards"),
    successes: column("successes"),
    values: hasValues ? new Float32Array(shape.steps) : null,
  };
}

/** Puts a clip into bytes of the caller's own. */
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
  const sizes = columnSizes(clip);
  let at = 0;
  for (const name of COLUMNS) {
    if (clip[name].length !== sizes[name]) throw internal(`clip: ${clip[name].length} ${name}`);
    numbers.set(clip[name], at);
    at += sizes[name];
  }
  if (clip.values !== null) {
    if (clip.values.length !== clip.steps) throw internal(`clip: ${clip.values.length} values`);
    numbers.set(clip.values, at);
  }
  return bytes;
}

/**
 * Takes a clip out of a binary message.
 *
 * @returns a clip whose arrays are views of the message, or of a copy where it is not aligned
 * @throws InputError if it is not one: wrong kind, version or length, or a number that is not finite
 */
export function decodeClip(message: ArrayBuffer | Uint8Array): Clip {
  const where = "clip";
  const bytes = alignedBytes(message);
  if (bytes.length < HEADER_BYTES) throw refuse(where, `at least ${HEADER_BYTES} bytes`, bytes.length);
  if (bytes[0] !== CLIP_KIND) throw refuse(`${where} kind`, `${CLIP_KIND}`, bytes[0]);
  const version = bytes[1]!;
  if (!(version >= OLDEST_VERSION && version <= PROTOCOL_VERSION)) {
    throw refuse(`${where} version`, `${OLDEST_VERSION} to ${PROTOCOL_VERSION}`, version);
  }
  const head = new DataView(bytes.buffer, bytes.byteOffset);
  const [slot, joints] = [bytes[2]!, bytes[3]!];
  const [moments, steps] = [head.getUint32(8, true), head.getUint32(12, true)];
  const [momentTimestep, controlTimestep] = [head.getFloat64(16, true), head.getFloat64(24, true)];
  const actionSize = head.getUint32(32, true);
  const [flags, objects, fingers, unused] = [bytes[36]!, bytes[37]!, bytes[38]!, bytes[39]!];
  if (slot >= MOST_SLOTS) throw refuse(`${where} slot`, `less than ${MOST_SLOTS}`, slot);
  if (joints < 1) throw refuse(`${where} joints`, "at least 1", joints);
  if (!(moments >= 2 && moments <= MOST_MOMENTS)) {
    throw refuse(`${where} moments`, `2 to ${MOST_MOMENTS}`, moments);
  }
  if (!(steps >= 1 && steps < moments)) throw refuse(`${where} steps`, `1 to ${moments - 1}`, steps);
  if (!(actionSize >= 1 && actionSize <= 255))
    throw refuse(`${where} action`, "1 to 255 numbers", actionSize);
  const unknown = version === OLDEST_VERSION ? objects + fingers + unused : unused;
  if (flags > HAS_VALUES || unknown !== 0) {
    throw refuse(`${where} flags`, "only known ones", [flags, objects, fingers, unused]);
  }
  if (!(momentTimestep > 0 && momentTimestep <= controlTimestep && controlTimestep <= 10)) {
    throw refuse(`${where} timesteps`, "0 s < moment ≤ step ≤ 10 s", [momentTimestep, controlTimestep]);
  }
  const sizes: Sizes = { joints, objects, fingers, moments, steps, actionSize };
  const length = clipBytes(sizes, flags === HAS_VALUES);
  if (bytes.length !== length) throw refuse(where, `${length} bytes`, bytes.length);
  const numbers = new Float32Array(
    bytes.buffer,
    bytes.byteOffset + HEADER_BYTES,
    (length - HEADER_BYTES) / 4,
  );
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i]!)) throw refuse(`${where}[${i}]`, "a finite number", numbers[i]);
  }
  const columns = columnSizes(sizes);
  let at = 0;
  const take = (size: number) => {
    at += size;
    return numbers.subarray(at - size, at);
  };
  return {
    request: head.getUint32(4, true),
    slot,
    ...sizes,
    momentTimestep,
    controlTimestep,
    positions: take(columns.positions),
    rotations: take(columns.rotations),
    angles: take(columns.angles),
    speeds: take(columns.speeds),
    torques: take(columns.torques),
    endEffectors: take(columns.endEffectors),
    objectPositions: take(columns.objectPositions),
    objectRotations: take(columns.objectRotations),
    openings: take(columns.openings),
    distances: take(columns.distances),
    actions: take(columns.actions),
    rewards: take(columns.rewards),
    successes: take(columns.successes),
    values: flags === HAS_VALUES ? take(steps) : null,
  };
}
