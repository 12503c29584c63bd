/** @file Deep links, the camera in them, and the socket's address. */

import { describe, expect, it } from "vitest";
import {
  add,
  cross,
  dot,
  IDENTITY,
  multiply,
  type Quat,
  quatFromAxisAngle,
  rotate,
  subtract,
  type Vec3,
} from "../../../shared/vec3.ts";
import { sceneMessages } from "../../../viewer/server/scene-message.ts";
import { socketUrl } from "../../../viewer/web/connection/socket-address.ts";
import {
  CAMERA_PRESETS,
  type CameraPose,
  decodeCamera,
  encodeCamera,
  type FramedScene,
  presetPose,
} from "../../../viewer/web/scene/camera-presets.ts";
import { unit } from "../../../viewer/web/scene/link-geometry.ts";
import {
  type DeepLink,
  decodeLink,
  detailsLink,
  encodeLink,
  linkedDetails,
} from "../../../viewer/web/state/deep-link.ts";

const FULL: DeepLink = {
  slots: [{ source: "run:a b&c", step: 6000 }, { source: "zoo:steady@home" }, { source: "run:7@20" }],
  seed: 17,
  goal: [0.5, -0.12, 0.2],
  noise: 0.35,
  time: 0.84,
  compare: "ghost",
  mode: "live",
  camera: { position: [1.5, -1.25, 0.8], target: [0.25, 0, 0.5] },
  layers: ["frames", "inertia"],
  hide: ["torques", "trails"],
  body: "collision",
  follow: true,
  tab: "physics",
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
      "inspect=",
      "inspect=torque_Joints",
      "hide=arm",
      "body=nothing",
      "tab=",
      "follow=yes",
    ];
    for (const part of bad) expect(decodeLink(part)).toEqual({});
    const others = bad.filter((part) => !part.startsWith("compare"));
    expect(decodeLink(`${others.join("&")}&compare=split`)).toEqual({ compare: "split" });
  });

  it("keeps the known layers of the inspector, in their order", () => {
    expect(decodeLink("inspect=masses_joints_x_masses")).toEqual({ layers: ["joints", "masses"] });
    expect(encodeLink({ layers: [] })).toBe("");
  });

  it("says what is drawn: all of it, in its visual shapes, without a word", () => {
    const all = { showTorques: true, showTrails: true, body: "visual", layers: [] };
    expect(linkedDetails({})).toEqual(all);
    const trails = decodeLink("hide=trails_x&body=both&inspect=joints");
    expect(linkedDetails(trails)).toEqual({ ...all, showTrails: false, body: "both", layers: ["joints"] });
    expect(linkedDetails(decodeLink("hide=torques"))).toEqual({ ...all, showTorques: false });
    expect(encodeLink(detailsLink(linkedDetails({})))).toBe("");
    expect(detailsLink(linkedDetails(trails))).toEqual(trails);
  });

  it("has at most four policies", () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ source: `run:${i}` }));
    expect(decodeLink(encodeLink({ slots: many })).slots).toEqual(many.slice(0, 4));
  });
});

/** An arm of two links that is bent at its elbow, with goals around its tool; all lengths scaled. */
function scaledScene(size: number): FramedScene {
  const link = (position: Vec3) => ({
    name: "link",
    joint: "joint",
    position: [...position] as [number, number, number],
    orientation: [...IDENTITY] as [number, number, number, number],
    axis: [0, 1, 0] as [number, number, number],
    limits: null,
    torqueLimit: 1,
    inertial: {
      mass: 1,
      centerOfMass: [0, 0, 0] as [number, number, number],
      moments: [1, 1, 1] as [number, number, number],
      axes: [...IDENTITY] as [number, number, number, number],
    },
    shapes: [],
  });
  return {
    links: [link([0, 0, 0.2 * size]), link([0, 0, 0.5 * size])],
    home: [0, 1.5],
    endEffector: [0, 0, 0.4 * size],
    baseShapes: [],
    goalRegion: {
      low: [0.3 * size, -0.15 * size, 0.5 * size],
      high: [0.5 * size, 0.15 * size, 0.9 * size],
    },
    reachable: { center: [0, 0, 0.2 * size], radius: 0.9 * size },
    table: null,
  };
}

