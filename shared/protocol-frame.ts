/**
 * @file The frame of the viewer's protocol: the present state of a live session. Binary, little-endian.
 *
 * ```
 *  0  u8   1: a frame         1  u8  protocol version   2  u8  slots   3  u8  joints, N
 *  4  u32  session            8  u32 seq                12 u32 resets of the session so far
 * 16  f64  seconds since the reset
 * 24  f32  goal, x y z        36 u8  flags: 1 playing, 2 has contacts
 * 37  u8   objects, K         38 u8  fingers, F         39 u8  0
 * 40  f32  for each slot: positions 3N · rotations 4N · angles N · speeds N · torques N · end effector 3
 *          · object positions 3K · object rotations 4K · openings F
 *          · push link, or −1 · push point 3 · push force 3
 *          · distance · reward · success 0 or 1 · Q(s, a), NaN without a critic · mean |a|
 *          then, only with the flag, contacts (protocol-contact.ts)
 * ```
 */

import { internal, refuse, unquoted } from "./errors.ts";
import { type ArmSizes, arraysOf, STATE_COLUMNS, type StateArrays, stateSize } from "./motion-columns.ts";
import { MAX_SLOTS, PROTOCOL_VERSION } from "./protocol.ts";
import { contactNumbers, readContacts, writeContacts } from "./protocol-contact.ts";

/** First byte of a binary message that is a frame. */
export const FRAME_KIND = 1;

const HEADER_BYTES = 40;
const PLAYING = 1;
const HAS_CONTACTS = 2;

/** Numbers of a slot after its state: push link, point and force, distance, reward, success, value, mean |a|. */
const NUMBERS_AFTER_STATE = 1 + 3 + 3 + 5;
/** Index of Q(s, a), counted from the end of a slot: the only number that may be NaN. */
const VALUE_FROM_END = 2;

/** One arm and its objects at one moment. The arrays are views, of a decoded message or of the caller's data. */
export interface ArmState extends StateArrays {
  /** [3] m, in the world; only meaningful while a link is pushed. */
  readonly pushPoint: Float32Array;
  /** [3] N, in the world. */
  readonly pushForce: Float32Array;
  /** Index of the pushed link, or −1. */
  readonly pushLink: number;
  /** Distance to the goal of the first object, or of the end effector if there is no object, m. */
  readonly distance: number;
  /** Reward if the step ended now. */
  readonly reward: number;
  readonly isSuccess: boolean;
  /** Q(s, a) of the current action; NaN without a critic. */
  readonly value: number;
  /** Mean |a| of the current action. */
  readonly actionAbsMean: number;
}

export interface Frame {
  readonly session: number;
  /** Increases by one from frame to frame; `ack` names it. */
  readonly seq: number;
  /** Resets of the session so far. A new number tells the page to clear the trails. */
  readonly resets: number;
  /** Seconds since the reset. */
  readonly time: number;
  readonly goal: readonly [x: number, y: number, z: number];
  readonly playing: boolean;
  readonly slots: readonly ArmState[];
  /** [C × 8] for each slot, see protocol-contact.ts; null unless a page inspects contacts. */
  readonly contacts: readonly Float32Array[] | null;
}

function slotSize(sizes: ArmSizes): number {
  return stateSize(sizes) + NUMBERS_AFTER_STATE;
}

/** Bytes of a frame without contacts. */
export function frameBytes(slots: number, sizes: ArmSizes): number {
  return HEADER_BYTES + 4 * slots * slotSize(sizes);
}

/** Returns a frame as a new array of bytes. All slots must have the sizes of the first. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const [first] = frame.slots;
  const sizes: ArmSizes = {
    joints: first?.angles.length ?? 0,
    objects: (first?.objectPositions.length ?? 0) / 3,
    fingers: first?.openings.length ?? 0,
  };
  const { contacts } = frame;
  const contactBytes = contacts === null ? 0 : 4 * contactNumbers(contacts);
  const bytes = new Uint8Array(frameBytes(frame.slots.length, sizes) + contactBytes);
  const head = new DataView(bytes.buffer);
  bytes[0] = FRAME_KIND;
  bytes[1] = PROTOCOL_VERSION;
  bytes[2] = frame.slots.length;
  bytes[3] = sizes.joints;
  head.setUint32(4, frame.session, true);
  head.setUint32(8, frame.seq, true);
  head.setUint32(12, frame.resets, true);
  head.setFloat64(16, frame.time, true);
  for (let axis = 0; axis < 3; axis++) head.setFloat32(24 + 4 * axis, frame.goal[axis]!, true);
  bytes[36] = (frame.playing ? PLAYING : 0) | (contacts === null ? 0 : HAS_CONTACTS);
  bytes[37] = sizes.objects;
  bytes[38] = sizes.fingers;
  const size = slotSize(sizes);
  for (const [i, slot] of frame.slots.entries()) {
    writeSlot(slot, sizes, new Float32Array(bytes.buffer, HEADER_BYTES + 4 * i * size, size));
  }
  if (contacts !== null) {
    writeContacts(contacts, new Float32Array(bytes.buffer, frameBytes(frame.slots.length, sizes)));
  }
  return bytes;
}

function writeSlot(slot: ArmState, sizes: ArmSizes, numbers: Float32Array): void {
  let offset = 0;
  const write = (array: Float32Array, size: number) => {
    if (array.length !== size) throw internal(`frame: ${array.length} of ${size} numbers`);
    numbers.set(array, offset);
    offset += size;
  };
  for (const { name, size } of STATE_COLUMNS) write(slot[name], size(sizes));
  numbers[offset++] = slot.pushLink;
  write(slot.pushPoint, 3);
  write(slot.pushForce, 3);
  const { distance, reward, isSuccess, value, actionAbsMean } = slot;
  numbers.set([distance, reward, isSuccess ? 1 : 0, value, actionAbsMean], offset);
}

/**
 * Reads a frame from a binary message.
 *
 * @returns a frame whose arrays are views of the message, or of a copy if the message is not aligned
 * @throws InputError if the kind, version, sizes or length is wrong, or a number is not finite
 */
