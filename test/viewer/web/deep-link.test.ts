/** @file Deep links, the camera in them, and the socket's address. */

import { describe, expect, it } from "vitest";
import { cross, dot, subtract, type Vec3 } from "../../../shared/vec3.ts";
import { sceneMessages } from "../../../viewer/server/scene-message.ts";
import { socketUrl } from "../../../viewer/web/connection/socket-address.ts";
import {
  CAMERA_PRESETS,
  decodeCamera,
  encodeCamera,
  presetPose,
} from "../../../viewer/web/scene/camera-presets.ts";
import { unit } from "../../../viewer/web/scene/link-geometry.ts";
import { type DeepLink, decodeLink, encodeLink } from "../../../viewer/web/state/deep-link.ts";

const ORIGIN: [number, number, number] = [0, 0, 0];

const FULL: DeepLink = {
  slots: [{ source: "run:a b&c", step: 6000 }, { source: "zoo:steady@home" }, { source: "run:7@20" }],
  seed: 17,
  goal: [0.5, -0.12, 0.2],
  time: 0.84,
  compare: "ghost",
  mode: "live",
  camera: { position: [1.5, -1.25, 0.8], target: [0.25, 0, 0.5] },
  fine: true,
};

describe("a deep link", () => {
  it("is decoded as it was encoded, with any characters in the names of policies", () => {
    expect(decodeLink(encodeLink(FULL))).toEqual(FULL);
    expect(decodeLink(`?${encodeLink(FULL)}`)).toEqual(FULL);
    expect(decodeLink(encodeLink({}))).toEqual({});
  });

  it("omits invalid values and keeps the others", () => {
    const bad = [
      "seed=-3",
      "seed=1e9",
      "t=soon",
      "t=-1",
      "goal=1_2_3_4",
      "cam=1_2",
      "compare=both",
      "mode=film",
      "slot=",
    ];
    for (const part of bad) expect(decodeLink(part)).toEqual({});
    const others = bad.filter((part) => !part.startsWith("compare"));
    expect(decodeLink(`${others.join("&")}&compare=split`)).toEqual({ compare: "split" });
  });

  it("has at most four policies", () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ source: `run:${i}` }));
    expect(decodeLink(encodeLink({ slots: many })).slots).toEqual(many.slice(0, 4));
  });
});

describe("a camera", () => {
  it("is rounded to centimetres", () => {
    const pose = { position: [1.234, -0.567, 0.1] as const, target: [0, 0.004, 0.499] as const };
    expect(decodeCamera(encodeCamera(pose))).toEqual({ position: [1.23, -0.57, 0.1], target: [0, 0, 0.5] });
  });

  it("is undefined if the text is invalid, or if it is at its target", () => {
    for (const text of ["", "1_2_3_1_2_3", "a_b_c_d_e_f", "1_2_3_4_5_6_7", "9999999_0_0_0_0_0"]) {
      expect(decodeCamera(text)).toBeUndefined();
    }
  });

  it("targets the goal in the close-up, and scales with the reach in all other presets", () => {
    for (const preset of CAMERA_PRESETS) {
      const reaching = (radius: number) => ({
        reachable: { center: ORIGIN, radius },
        table: null,
      });
      const near = presetPose(preset, reaching(0.5), [0.1, 0.2, 0.3]);
      const far = presetPose(preset, reaching(1), [0.1, 0.2, 0.3]);
      if (preset.name === "Close-up of the goal") expect(near.target).toEqual([0.1, 0.2, 0.3]);
      else expect(far.target).toEqual(near.target.map((x) => 2 * x));
      // A camera that looks straight down has no defined up direction.
      expect(
        Math.hypot(near.position[0] - near.target[0], near.position[1] - near.target[1]),
      ).toBeGreaterThan(0);
    }
  });

  it.each(sceneMessages().filter(({ table }) => table !== null))(
    "shows the arm and the complete table top in the default view of $env",
    ({ table, links, ...scene }) => {
      const preset = CAMERA_PRESETS[0];
      if (table === null || preset === undefined) throw new Error("the table or the preset is missing");
      const { position, target } = presetPose(preset, { ...scene, table });
      const { center, halfExtents } = table.shape;
      const top = center[2] + halfExtents[2];
      const corners = [-1, 1].flatMap((a): Vec3[] => [
        [center[0] + halfExtents[0], a * halfExtents[1], top],
        [0, a * halfExtents[1], top],
      ]);
      const points: readonly Vec3[] = [...corners, [0, 0, 0], links[0]?.position ?? [0, 0, 0]];
      // A picture of aspect 1.3 with a vertical field of view of 32 degrees.
      const forward = unit(subtract(target, position));
      const right = unit(cross(forward, [0, 0, 1]));
      const up = cross(right, forward);
      for (const point of points) {
        const offset = subtract(point, position);
        const depth = dot(offset, forward) * Math.tan((16 * Math.PI) / 180);
        expect(Math.abs(dot(offset, right) / depth), `${point}`).toBeLessThan(1.3);
        expect(Math.abs(dot(offset, up) / depth), `${point}`).toBeLessThan(1);
      }
    },
  );
});

describe("the socket's address", () => {
  it("has the token of the fragment, escaped", () => {
    const location = { protocol: "http:", host: "127.0.0.1:8420", hash: "#token=a-b_c" };
    expect(socketUrl(location)).toBe("ws://127.0.0.1:8420/socket?token=a-b_c");
    expect(socketUrl({ ...location, hash: "#token=a%26b" })).toBe("ws://127.0.0.1:8420/socket?token=a%26b");
    for (const hash of ["", "#", "#token=", "#tokens=a"])
      expect(socketUrl({ ...location, hash })).toBeUndefined();
  });
});
