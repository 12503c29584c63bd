/** @file A video of what a canvas shows: each frame exact where the browser encodes frames, else as it plays. */

import { type VideoChunk, webmFile } from "./webm-file.ts";

/** What to film. */
export interface Shot {
  readonly canvas: HTMLCanvasElement;
  readonly framesPerSecond: number;
  readonly frames: number;
  /** Draws a frame, by its number, onto the canvas. */
  readonly draw: (frame: number) => void;
  /** Told after each frame, with the share that is done. */
  readonly progress: (share: number) => void;
}

/** Bits a second: much, for thin lines on a calm ground. */
const BITRATE = 6_000_000;

/** Films, and gives the file: WebM. */
export async function filmShot(shot: Shot): Promise<Blob> {
  const codec = await exactCodec(shot);
  return codec === undefined ? filmAsItPlays(shot) : filmExactly(shot, codec);
}

interface Codec {
  readonly config: VideoEncoderConfig;
  readonly name: "V_VP8" | "V_VP9";
}

async function exactCodec({ canvas: { width, height }, framesPerSecond }: Shot): Promise<Codec | undefined> {
  if (typeof VideoEncoder === "undefined") return undefined;
  const candidates: readonly Codec[] = (
    [
      ["vp8", "V_VP8"],
      ["vp09.00.31.08", "V_VP9"],
    ] as const
  ).map(([codec, name]) => ({
    config: { codec, width, height, bitrate: BITRATE, framerate: framesPerSecond },
    name,
  }));
  for (const candidate of candidates) {
    const { supported } = await VideoEncoder.isConfigSupported(candidate.config);
    if (supported === true) return candidate;
  }
  return undefined;
}

async function filmExactly(shot: Shot, { config, name }: Codec): Promise<Blob> {
  const { canvas, framesPerSecond, frames } = shot;
  const chunks: VideoChunk[] = [];
  let fault: Error | undefined;
  const encoder = new VideoEncoder({
    output: (encoded) => {
      const bytes = new Uint8Array(encoded.byteLength);
      encoded.copyTo(bytes);
      chunks.push({ bytes, time: encoded.timestamp / 1000, isKey: encoded.type === "key" });
    },
    error: (error) => {
      fault = error;
    },
  });
  encoder.configure(config);
  for (let frame = 0; frame < frames && fault === undefined; frame++) {
    shot.draw(frame);
    const picture = new VideoFrame(canvas, {
      timestamp: Math.round((frame * 1e6) / framesPerSecond),
      duration: Math.round(1e6 / framesPerSecond),
    });
    encoder.encode(picture, { keyFrame: frame % (2 * framesPerSecond) === 0 });
    picture.close();
    shot.progress((frame + 1) / frames);
    // The encoder works beside us: wait rather than pile frames up.
    while (encoder.encodeQueueSize > 4 && fault === undefined) await nextTurn();
    await nextTurn();
  }
  if (fault !== undefined) throw fault;
  await encoder.flush();
  encoder.close();
  const { width, height } = canvas;
  const duration = (1000 * frames) / framesPerSecond;
  return new Blob([webmFile({ codec: name, width, height, duration }, chunks)], { type: "video/webm" });
}

async function filmAsItPlays(shot: Shot): Promise<Blob> {
  const { canvas, framesPerSecond, frames } = shot;
  const stream = canvas.captureStream(framesPerSecond);
  const recorder = new MediaRecorder(stream, { videoBitsPerSecond: BITRATE });
  const pieces: Blob[] = [];
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  const ended = new Promise<void>((resolve) => {
    recorder.addEventListener("stop", () => resolve());
  });
  recorder.start();
  for (let frame = 0; frame < frames; frame++) {
    shot.draw(frame);
    shot.progress((frame + 1) / frames);
    await new Promise((resolve) => setTimeout(resolve, 1000 / framesPerSecond));
  }
  recorder.stop();
  await ended;
  return new Blob(pieces, { type: "video/webm" });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
