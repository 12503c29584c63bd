/**
 * @file A recorded episode as a file, `.episode`: made once, seen anywhere.
 *
 * ```
 *  0   8 bytes   "steadyep"
 *  8   u32       version of this format, 1             12  u32  bytes of the header
 * 16   header    JSON, UTF-8, padded with spaces to a multiple of 8
 *  …   clip      as protocol-clip.ts has it, with a version of its own
 *  …   32 bytes  SHA-256 of all before
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
/** An episode of ten minutes with seven joints has 20 MB. */
const LARGEST_EPISODE = 2 ** 26;

const Facts = z.strictObject({
  /** What was recorded, for people. */
  name: z.string().max(200),
  env: z.string().max(200),
  seed: z.int().nonnegative(),
  noise: z.number().min(0),
  /** Training steps of the policy, if it was one. */
  step: z.int().nonnegative().nullable(),
  torqueScale: z.number().positive(),
  goal: z.tuple([z.number(), z.number(), z.number()]),
  episodeReturn: z.number(),
  successAtEnd: z.boolean(),
  successOnce: z.boolean(),
});

/** What is known of an episode besides its numbers. */
export type EpisodeFacts = Readonly<Omit<z.infer<typeof Facts>, keyof Recording>>;

export interface RecordedEpisode {
  readonly facts: EpisodeFacts;
  readonly recording: Recording;
}

/** Writes an episode, atomically. Throws InputError if the disk does not take it. */
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

/** Reads an episode, trusting nothing. Throws InputError of one line if the file is damaged, foreign or newer. */
export function readEpisode(path: string): RecordedEpisode {
  const bytes = Buffer.from(readRegularFile(path, LARGEST_EPISODE));
  if (bytes.length < START_BYTES + CHECKSUM_BYTES || bytes.toString("latin1", 0, 8) !== MAGIC) {
    throw refuse(path, "an episode that `steadyarm record` wrote", unquoted("another file"));
  }
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) {
    throw refuse(`${path}: version`, `${VERSION}`, version, "Use the steadyarm that wrote it");
  }
  const end = bytes.length - CHECKSUM_BYTES;
  if (!checksum(bytes.subarray(0, end)).equals(bytes.subarray(end))) {
    throw refuse(path, "the checksum it was written with", unquoted("another one: the file is damaged"));
  }
  const clipStart = START_BYTES + bytes.readUInt32LE(12);
  if (clipStart > end) throw refuse(`${path}: header`, `at most ${end - START_BYTES} bytes`, clipStart);
  const parsed = Facts.safeParse(parseJson(bytes.subarray(START_BYTES, clipStart), `${path}: header`));
  if (!parsed.success)
    throw refuse(`${path}: header`, "what an episode has there", unquoted("something else"));
  const { goal, episodeReturn, successAtEnd, successOnce, ...facts } = parsed.data;
  const clip = decodeClip(bytes.subarray(clipStart, end));
  checkFits(path, facts.env, clip, bytes[clipStart + 1]);
  return { facts, recording: { clip, goal, episodeReturn, successAtEnd, successOnce } };
}

/** Refuses a clip that is not of its environment as it is now: what it lacks could not be shown. */
function checkFits(path: string, env: string, clip: Clip, version: number | undefined): void {
  const definition = Object.hasOwn(ENVIRONMENTS, env) ? ENVIRONMENTS[env] : undefined;
  // An arm from a URDF is not known here; nothing stands about it, and it has no gripper.
  const { scene } = definition?.makeTask({ relativeInputs: true }) ?? {};
  const joints = definition?.arm.links.length ?? clip.joints;
  const objects = scene?.objects.length ?? 0;
  const fingers = definition?.arm.gripper?.fingers.length ?? 0;
  if (clip.joints === joints && clip.objects === objects && clip.fingers === fingers) return;
  const count = (j: number, o: number, f: number) => `joints ${j}, objects ${o}, fingers ${f}`;
  throw refuse(
    path,
    `the motion of what ${env} has, ${count(joints, objects, fingers)}`,
    unquoted(`${count(clip.joints, clip.objects, clip.fingers)}, in version ${version}`),
    "Record it anew",
  );
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
