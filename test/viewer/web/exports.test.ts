/** @file The exported HTML file, its recording, and the WebM file. */

import { describe, expect, it } from "vitest";
import { htmlFile } from "../../../viewer/web/exports/html-file.ts";
import {
  fromBase64,
  parseRecording,
  RECORDING_FORMAT,
  toBase64,
} from "../../../viewer/web/exports/recording-format.ts";
import { webmFile } from "../../../viewer/web/exports/webm-file.ts";

const PAGE = `<html><head><link rel="icon" href="./icon.svg" /><title>steadyarm</title>
<script type="module" crossorigin src="./assets/a.js"></script>
<link rel="stylesheet" crossorigin href="./assets/a.css"></head><body><main></main></body></html>`;

describe("htmlFile", () => {
  const recording = {
    format: RECORDING_FORMAT,
    messages: ['{"op":"library","name":"</script><script>alert(1)</script><!--"}'],
    clips: ["AAAA"],
    link: "seed=1",
  } as const;
  const script = 'const a = "</script>"; const b = "<!-- $& $1"; go(a, b);';
  const file = htmlFile({ html: PAGE, script, style: "a{}</style>" }, recording, "x < y & z");

  it("loads nothing from outside", () => {
    expect(file).not.toMatch(/\b(src|href)=/);
    expect(file).toContain("default-src 'none'");
  });

  it("escapes names, script and style", () => {
    expect(file.match(/<\/script/g)).toHaveLength(2);
    expect(file.match(/<script/g)).toHaveLength(2);
    expect(file.match(/<\/style/g)).toHaveLength(1);
    expect(file).not.toContain("<!--");
    expect(file).toContain("<title>x &lt; y &amp; z</title>");
  });

  it("keeps the script's behaviour and contains the recording", () => {
    const [embedded, run] = [...file.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, text]) => text);
    expect(parseRecording(embedded ?? "")).toEqual(recording);
    const received: string[] = [];
    new Function("go", run ?? "")((...parts: string[]) => received.push(...parts));
    expect(received).toEqual(["</script>", "<!-- $& $1"]);
  });
});

describe("a recording", () => {
  it("is rejected if it is invalid", () => {
    for (const text of [
      "{}",
      "null",
      "[]",
      '{"format":"steadyarm-recording 2","messages":[],"clips":[],"link":""}',
    ]) {
      expect(() => parseRecording(text)).toThrow(/^recording: expected steadyarm-recording 1, got /);
    }
  });

  it("encodes bytes of any length and value", () => {
    for (const length of [0, 1, 2, 3, 70_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) & 0xff);
      expect(new Uint8Array(fromBase64(toBase64(bytes)))).toEqual(bytes);
    }
  });
});

/** Reads the EBML elements in a file or in an element. */
function elements(bytes: Uint8Array): { id: number; payload: Uint8Array }[] {
  const found: { id: number; payload: Uint8Array }[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const idLength = Math.clz32(bytes[at]! << 24) + 1;
    let id = 0;
    for (let i = 0; i < idLength; i++) id = id * 256 + bytes[at + i]!;
    at += idLength;
    const sizeLength = Math.clz32(bytes[at]! << 24) + 1;
    expect(sizeLength).toBe(8);
    const size = Number(view.getBigUint64(at) & 0x00ff_ffff_ffff_ffffn);
    at += sizeLength;
    found.push({ id, payload: bytes.subarray(at, at + size) });
    at += size;
  }
  return found;
}

describe("webmFile", () => {
  it("stores every frame with its time, in clusters that start with key frames", () => {
    const chunks = Array.from({ length: 90 }, (_, i) => ({
      bytes: Uint8Array.of(i, 255 - i),
      time: (1000 * i) / 30,
      isKey: i % 60 === 0,
    }));
    const file = webmFile({ codec: "V_VP8", width: 1280, height: 720, duration: 3000 }, chunks);
    const [head, segment, ...rest] = elements(file);
    expect([head?.id, segment?.id, rest]).toEqual([0x1a45dfa3, 0x18538067, []]);
    const inside = elements(segment?.payload ?? new Uint8Array());
    expect(inside.map(({ id }) => id)).toEqual([0x1549a966, 0x1654ae6b, 0x1f43b675, 0x1f43b675]);
    const frames = inside.slice(2).flatMap(({ payload }) => {
      const [start, ...blocks] = elements(payload);
      const begin = [...(start?.payload ?? [])].reduce((sum, byte) => sum * 256 + byte, 0);
      return blocks.map(({ id, payload: block }, i) => {
        expect(id).toBe(0xa3);
        expect(block[3] === 0x80).toBe(i === 0);
        return { time: begin + (block[1]! << 8) + block[2]!, first: block[4] };
      });
    });
    expect(frames).toEqual(chunks.map(({ bytes, time }) => ({ time: Math.round(time), first: bytes[0] })));
  });

  it("starts a new cluster before the time of a block would overflow", () => {
    const chunks = [0, 20_000, 40_000, 60_000].map((time, i) => ({
      bytes: Uint8Array.of(1),
      time,
      isKey: i === 0,
    }));
    const [, segment] = elements(webmFile({ codec: "V_VP9", width: 2, height: 2, duration: 60_000 }, chunks));
    const clusters = elements(segment?.payload ?? new Uint8Array()).filter(({ id }) => id === 0x1f43b675);
    expect(clusters).toHaveLength(2);
  });
});
