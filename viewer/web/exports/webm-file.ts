/**
 * @file Writes encoded video frames to a WebM file.
 *
 * WebM is a subset of Matroska (RFC 9559), which is based on EBML (RFC 8794). The file has a header, one video track
 * and clusters that start with key frames. Times are in milliseconds.
 */

/** One encoded frame. */
export interface VideoChunk {
  readonly bytes: Uint8Array;
  /** Milliseconds since the start. */
  readonly time: number;
  readonly isKey: boolean;
}

export interface VideoTrack {
  /** Codec id of Matroska. */
  readonly codec: "V_VP8" | "V_VP9";
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** Element ids, RFC 9559 §5.1. */
const ID = {
  EBML: 0x1a45dfa3,
  EBML_VERSION: 0x4286,
  EBML_READ_VERSION: 0x42f7,
  EBML_MAX_ID_LENGTH: 0x42f2,
  EBML_MAX_SIZE_LENGTH: 0x42f3,
  DOC_TYPE: 0x4282,
  DOC_TYPE_VERSION: 0x4287,
  DOC_TYPE_READ_VERSION: 0x4285,
  INFO: 0x1549a966,
  TIMESTAMP_SCALE: 0x2ad7b1,
  DURATION: 0x4489,
  MUXING_APP: 0x4d80,
  WRITING_APP: 0x5741,
  TRACKS: 0x1654ae6b,
  TRACK_ENTRY: 0xae,
  TRACK_NUMBER: 0xd7,
  TRACK_UID: 0x73c5,
  TRACK_TYPE: 0x83,
  CODEC_ID: 0x86,
  VIDEO: 0xe0,
  PIXEL_WIDTH: 0xb0,
  PIXEL_HEIGHT: 0xba,
  SEGMENT: 0x18538067,
  CLUSTER: 0x1f43b675,
  TIMESTAMP: 0xe7,
  SIMPLE_BLOCK: 0xa3,
} as const;

/** Maximum duration of a cluster, ms: the time of a block is a signed 16-bit integer. */
const MAX_CLUSTER_DURATION = 30_000;

/** Returns the bytes of a file. Frames must be sorted by time and start with a key frame. */
export function webmFile(track: VideoTrack, chunks: readonly VideoChunk[]): Uint8Array<ArrayBuffer> {
  const header = master(ID.EBML, [
    unsigned(ID.EBML_VERSION, 1),
    unsigned(ID.EBML_READ_VERSION, 1),
    unsigned(ID.EBML_MAX_ID_LENGTH, 4),
    unsigned(ID.EBML_MAX_SIZE_LENGTH, 8),
    text(ID.DOC_TYPE, "webm"),
    unsigned(ID.DOC_TYPE_VERSION, 4),
    unsigned(ID.DOC_TYPE_READ_VERSION, 2),
  ]);
  const info = master(ID.INFO, [
    // Unit of times in nanoseconds: 1 ms.
    unsigned(ID.TIMESTAMP_SCALE, 1_000_000),
    float(ID.DURATION, track.duration),
    text(ID.MUXING_APP, "steadyarm"),
    text(ID.WRITING_APP, "steadyarm"),
  ]);
  const tracks = master(ID.TRACKS, [
    master(ID.TRACK_ENTRY, [
      unsigned(ID.TRACK_NUMBER, 1),
      unsigned(ID.TRACK_UID, 1),
      unsigned(ID.TRACK_TYPE, 1),
      text(ID.CODEC_ID, track.codec),
      master(ID.VIDEO, [unsigned(ID.PIXEL_WIDTH, track.width), unsigned(ID.PIXEL_HEIGHT, track.height)]),
    ]),
  ]);
  return join([header, master(ID.SEGMENT, [info, tracks, ...clusters(chunks)])]);
}

function clusters(chunks: readonly VideoChunk[]): Uint8Array[] {
  const groups: VideoChunk[][] = [];
  for (const chunk of chunks) {
    const group = groups[groups.length - 1];
    const start = group?.[0]?.time;
    const isFull = start !== undefined && chunk.time - start > MAX_CLUSTER_DURATION;
    if (group === undefined || isFull || chunk.isKey) groups.push([chunk]);
    else group.push(chunk);
  }
  return groups.map((group) => {
    const start = Math.round(group[0]?.time ?? 0);
    return master(ID.CLUSTER, [unsigned(ID.TIMESTAMP, start), ...group.map((chunk) => block(chunk, start))]);
  });
}

/** A SimpleBlock: track 1, time relative to the cluster, key-frame flag, data. */
function block({ bytes, time, isKey }: VideoChunk, start: number): Uint8Array {
  const offset = Math.round(time) - start;
  return element(
    ID.SIMPLE_BLOCK,
    join([Uint8Array.of(0x81, (offset >> 8) & 0xff, offset & 0xff, isKey ? 0x80 : 0), bytes]),
  );
}

/** An element that contains elements. */
function master(id: number, children: readonly Uint8Array[]): Uint8Array {
  return element(id, join(children));
}

function element(id: number, payload: Uint8Array): Uint8Array {
  return join([bytesOf(id), size(payload.length), payload]);
}

function unsigned(id: number, value: number): Uint8Array {
  return element(id, bytesOf(value));
}

function text(id: number, value: string): Uint8Array {
  return element(id, new TextEncoder().encode(value));
}

function float(id: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return element(id, bytes);
}

/** An EBML size of eight bytes. */
function size(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  bytes[0] = 1;
  return bytes;
}

/** A non-negative integer in as few bytes as possible, big-endian. */
function bytesOf(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256))
    bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
