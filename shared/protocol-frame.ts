/**
 * @file The state frame of the viewer's protocol: where the arms of a live session are now. Binary, little-endian.
 *
 * ```
 *  0  u8   1: a frame         1  u8  protocol version   2  u8  slots   3  u8  joints, N
 *  4  u32  session            8  u32 seq                12 u32 resets of the session so far
 * 16  f64  seconds since the reset
 * 24  f32  goal, x y z        36 u8  flags: 1 playing
 * 37  u8   objects, K         38 u8  fingers, F        39 u8  0
 * 40  f32  for each slot: positions 3N · rotations 4N · angles N · speeds N · torques N · end effector 3
 *          · object positions 3K · object rotations 4K · openings F · push link, or −1 · push point 3 · push force 3 · distance · reward · success 0 or 1
 *          · Q(s, a), NaN without a critic · mean |a|
 * ```
 */

import { internal, refuse, unquoted } from "./errors.ts";
import { MOST_SLOTS, PROTOCOL_VERSION } from "./protocol.ts";

/** First byte of a binary message that is a frame. */
export const FRAME_KIND = 1;

const HEADER_BYTES = 40;
const PLAYING = 1;

/** How many of everything there is in one slot. */
export interface SlotSizes {
  readonly joints: number;
  /** Things that can be moved. */
  readonly objects: number;
  /** Of a gripper. */
  readonly fingers: number;
}

/** One arm, and what stands about it, at one moment. Its arrays are views: of a decoded message, or of what is about to be encoded. */
export interface ArmState {
  /** Origins of the links' frames, [N × 3] m; the base is at the world's origin. */
  readonly positions: Float32Array;
  /** Orientations of the links' frames, [N × 4]. */
  readonly rotations: Float32Array;
  /** [N] rad. */
  readonly angles: Float32Array;
  /** [N] rad/s. */
  readonly speeds: Float32Array;
  /** What the motors give, [N] N m. */
  readonly torques: Float32Array;
  /** [3] m. */
  readonly endEffector: Float32Array;
  /** Middles of the objects, [K × 3] m, in the scene's order. */
  readonly objectPositions: Float32Array;
  /** [K × 4] */
  readonly objectRotations: Float32Array;
  /** How far each finger is from shut, [F] m. */
  readonly openings: Float32Array;
  /** [3] m, in the world; only where a link is pushed. */
  readonly pushPoint: Float32Array;
  /** [3] N, in the world. */
  readonly pushForce: Float32Array;
  /** Index of the link that is pushed, or −1. */
  readonly pushLink: number;
  /** From what is to get there, the first object or else the tool, to the goal, m. */
  readonly distance: number;
  /** What being here pays. */
  readonly reward: number;
  readonly isSuccess: boolean;
  /** Q(s, a) of the action that is held; NaN without a critic. */
  readonly value: number;
  /** Mean |a| of the action that is held. */
  readonly actionAbsMean: number;
}

export interface Frame {
  readonly session: number;
  /** Grows by one from frame to frame; what `ack` is answered with. */
  readonly seq: number;
  /** Resets of the session so far: with a new number, nothing of the old arm's trail is left. */
  readonly resets: number;
  /** Seconds since the reset. */
  readonly time: number;
  readonly goal: readonly [x: number, y: number, z: number];
  readonly playing: boolean;
  readonly slots: readonly ArmState[];
}

/** Numbers of one slot. */
function numbersOfSlot({ joints, objects, fingers }: SlotSizes): number {
  return 10 * joints + 7 * objects + fingers + 15;
}

/** Bytes of a frame. */
export function frameBytes(slots: number, sizes: SlotSizes): number {
  return HEADER_BYTES + 4 * slots * numbersOfSlot(sizes);
}

/** Puts a frame into bytes of the caller's own. All slots must be of one environment. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const [first] = frame.slots;
  const joints = first?.angles.length ?? 0;
  const objects = (first?.objectPositions.length ?? 0) / 3;
  const fingers = first?.openings.length ?? 0;
  const size = numbersOfSlot({ joints, objects, fingers });
  const bytes = new Uint8Array(HEADER_BYTES + 4 * frame.slots.length * size);
  const head = new DataView(bytes.buffer);
  bytes[0] = FRAME_KIND;
  bytes[1] = PROTOCOL_VERSION;
  bytes[2] = frame.slots.length;
  bytes[3] = joints;
  head.setUint32(4, frame.session, true);
  head.setUint32(8, frame.seq, true);
  head.setUint32(12, frame.resets, true);
  head.setFloat64(16, frame.time, true);
  for (let axis = 0; axis < 3; axis++) head.setFloat32(24 + 4 * axis, frame.goal[axis]!, true);
  bytes[36] = frame.playing ? PLAYING : 0;
  bytes[37] = objects;
  bytes[38] = fingers;
  for (const [i, slot] of frame.slots.entries()) {
    const numbers = new Float32Array(bytes.buffer, HEADER_BYTES + 4 * i * size, size);
    let at = 0;
    const place = (array: Float32Array, size: number) => {
      if (array.length !== size) throw internal(`frame: ${array.length} numbers where ${size} belong`);
      numbers.set(array, at);
      at += size;
    };
    place(slot.positions, 3 * joints);
    place(slot.rotations, 4 * joints);
    place(slot.angles, joints);
    place(slot.speeds, joints);
    place(slot.torques, joints);
    place(slot.endEffector, 3);
    place(slot.objectPositions, 3 * objects);
    place(slot.objectRotations, 4 * objects);
    place(slot.openings, fingers);
    const { pushLink, distance, reward, isSuccess, value, actionAbsMean } = slot;
    numbers[at++] = pushLink;
    place(slot.pushPoint, 3);
    place(slot.pushForce, 3);
    for (const number of [distance, reward, isSuccess ? 1 : 0, value, actionAbsMean]) numbers[at++] = number;
  }
  return bytes;
}

/**
 * Takes a frame out of a binary message.
 *
 * @returns a frame whose arrays are views of the message, or of a copy where it is not aligned
 * @throws InputError if it is not one: wrong kind, version or length, or a number that is not finite
 */
