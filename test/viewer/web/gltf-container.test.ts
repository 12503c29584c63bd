/** @file glTF files with their buffers inside, packed into GLB. */

import { describe, expect, it } from "vitest";
import { packGltf } from "../../../viewer/web/scene/gltf-container.ts";
import { gltfText } from "../mesh-texts.ts";

describe("packGltf", () => {
  it("puts the buffers into one chunk that starts at a multiple of four bytes", () => {
    const view = new DataView(packGltf(gltfText()));
    expect(view.getUint32(0, true)).toBe(0x46546c67);
    expect(view.getUint32(8, true)).toBe(view.byteLength);
    const jsonBytes = view.getUint32(12, true);
    expect(jsonBytes % 4).toBe(0);
    const json = JSON.parse(new TextDecoder().decode(new Uint8Array(view.buffer, 20, jsonBytes)));
    expect(json.buffers).toEqual([{ byteLength: 8 * 12 + 36 * 2 }]);
    // The last corner, after the 28 bytes of the headers.
    expect(view.getFloat32(28 + jsonBytes + 7 * 12 + 8, true)).toBeCloseTo(0.3, 6);
  });

  it("joins several buffers", () => {
    const data = (text: string) => ({
      byteLength: text.length,
      uri: `data:application/octet-stream;base64,${btoa(text)}`,
    });
    const packed = packGltf(
      JSON.stringify({
        buffers: [data("abcde"), data("xyz")],
        bufferViews: [
          { buffer: 0, byteLength: 5 },
          { buffer: 1, byteOffset: 1, byteLength: 2 },
        ],
      }),
    );
    const jsonBytes = new DataView(packed).getUint32(12, true);
    const json = JSON.parse(new TextDecoder().decode(new Uint8Array(packed, 20, jsonBytes)));
    const [, second] = json.bufferViews;
    expect(new TextDecoder().decode(new Uint8Array(packed, 28 + jsonBytes + second.byteOffset, 2))).toBe(
      "yz",
    );
  });

  it("refuses a buffer in another file", () => {
    expect(() => packGltf(gltfText("arm.bin"))).toThrow(
      "glTF buffer: expected data inside the file, got another file",
    );
    expect(() => packGltf(gltfText("http://127.0.0.1/x.bin"))).toThrow("Export it as .glb");
  });
});