/** The same scene upside down. */
function hanging({ links, goalRegion: { low, high }, ...scene }: FramedScene): FramedScene {
  const first = { ...links[0]!, orientation: [1, 0, 0, 0] as [number, number, number, number] };
  return {
    ...scene,
    links: [first, ...links.slice(1)],
    goalRegion: { low: [low[0], low[1], -high[2]], high: [high[0], high[1], -low[2]] },
  };
}

/** Positions of the joints and of the tool at the home posture, metres. */
function homeJoints({ links, home, endEffector }: FramedScene): Vec3[] {
  let [position, rotation]: [Vec3, Quat] = [[0, 0, 0], IDENTITY];
  const joints = links.map((link, i) => {
    position = add(position, rotate(rotation, link.position));
    rotation = multiply(multiply(rotation, link.orientation), quatFromAxisAngle(link.axis, home[i] ?? 0));
    return position;
  });
  return [...joints, add(position, rotate(rotation, endEffector))];
}

/** Expects points in a picture of aspect 1.3 with a vertical field of view of 32 degrees. */
function expectVisible(points: readonly Vec3[], { position, target }: CameraPose): void {
  const forward = unit(subtract(target, position));
  const right = unit(cross(forward, [0, 0, 1]));
  const up = cross(right, forward);
  for (const point of points) {
    const offset = subtract(point, position);
    const depth = dot(offset, forward) * Math.tan((16 * Math.PI) / 180);
    expect(Math.abs(dot(offset, right) / depth), `${point}`).toBeLessThan(1.3);
    expect(Math.abs(dot(offset, up) / depth), `${point}`).toBeLessThan(1);
  }
}

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

  it("targets the goal in the close-up, and scales with the scene in all other presets", () => {
    for (const preset of CAMERA_PRESETS) {
      const [small, large] = [scaledScene(0.5), scaledScene(1)];
      const near = presetPose(preset, small, [0.1, 0.2, 0.3]);
      const far = presetPose(preset, large, [0.1, 0.2, 0.3]);
      if (preset.name === "Close-up of the goal") expect(near.target).toEqual([0.1, 0.2, 0.3]);
      else
        for (const axis of [0, 1, 2] as const) expect(far.target[axis]).toBeCloseTo(2 * near.target[axis], 6);
      // A camera that looks straight down has no defined up direction.
      expect(
        Math.hypot(near.position[0] - near.target[0], near.position[1] - near.target[1]),
      ).toBeGreaterThan(0);
    }
  });

  it.each([
    ...sceneMessages().filter(({ table }) => table === null),
    ...[0.1, 3].map((size) => ({ ...scaledScene(size), env: `an arm of ${size} m` })),
    { ...hanging(scaledScene(1)), env: "a hanging arm" },
  ])("shows the arm and all goals of training in the default view of $env", (scene) => {
    const [preset] = CAMERA_PRESETS;
    const { low, high } = scene.goalRegion;
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map(
      (i): Vec3 => [
        (i & 1) === 0 ? low[0] : high[0],
        (i & 2) === 0 ? low[1] : high[1],
        (i & 4) === 0 ? low[2] : high[2],
      ],
    );
    expectVisible([[0, 0, 0], ...homeJoints(scene), ...corners], presetPose(preset, scene));
  });

  it.each(sceneMessages().filter(({ table }) => table !== null))(
    "shows the arm and the complete table top in the default view of $env",
    (scene) => {
      const { table, links } = scene;
      if (table === null) throw new Error("the table is missing");
      const pose = presetPose(CAMERA_PRESETS[0], scene);
      const { center, halfExtents } = table.shape;
      const top = center[2] + halfExtents[2];
      const corners = [-1, 1].flatMap((a): Vec3[] => [
        [center[0] + halfExtents[0], a * halfExtents[1], top],
        [0, a * halfExtents[1], top],
      ]);
      const points: readonly Vec3[] = [...corners, [0, 0, 0], links[0]?.position ?? [0, 0, 0]];
      expectVisible(points, pose);
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