export function decodeFrame(message: ArrayBuffer | Uint8Array): Frame {
  const where = "frame";
  const bytes = alignedBytes(message);
  if (bytes.length < HEADER_BYTES) throw refuse(where, `at least ${HEADER_BYTES} bytes`, bytes.length);
  if (bytes[0] !== FRAME_KIND) throw refuse(`${where} kind`, `${FRAME_KIND}`, bytes[0]);
  if (bytes[1] !== PROTOCOL_VERSION) throw refuse(`${where} version`, `${PROTOCOL_VERSION}`, bytes[1]);
  const [slots, joints] = [bytes[2]!, bytes[3]!];
  if (!(slots >= 1 && slots <= MOST_SLOTS)) throw refuse(`${where} slots`, `1 to ${MOST_SLOTS}`, slots);
  if (joints < 1) throw refuse(`${where} joints`, "at least 1", joints);
  const [flags, objects, fingers, unused] = [bytes[36]!, bytes[37]!, bytes[38]!, bytes[39]!];
  if (flags > PLAYING || unused !== 0) throw refuse(`${where} flags`, "only known ones", [flags, unused]);
  const sizes: SlotSizes = { joints, objects, fingers };
  const length = frameBytes(slots, sizes);
  if (bytes.length !== length) throw refuse(where, `${length} bytes`, bytes.length);
  const head = new DataView(bytes.buffer, bytes.byteOffset);
  const time = head.getFloat64(16, true);
  const goal = [0, 4, 8].map((offset) => head.getFloat32(24 + offset, true));
  const [x = 0, y = 0, z = 0] = goal;
  if (![time, ...goal].every(Number.isFinite)) throw refuse(where, "finite numbers", unquoted("others"));
  const size = numbersOfSlot(sizes);
  return {
    session: head.getUint32(4, true),
    seq: head.getUint32(8, true),
    resets: head.getUint32(12, true),
    time,
    goal: [x, y, z],
    playing: (flags & PLAYING) !== 0,
    slots: Array.from({ length: slots }, (_, i) =>
      readSlot(
        new Float32Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES + 4 * i * size, size),
        sizes,
        `${where} slot ${i}`,
      ),
    ),
  };
}

function readSlot(numbers: Float32Array, { joints, objects, fingers }: SlotSizes, where: string): ArmState {
  let at = 0;
  const take = (size: number) => {
    at += size;
    return numbers.subarray(at - size, at);
  };
  const state = {
    positions: take(3 * joints),
    rotations: take(4 * joints),
    angles: take(joints),
    speeds: take(joints),
    torques: take(joints),
    endEffector: take(3),
    objectPositions: take(3 * objects),
    objectRotations: take(4 * objects),
    openings: take(fingers),
  };
  const pushLink = take(1)[0]!;
  const pushPoint = take(3);
  const pushForce = take(3);
  const [distance = 0, reward = 0, success = 0, value = 0, actionAbsMean = 0] = take(5);
  const valueAt = numbers.length - 2;
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i]!) && i !== valueAt) {
      throw refuse(`${where}[${i}]`, "a finite number", numbers[i]);
    }
  }
  if (!(Number.isInteger(pushLink) && pushLink >= -1 && pushLink < joints)) {
    throw refuse(`${where} push link`, `a link, or −1`, pushLink);
  }
  if (success !== 0 && success !== 1) throw refuse(`${where} success`, "0 or 1", success);
  if (Math.abs(value) === Number.POSITIVE_INFINITY) throw refuse(`${where} value`, "a number or NaN", value);
  const isSuccess = success === 1;
  const figures = { pushLink, distance, reward, isSuccess, value, actionAbsMean };
  return { ...state, pushPoint, pushForce, ...figures };
}

/** Bytes that 8-byte numbers can be viewed in. Views are little-endian only where the machine is, as all with a browser are. */
export function alignedBytes(message: ArrayBuffer | Uint8Array): Uint8Array<ArrayBuffer> {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw internal("this machine is not little-endian");
  if (message instanceof ArrayBuffer) return new Uint8Array(message);
  const { buffer, byteOffset, length } = message;
  return buffer instanceof ArrayBuffer && byteOffset % 8 === 0
    ? new Uint8Array(buffer, byteOffset, length)
    : new Uint8Array(message);
}
