/** @file A client of `steadyarm serve-env`, written from the description in docs/gymnasium.md. */

import type { ChildProcess } from "node:child_process";
import { start } from "./steadyarm.ts";

export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

/** Returns the bytes of a frame. */
export function frameOf(type: number, payload: Uint8Array | string = ""): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(type, 4);
  return Buffer.concat([header, body]);
}

/** Returns the payload of float32. */
export function floats(values: ArrayLike<number>): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** Returns the float32 numbers of a payload from an offset on. */
export function readFloats(payload: Buffer, offset = 0): Float32Array {
  return new Float32Array(Uint8Array.from(payload.subarray(offset)).buffer);
}

/** A running server. */
export class EnvClient {
  readonly child: ChildProcess;
  readonly finished: ReturnType<typeof start>["finished"];
  #bytes = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  constructor(words: readonly string[], cwd: string) {
    const { child, finished } = start(["serve-env", ...words], cwd);
    this.child = child;
    this.finished = finished;
    child.stdout?.on("data", (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    child.stdout?.on("end", () => this.#wake());
    child.stdin?.on("error", () => undefined);
  }

  /** Resolves with the next frame; rejects if the server ends first. */
  async next(): Promise<Frame> {
    for (;;) {
      const length = this.#bytes.length < 8 ? Number.POSITIVE_INFINITY : this.#bytes.readUInt32LE(0);
      if (this.#bytes.length >= 8 + length) {
        const type = this.#bytes.readUInt32LE(4);
        const payload = this.#bytes.subarray(8, 8 + length);
        this.#bytes = this.#bytes.subarray(8 + length);
        return { type, payload };
      }
      if (this.child.stdout?.readableEnded === true) throw new Error((await this.finished).stderr);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  send(bytes: Uint8Array): void {
    this.child.stdin?.write(bytes);
  }

  request(type: number, payload: Uint8Array | string = ""): Promise<Frame> {
    this.send(frameOf(type, payload));
    return this.next();
  }
}