export function decodeFrame(message: ArrayBuffer | Uint8Array): Frame {
  const bytes = alignedBytes(message);
  if (bytes.length < HEADER_BYTES) throw refuse("frame", `at least ${HEADER_BYTES} bytes`, bytes.length);
  if (bytes[0] !== FRAME_KIND) throw refuse("frame kind", `${FRAME_KIND}`, bytes[0]);
  if (bytes[1] !== PROTOCOL_VERSION) throw refuse("frame version", `${PROTOCOL_VERSION}`, bytes[1]);
  const [slots, joints] = [bytes[2]!, bytes[3]!];
  if (!(slots >= 1 && slots <= MAX_SLOTS)) throw refuse("frame slots", `1 to ${MAX_SLOTS}`, slots);
  if (joints < 1) throw refuse("frame joints", "at least 1", joints);
  const [flags, objects, fingers, unused] = [bytes[36]!, bytes[37]!, bytes[38]!, bytes[39]!];
  if (flags > (PLAYING | HAS_CONTACTS) || unused !== 0)
    throw refuse("frame flags", "known flags only", [flags, unused]);
  const sizes: ArmSizes = { joints, objects, fingers };
  const length = frameBytes(slots, sizes);
  const hasContacts = (flags & HAS_CONTACTS) !== 0;
  const hasLength = hasContacts ? bytes.length >= length && bytes.length % 4 === 0 : bytes.length === length;
  if (!hasLength) throw refuse("frame", `${length} bytes`, bytes.length);
  const head = new DataView(bytes.buffer, bytes.byteOffset);
  const time = head.getFloat64(16, true);
  const goal = [0, 4, 8].map((offset) => head.getFloat32(24 + offset, true));
  if (![time, ...goal].every(Number.isFinite)) {
    throw refuse("frame time and goal", "finite numbers", unquoted(`${[time, ...goal]}`));
  }
  const [x = 0, y = 0, z = 0] = goal;
  const size = slotSize(sizes);
  return {
    session: head.getUint32(4, true),
    seq: head.getUint32(8, true),
    resets: head.getUint32(12, true),
    time,
    goal: [x, y, z],
    playing: (flags & PLAYING) !== 0,
    slots: Array.from({ length: slots }, (_, i) => {
      const start = bytes.byteOffset + HEADER_BYTES + 4 * i * size;
      return readSlot(new Float32Array(bytes.buffer, start, size), sizes, `frame slot ${i}`);
    }),
    contacts: hasContacts ? readContacts(numbersAfter(bytes, length), slots, sizes) : null,
  };
}

/** The numbers after some bytes. */
function numbersAfter(bytes: Uint8Array<ArrayBuffer>, start: number): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset + start, (bytes.length - start) / 4);
}

function readSlot(numbers: Float32Array, sizes: ArmSizes, where: string): ArmState {
  const valueIndex = numbers.length - VALUE_FROM_END;
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i]!) && i !== valueIndex) {
      throw refuse(`${where}[${i}]`, "a finite number", numbers[i]);
    }
  }
  let offset = 0;
  const read = (size: number) => {
    offset += size;
    return numbers.subarray(offset - size, offset);
  };
  const state = arraysOf(STATE_COLUMNS, ({ size }) => read(size(sizes)));
  const [pushLink = -1] = read(1);
  const pushPoint = read(3);
  const pushForce = read(3);
  const [distance = 0, reward = 0, success = 0, value = 0, actionAbsMean = 0] = read(5);
  if (!(Number.isInteger(pushLink) && pushLink >= -1 && pushLink < sizes.joints)) {
    throw refuse(`${where} push link`, "the index of a link, or −1", pushLink);
  }
  if (success !== 0 && success !== 1) throw refuse(`${where} success`, "0 or 1", success);
  if (Math.abs(value) === Number.POSITIVE_INFINITY) throw refuse(`${where} value`, "a number or NaN", value);
  const isSuccess = success === 1;
  return { ...state, pushPoint, pushForce, pushLink, distance, reward, isSuccess, value, actionAbsMean };
}

/**
 * Returns a message as bytes that arrays of 8-byte numbers can view, copied if it is not aligned.
 *
 * Typed arrays read in the machine's byte order, so the machine must be little-endian; every machine that
 * browsers and Node run on is.
 */
export function alignedBytes(message: ArrayBuffer | Uint8Array): Uint8Array<ArrayBuffer> {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw internal("this machine is not little-endian");
  if (message instanceof ArrayBuffer) return new Uint8Array(message);
  const { buffer, byteOffset, length } = message;
  return buffer instanceof ArrayBuffer && byteOffset % 8 === 0
    ? new Uint8Array(buffer, byteOffset, length)
    : new Uint8Array(message);
}
