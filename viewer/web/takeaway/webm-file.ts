/**
 * @file A WebM file of encoded video frames, each at its exact time.
 *
 * The container is Matroska's subset (RFC 9559; EBML is RFC 8794): a header, one video track, clusters
 * that begin with key frames. Times are in milliseconds.
 */

/** One encoded frame. */
export interface VideoChunk {
  readonly bytes: Uint8Array;
  /** Milliseconds since the start. */
  readonly time: number;
  readonly isKey: boolean;
}

export interface VideoTrack {
  /** Matroska's name: V_VP8 or V_VP9. */
  readonly codec: "V_VP8" | "V_VP9";
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** Milliseconds in one cluster at most: a block's own time is 16 bits. */
const LONGEST_CLUSTER = 30_000;

/** The bytes of a file. Frames must come in order of time, a key frame first. */
export function webmFile(track: VideoTrack, chunks: readonly VideoChunk[]): Uint8Array<ArrayBuffer> {
  const header = parts(0x1a45dfa3, [
    unsigned(0x4286, 1),
    unsigned(0x42f7, 1),
    unsigned(0x42f2, 4),
    unsigned(0x42f3, 8),
    text(0x4282, "webm"),
    unsigned(0x4287, 4),
    unsigned(0x4285, 2),
  ]);
  const info = parts(0x1549a966, [
    // Nanoseconds of a tick: a millisecond.
    unsigned(0x2ad7b1, 1_000_000),
    float(0x4489, track.duration),
    text(0x4d80, "steadyarm"),
    text(0x5741, "steadyarm"),
  ]);
  const tracks = parts(0x1654ae6b, [
    parts(0xae, [
      unsigned(0xd7, 1),
      unsigned(0x73c5, 1),
      unsigned(0x83, 1),
      text(0x86, track.codec),
      parts(0xe0, [unsigned(0xb0, track.width), unsigned(0xba, track.height)]),
    ]),
  ]);
  return join([header, parts(0x18538067, [info, tracks, ...clusters(chunks)])]);
}

function clusters(chunks: readonly VideoChunk[]): Uint8Array[] {
  const groups: VideoChunk[][] = [];
  for (const chunk of chunks) {
    const group = groups[groups.length - 1];
    const start = group?.[0]?.time;
    if (group === undefined || start === undefined || chunk.isKey || chunk.time - start > LONGEST_CLUSTER)
      groups.push([chunk]);
    else group.push(chunk);
  }
  return groups.map((group) => {
    const start = Math.round(group[0]?.time ?? 0);
    return parts(0x1f43b675, [unsigned(0xe7, start), ...group.map((chunk) => block(chunk, start))]);
  });
}

/** A SimpleBlock: track 1, the time since its cluster's, and whether it stands by itself. */
function block({ bytes, time, isKey }: VideoChunk, start: number): Uint8Array {
  const since = Math.round(time) - start;
  return chunk(0xa3, join([Uint8Array.of(0x81, (since >> 8) & 0xff, since & 0xff, isKey ? 0x80 : 0), bytes]));
}

function parts(id: number, children: readonly Uint8Array[]): Uint8Array {
  return chunk(id, join(children));
}

function chunk(id: number, payload: Uint8Array): Uint8Array {
  return join([bytesOf(id), size(payload.length), payload]);
}

function unsigned(id: number, value: number): Uint8Array {
  return chunk(id, bytesOf(value));
}

function text(id: number, value: string): Uint8Array {
  return chunk(id, new TextEncoder().encode(value));
}

function float(id: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return chunk(id, bytes);
}

/** A size as EBML writes it, always in eight bytes. */
function size(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  bytes[0] = 1;
  return bytes;
}

/** An integer in as few bytes as hold it, greatest first. */
function bytesOf(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256))
    bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
