/** @file Captures a canvas as a WebM video: frame by frame if the browser has a video encoder, or else in real time. */

import { type VideoChunk, webmFile } from "./webm-file.ts";

export interface VideoSource {
  readonly canvas: HTMLCanvasElement;
  readonly framesPerSecond: number;
  readonly frames: number;
  /** Draws a frame, by its index. */
  readonly draw: (frame: number) => void;
  /** Called after each frame with the share of completed frames. */
  readonly progress: (share: number) => void;
}

/** Bits a second: high, because thin lines compress badly. */
const BITRATE = 6_000_000;

/** Returns a WebM file. */
export async function captureVideo(source: VideoSource): Promise<Blob> {
  const codec = await supportedCodec(source);
  return codec === undefined ? captureInRealTime(source) : captureFrameByFrame(source, codec);
}

interface Codec {
  readonly config: VideoEncoderConfig;
  readonly name: "V_VP8" | "V_VP9";
}

/** Returns the first codec that the browser can encode; undefined without an encoder. */
async function supportedCodec({
  canvas: { width, height },
  framesPerSecond,
}: VideoSource): Promise<Codec | undefined> {
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

async function captureFrameByFrame(source: VideoSource, { config, name }: Codec): Promise<Blob> {
  const { canvas, framesPerSecond, frames } = source;
  const chunks: VideoChunk[] = [];
  let encoderError: Error | undefined;
  const encoder = new VideoEncoder({
    output: (encoded) => {
      const bytes = new Uint8Array(encoded.byteLength);
      encoded.copyTo(bytes);
      chunks.push({ bytes, time: encoded.timestamp / 1000, isKey: encoded.type === "key" });
    },
    error: (error) => {
      encoderError = error;
    },
  });
  encoder.configure(config);
  for (let frame = 0; frame < frames && encoderError === undefined; frame++) {
    source.draw(frame);
    const picture = new VideoFrame(canvas, {
      timestamp: Math.round((frame * 1e6) / framesPerSecond),
      duration: Math.round(1e6 / framesPerSecond),
    });
    encoder.encode(picture, { keyFrame: frame % (2 * framesPerSecond) === 0 });
    picture.close();
    source.progress((frame + 1) / frames);
    // The encoder is asynchronous: limit its queue.
    while (encoder.encodeQueueSize > 4 && encoderError === undefined) await nextTask();
    await nextTask();
  }
  if (encoderError !== undefined) throw encoderError;
  await encoder.flush();
  encoder.close();
  const { width, height } = canvas;
  const duration = (1000 * frames) / framesPerSecond;
  return new Blob([webmFile({ codec: name, width, height, duration }, chunks)], { type: "video/webm" });
}

async function captureInRealTime(source: VideoSource): Promise<Blob> {
  const { canvas, framesPerSecond, frames } = source;
  const stream = canvas.captureStream(framesPerSecond);
  const recorder = new MediaRecorder(stream, { videoBitsPerSecond: BITRATE });
  const pieces: Blob[] = [];
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  const ended = new Promise<void>((resolve) => {
    recorder.addEventListener("stop", () => resolve());
  });
  recorder.start();
  for (let frame = 0; frame < frames; frame++) {
    source.draw(frame);
    source.progress((frame + 1) / frames);
    await new Promise((resolve) => setTimeout(resolve, 1000 / framesPerSecond));
  }
  recorder.stop();
  await ended;
  return new Blob(pieces, { type: "video/webm" });
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
