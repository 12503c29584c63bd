import { describe, expect, it } from "vitest";
import {
  CAMERA_PRESETS,
  decodeCamera,
  encodeCamera,
  presetPose,
} from "../../../viewer/web/camera-presets.ts";
import { type DeepLink, decodeLink, encodeLink } from "../../../viewer/web/deep-link.ts";
import { socketUrl } from "../../../viewer/web/socket-address.ts";

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
  it("comes back as it went, whatever the names of policies hold", () => {
    expect(decodeLink(encodeLink(FULL))).toEqual(FULL);
    expect(decodeLink(`?${encodeLink(FULL)}`)).toEqual(FULL);
    expect(decodeLink(encodeLink({}))).toEqual({});
  });

  it("leaves out what it does not understand and keeps the rest", () => {
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

  it("shows no more policies than there is room for", () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ source: `run:${i}` }));
    expect(decodeLink(encodeLink({ slots: many })).slots).toEqual(many.slice(0, 4));
  });
});

describe("a camera", () => {
  it("is kept to the centimetre", () => {
    const pose = { position: [1.234, -0.567, 0.1] as const, target: [0, 0.004, 0.499] as const };
    expect(decodeCamera(encodeCamera(pose))).toEqual({ position: [1.23, -0.57, 0.1], target: [0, 0, 0.5] });
  });

  it("is refused where it would look nowhere or is no camera", () => {
    for (const text of ["", "1_2_3_1_2_3", "a_b_c_d_e_f", "1_2_3_4_5_6_7", "9999999_0_0_0_0_0"]) {
      expect(decodeCamera(text)).toBeUndefined();
    }
  });

  it("looks at the goal in the preset that is named so, and grows with the arm in all others", () => {
    for (const preset of CAMERA_PRESETS) {
      const near = presetPose(preset, 0.5, [0.1, 0.2, 0.3]);
      const far = presetPose(preset, 1, [0.1, 0.2, 0.3]);
      if (preset.name === "Close to the goal") expect(near.target).toEqual([0.1, 0.2, 0.3]);
      else expect(far.target).toEqual(near.target.map((x) => 2 * x));
      // Straight down, a camera whose up is z could not be turned.
      expect(
        Math.hypot(near.position[0] - near.target[0], near.position[1] - near.target[1]),
      ).toBeGreaterThan(0);
    }
  });
});

describe("the socket's address", () => {
  it("carries the token from after the #, escaped", () => {
    const place = { protocol: "http:", host: "127.0.0.1:8420", hash: "#token=a-b_c" };
    expect(socketUrl(place)).toBe("ws://127.0.0.1:8420/socket?token=a-b_c");
    expect(socketUrl({ ...place, hash: "#token=a%26b" })).toBe("ws://127.0.0.1:8420/socket?token=a%26b");
    expect(socketUrl({ ...place, hash: "" })).toBe("ws://127.0.0.1:8420/socket?token=");
  });
});
