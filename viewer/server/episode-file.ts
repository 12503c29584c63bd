/**
 * @file Reads and writes recordings: one episode in an `.episode` file.
 *
 * ```
 *  0   8 bytes   "steadyep"
 *  8   u32       version of the file format, 1         12  u32  bytes of the header
 * 16   header    JSON, UTF-8, padded with spaces to a multiple of 8
 *  …   clip      see protocol-clip.ts; it has its own version
 *  …   32 bytes  SHA-256 of all bytes before
 * ```
 */

import { createHash } from "node:crypto";
import { z } from "zod";
import { ENVIRONMENTS } from "../../env/registry.ts";
import { refuse, unquoted } from "../../shared/errors.ts";
import { type Clip, decodeClip, encodeClip } from "../../shared/protocol-clip.ts";
import { writeFileAtomically } from "../../storage/atomic-file.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { formatJson, parseJson } from "../../storage/strict-json.ts";
import type { Recording } from "./clip-recorder.ts";

const MAGIC = "steadyep";
const VERSION = 1;
const START_BYTES = 16;
const CHECKSUM_BYTES = 32;
/** Ten minutes of an arm with seven joints take 20 MB. */
const MAX_FILE_BYTES = 2 ** 26;

const Facts = z.strictObject({
  /** Name of the recorded source, for display. */
  name: z.string().max(200),
  env: z.string().max(200),
  seed: z.int().nonnegative(),
  noise: z.number().min(0),
  /** Training steps of the policy; null without a policy. */
  step: z.int().nonnegative().nullable(),
  torqueScale: z.number().positive(),
  goal: z.tuple([z.number(), z.number(), z.number()]),
  episodeReturn: z.number(),
  successAtEnd: z.boolean(),
  successOnce: z.boolean(),
});

/** The source and settings of an episode. */
export type EpisodeFacts = Readonly<Omit<z.infer<typeof Facts>, keyof Recording>>;

export interface RecordedEpisode {
  readonly facts: EpisodeFacts;
  readonly recording: Recording;
}

/** Writes a recording atomically. Throws InputError if it cannot be written. */
export function writeEpisode(path: string, { facts, recording }: RecordedEpisode): void {
  const { clip, ...outcome } = recording;
  const json = Buffer.from(formatJson({ ...facts, ...outcome }, path));
  const header = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, " ")]);
  const start = Buffer.alloc(START_BYTES);
  start.write(MAGIC, "latin1");
  start.writeUInt32LE(VERSION, 8);
  start.writeUInt32LE(header.length, 12);
  const pieces = [start, header, Buffer.from(encodeClip(clip).buffer)];
  writeFileAtomically(path, [...pieces, checksum(Buffer.concat(pieces))]);
}

/** Reads a recording and checks all of it. Throws InputError if the file is damaged, of another kind or newer. */
export function readEpisode(path: string): RecordedEpisode {
  const bytes = Buffer.from(readRegularFile(path, MAX_FILE_BYTES));
  if (bytes.length < START_BYTES + CHECKSUM_BYTES || bytes.toString("latin1", 0, 8) !== MAGIC) {
    throw refuse(path, "an episode file of `steadyarm record`", unquoted("another file"));
  }
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) {
    throw refuse(`${path}: version`, `${VERSION}`, version, "Use the version of steadyarm that wrote it");
  }
  const end = bytes.length - CHECKSUM_BYTES;
  if (!checksum(bytes.subarray(0, end)).equals(bytes.subarray(end))) {
    throw refuse(path, "a matching checksum", unquoted("another one: the file is damaged"));
  }
  const clipStart = START_BYTES + bytes.readUInt32LE(12);
  if (clipStart > end) throw refuse(`${path}: header`, `at most ${end - START_BYTES} bytes`, clipStart);
  const parsed = Facts.safeParse(parseJson(bytes.subarray(START_BYTES, clipStart), `${path}: header`));
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join(".") ?? "";
    throw refuse(`${path}: header ${at}`.trimEnd(), "a valid header", unquoted("an invalid one"));
  }
  const { goal, episodeReturn, successAtEnd, successOnce, ...facts } = parsed.data;
  const clip = decodeClip(bytes.subarray(clipStart, end));
  checkFits(path, facts.env, clip, bytes[clipStart + 1]);
  return { facts, recording: { clip, goal, episodeReturn, successAtEnd, successOnce } };
}

/** Throws InputError if a clip does not have the joints, objects and fingers of its environment. */
function checkFits(path: string, env: string, clip: Clip, version: number | undefined): void {
  const definition = Object.hasOwn(ENVIRONMENTS, env) ? ENVIRONMENTS[env] : undefined;
  // An arm from a URDF is not in the registry. It has no objects and no gripper.
  const { scene } = definition?.makeTask({ relativeInputs: true }) ?? {};
  const joints = definition?.arm.links.length ?? clip.joints;
  const objects = scene?.objects.length ?? 0;
  const fingers = definition?.arm.gripper?.fingers.length ?? 0;
  if (clip.joints === joints && clip.objects === objects && clip.fingers === fingers) return;
  const count = (j: number, o: number, f: number) => `joints ${j}, objects ${o}, fingers ${f}`;
  throw refuse(
    path,
    `the motion of ${env}, ${count(joints, objects, fingers)}`,
    unquoted(`${count(clip.joints, clip.objects, clip.fingers)}, in version ${version}`),
    "Record it again with: steadyarm record",
  );
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
