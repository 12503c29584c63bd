/** @file The viewer's wire format: valid messages survive encoding and decoding, invalid ones are rejected. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type ArmSizes, arraysOf, STATE_COLUMNS, stateSize } from "../../shared/motion-columns.ts";
import {
  type ClientMessage,
  encodeMessage,
  parseClientMessage,
  parseServerMessage,
  type ServerMessage,
} from "../../shared/protocol.ts";
import { blankClip, type Clip, decodeClip, encodeClip } from "../../shared/protocol-clip.ts";
import {
  type ArmState,
  decodeFrame,
  encodeFrame,
  type Frame,
  frameBytes,
} from "../../shared/protocol-frame.ts";
import { Rng } from "../../shared/rng.ts";

const SLOT = { source: "zoo:steady", name: "steady", step: 6000, hasValue: true, torqueScale: 0.25 };

type BoxShape = Extract<ServerMessage, { op: "scene" }>["objects"][number]["shape"];
const CUBE: BoxShape = { kind: "box", center: [0, 0, 0], orientation: [0, 0, 0, 1], halfExtents: [1, 1, 1] };

type Inertial = Extract<ServerMessage, { op: "scene" }>["links"][number]["inertial"];
const INERTIAL: Inertial = {
  mass: 0.7,
  centerOfMass: [0, 0, 0.05],
  moments: [0.002, 0.003, 0.001],
  axes: [0, 0, 0, 1],
};

const SERVER_MESSAGES: readonly ServerMessage[] = [
  { op: "hello", protocol: 2, version: "0.1.0", environments: ["panda-reach"], open: ["zoo:steady"] },
  {
    op: "scene",
    env: "panda-gripper-pick-and-place",
    arm: "panda-gripper",
    task: "pick-and-place",
    links: [
      {
        name: "hand",
        joint: "joint7",
        position: [0, 0, 0.1],
        orientation: [0, 0, 0, 1],
        axis: [0, 0, 1],
        limits: null,
        torqueLimit: 12,
        inertial: INERTIAL,
        shapes: [{ kind: "capsule", from: [0, 0, 0], to: [0, 0, 0.1], radius: 0.04 }],
      },
    ],
    fingers: [
      {
        name: "left",
        position: [0, 0, 0.06],
        orientation: [0, 0, 0, 1],
        axis: [0, 1, 0],
        travel: 0.04,
        inertial: INERTIAL,
        shapes: [],
      },
    ],
    baseShapes: [],
    objects: [{ name: "cube", shape: { ...CUBE, halfExtents: [0.02, 0.02, 0.02] } }],
    table: { shape: { ...CUBE, center: [0.3, 0, -0.2], halfExtents: [0.55, 0.35, 0.2] }, floor: -0.4 },
    home: [0],
    endEffector: [0, 0, 0.2],
    goalAxes: [0, 1, 2],
    goalRegion: { low: [0.3, -0.15, 0.3], high: [0.6, 0.15, 0.6] },
    reachable: { center: [0, 0, 0], radius: 0.8 },
    successDistance: 0.05,
    controlTimestep: 0.04,
    maxEpisodeSteps: 50,
  },
  {
    op: "library",
    sources: [
      {
        id: "run:<img onerror=x>",
        kind: "run",
        name: "<img onerror=x>",
        env: "panda-reach",
        steps: [0, 1000],
        state: "running",
        hasCurves: true,
        successRate: null,
        seed: null,
        facts: [{ name: "seed", value: "1" }],
      },
    ],
  },
  {
    op: "opened",
    request: 7,
    env: "panda-reach",
    seed: 3,
    noise: 0,
    slots: [{ ...SLOT, goal: [0.1, 0.2, 0.3], episodeReturn: -12, successAtEnd: true, successOnce: true }],
  },
  {
    op: "session",
    request: null,
    session: 1,
    env: "panda-reach",
    slots: [SLOT],
    seed: 3,
    goal: [0.1, 0.2, 0.3],
    noise: 0.5,
    speed: 0.1,
    playing: false,
    watchers: 200,
  },
  { op: "curves", source: "run:x", from: 2, steps: [10, 20], series: { "eval/success_rate": [null, 0.5] } },
  {
    op: "findings",
    source: "run:x",
    verdict: "dead-units",
    findings: [
      {
        cause: "dead-units",
        title: "dead units",
        confidence: 0.92,
        explanation: "A hidden layer is 0.",
        remedy: "Look at the first weights",
        set: ["agent.layerNorm.actor=true"],
        evidence: [{ metric: "probe/dead_actor", value: 1, threshold: 0.9, side: "over" }],
      },
    ],
  },
  { op: "error", request: 7, message: "run:x: expected a policy, got none" },
];

const CLIENT_MESSAGES: readonly ClientMessage[] = [
  { op: "open", request: 1, slots: [{ source: "run:x", step: 4000 }, { source: "zoo:y" }], seed: 5 },
  { op: "live", request: 2, slots: [{ source: "run:x" }], seed: 5, goal: [0, 0, 1], noise: 1, speed: 4 },
  { op: "join", request: 3, session: 9 },
  { op: "leave" },
  { op: "play", playing: true },
  { op: "step" },
  { op: "speed", speed: 0.1 },
  { op: "goal", goal: [0.1, -0.2, 0.5] },
  { op: "push", slot: null, link: 6, point: [0, 0, 0.2], force: [10, 0, -5] },
  { op: "pose", slot: 1, angles: [0.5, -1000, 3] },
  { op: "noise", noise: 0.25 },
  { op: "inspect", contacts: true },
  { op: "reset", seed: 2 ** 53 - 1 },
  { op: "follow", source: null },
  { op: "ack", seq: 2 ** 32 - 1 },
];

function numbers(rng: Rng, length: number): Float32Array {
  return Float32Array.from({ length }, () => rng.uniformIn(-3, 3));
}

function randomState(rng: Rng, sizes: ArmSizes): ArmState {
  return {
    ...arraysOf(STATE_COLUMNS, ({ size }) => numbers(rng, size(sizes))),
    pushPoint: numbers(rng, 3),
    pushForce: numbers(rng, 3),
    pushLink: rng.integer(sizes.joints + 1) - 1,
    distance: 0.25,
    reward: -1,
    isSuccess: rng.integer(2) === 1,
    value: rng.integer(2) === 1 ? Number.NaN : -3.5,
    actionAbsMean: 0.5,
  };
}

function randomSizes(rng: Rng): ArmSizes {
  return { joints: 1 + rng.integer(9), objects: rng.integer(4), fingers: 2 * rng.integer(2) };
}

function randomFrame(rng: Rng): Frame {
  const sizes = randomSizes(rng);
  return {
    session: rng.bits(),
    seq: rng.bits(),
    resets: rng.bits(),
    time: rng.uniform() * 1e6,
    goal: [0.5, -0.25, 1],
    playing: rng.integer(2) === 1,
    slots: Array.from({ length: 1 + rng.integer(4) }, () => randomState(rng, sizes)),
    contacts: null,
  };
}

function randomClip(rng: Rng): Clip {
  const steps = 1 + rng.integer(5);
  const shape = { ...randomSizes(rng), moments: 4 * steps + 1, steps, actionSize: 1 + rng.integer(8) };
  const clip = blankClip({ ...shape, momentTimestep: 0.01, controlTimestep: 0.04 }, rng.integer(2) === 1);
  for (const column of Object.values(clip)) {
    if (column instanceof Float32Array) column.set(numbers(rng, column.length));
  }
  return { ...clip, request: rng.bits(), slot: rng.integer(4) };
}

describe("JSON messages", () => {
  it("are parsed as they were encoded, in both directions", () => {
    for (const each of SERVER_MESSAGES) expect(parseServerMessage(encodeMessage(each))).toEqual(each);
    for (const each of CLIENT_MESSAGES) expect(parseClientMessage(encodeMessage(each))).toEqual(each);
  });

  it("are rejected when truncated", () => {
    for (const each of CLIENT_MESSAGES) {
      const text = encodeMessage(each);
      for (let end = 0; end < text.length; end++) {
        expect(() => parseClientMessage(text.slice(0, end)), text.slice(0, end)).toThrow(/message: expected/);
      }
    }
  });

  it("are rejected with an extra field, a missing field, or a field of another type", () => {
    for (const each of CLIENT_MESSAGES) {
      expect(() => parseClientMessage(JSON.stringify({ ...each, more: 1 }))).toThrow(/message.*expected/);
      for (const [name, value] of Object.entries(each)) {
        const other = typeof value === "string" || value === null ? { a: 1 } : "text";
        expect(() => parseClientMessage(JSON.stringify({ ...each, [name]: other })), name).toThrow("message");
        const optional = ["goal", "noise", "speed"].includes(name) && each.op === "live";
        if (optional) continue;
        const { [name]: _, ...without } = Object(each);
        expect(() => parseClientMessage(JSON.stringify(without)), name).toThrow("message");
      }
    }
  });

  it.each([
    "null",
    "[]",
    "7",
    '"open"',
    "{}",
    '{"op":"save"}',
    '{"op":"hello"}',
    '{"op":"__proto__"}',
    '{"__proto__":{"op":"leave"}}',
    '{"op":"leave","__proto__":{"x":1}}',
    '{"op":"ack","seq":1e999}',
    '{"op":"ack","seq":-1}',
    '{"op":"ack","seq":0.5}',
    '{"op":"ack","seq":4294967296}',
    '{"op":"speed","speed":0}',
    '{"op":"speed","speed":"NaN"}',
    '{"op":"noise","noise":1.01}',
    '{"op":"pose","slot":0,"angles":[]}',
    '{"op":"pose","slot":0,"angles":[0,null]}',
    '{"op":"pose","slot":0,"angles":[1e999]}',
    '{"op":"pose","slot":0,"angles":[1001]}',
    '{"op":"pose","slot":4,"angles":[0]}',
    '{"op":"pose","slot":null,"angles":[0]}',
    '{"op":"pose","slot":-1,"angles":[0]}',
    '{"op":"pose","slot":0.5,"angles":[0]}',
    `{"op":"pose","slot":0,"angles":${JSON.stringify(Array(65).fill(0))}}`,
    '{"op":"goal","goal":[0,0]}',
    '{"op":"goal","goal":[0,0,1e300]}',
    '{"op":"open","request":1,"slots":[],"seed":1}',
    '{"op":"reset","seed":9007199254740993}',
    `{"op":"open","request":1,"slots":${JSON.stringify(Array(5).fill({ source: "a" }))},"seed":1}`,
    `{"op":"follow","source":${JSON.stringify("x".repeat(201))}}`,
    `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
  ])("are rejected in one line: %s", (text) => {
    expect(() => parseClientMessage(text)).toThrow(/^message[^\n]{0,300}$/);
  });
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("frames and clips", () => {
  it("have the same bytes as ever", () => {
    const rng = Rng.fromSeed(1);
    const sizes = { joints: 7, objects: 2, fingers: 2 };
    const shape = { ...sizes, moments: 9, steps: 2, actionSize: 8 };
    const clip = blankClip({ ...shape, momentTimestep: 0.01, controlTimestep: 0.04 }, true);
    const { distances, actions, rewards, successes, values } = clip;
    const states = STATE_COLUMNS.map(({ name }) => clip[name]);
    for (const array of [...states, distances, actions, rewards, successes, values]) {
      array?.set(numbers(rng, array.length));
    }
    const state = (): ArmState => ({
      ...arraysOf(STATE_COLUMNS, ({ size }) => numbers(rng, size(sizes))),
      pushPoint: numbers(rng, 3),
      pushForce: numbers(rng, 3),
      pushLink: 5,
      distance: 0.25,
      reward: -1,
      isSuccess: true,
      value: -3.5,
      actionAbsMean: 0.5,
    });
    const slots = [state(), { ...state(), value: Number.NaN, isSuccess: false }];
    const header = { session: 1, seq: 2, resets: 3, time: 4.5, playing: true };
    const frame = encodeFrame({ ...header, goal: [0.5, -0.25, 1], slots, contacts: null });
    expect(sha256(encodeClip({ ...clip, request: 7, slot: 3 }))).toMatch(/^5344e37516a934e4/);
    expect(sha256(frame)).toMatch(/^bccd498bb7e88a28/);
    expect(frame.length).toBe(frameBytes(2, sizes));
    expect(stateSize(sizes)).toBe(10 * 7 + 3 + 7 * 2 + 2);
  });

  it("are decoded as they were encoded, bit for bit, at any alignment", () => {
    const rng = Rng.fromSeed(1);
    for (let trial = 0; trial < 50; trial++) {
      const frame = randomFrame(rng);
      const clip = randomClip(rng);
      for (const shift of [0, 3]) {
        const shifted = (bytes: Uint8Array) => {
          const larger = new Uint8Array(bytes.length + shift);
          larger.set(bytes, shift);
          return larger.subarray(shift);
        };
        expect(decodeFrame(shifted(encodeFrame(frame)))).toEqual(frame);
        expect(decodeClip(shifted(encodeClip(clip)))).toEqual(clip);
      }
      expect(decodeFrame(encodeFrame(frame).buffer)).toEqual(frame);
      expect(decodeClip(encodeClip(clip).buffer)).toEqual(clip);
    }
  });

  it("are rejected at any other length", () => {
    const rng = Rng.fromSeed(2);
    const frame = encodeFrame(randomFrame(rng));
    const clip = encodeClip(randomClip(rng));
    for (let end = 0; end < frame.length; end++) {
      expect(() => decodeFrame(frame.subarray(0, end)), `${end}`).toThrow("frame");
    }
    for (let end = 0; end < clip.length; end++) {
      expect(() => decodeClip(clip.subarray(0, end)), `${end}`).toThrow("clip");
    }
    const longer = (bytes: Uint8Array) => Uint8Array.of(...bytes, 0, 0, 0, 0);
    expect(() => decodeFrame(longer(frame))).toThrow("frame");
    expect(() => decodeClip(longer(clip))).toThrow("clip");
  });

  it("are rejected with another kind, version or flag, and with a number that is not finite", () => {
    const rng = Rng.fromSeed(3);
    const frame = encodeFrame(randomFrame(rng));
    const clip = encodeClip(randomClip(rng));
    const altered = (bytes: Uint8Array, at: number, value: number) => {
      const copy = bytes.slice();
      copy[at] = value;
      return copy;
    };
    expect(() => decodeFrame(clip)).toThrow("frame kind");
    expect(() => decodeClip(frame)).toThrow("clip kind");
    for (let value = 0; value < 256; value++) {
      if (value !== 1) expect(() => decodeFrame(altered(frame, 0, value))).toThrow("frame kind");
      if (value !== 2) expect(() => decodeFrame(altered(frame, 1, value))).toThrow("frame version");
      if (value !== 1 && value !== 2) {
        expect(() => decodeClip(altered(clip, 1, value))).toThrow("clip version: expected 1 to 2, got");
      }
      if (value !== 2) expect(() => decodeClip(altered(clip, 0, value))).toThrow("clip kind");
    }
    expect(() => decodeFrame(altered(frame, 36, 4))).toThrow("flags");
    expect(() => decodeFrame(altered(frame, 39, 1))).toThrow("flags");
    expect(() => decodeClip(altered(clip, 39, 1))).toThrow("flags");
    const infinite = frame.slice();
    new DataView(infinite.buffer).setFloat32(40, Number.POSITIVE_INFINITY, true);
    expect(() => decodeFrame(infinite)).toThrow("frame slot 0[0]: expected a finite number, got Infinity");
    const nan = clip.slice();
    new DataView(nan.buffer).setFloat32(clip.length - 4, Number.NaN, true);
    expect(() => decodeClip(nan)).toThrow("expected a finite number, got NaN");
  });

  it("have contacts if a page inspects them, and are rejected if these are cut off or of no body", () => {
    const rng = Rng.fromSeed(6);
    const sizes = { joints: 2, objects: 1, fingers: 2 };
    // A link on the ground, a finger on the object, and none.
    const rows = [Float32Array.of(-1, 1, ...numbers(rng, 6), 2, 4, ...numbers(rng, 6)), new Float32Array(0)];
    const slots = rows.map(() => randomState(rng, sizes));
    const frame = { ...randomFrame(rng), slots, contacts: rows };
    const bytes = encodeFrame(frame);
    expect(bytes.length).toBe(frameBytes(2, sizes) + 4 * (1 + 16 + 1));
    expect(decodeFrame(bytes)).toEqual(frame);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeFrame(bytes.subarray(0, end)), `${end}`).toThrow("frame");
    }
    expect(() => decodeFrame(Uint8Array.of(...bytes, 0, 0, 0, 0))).toThrow("frame contacts");
    const start = frameBytes(2, sizes);
    for (const [offset, value] of [
      [0, 65],
      [0, -1],
      [0, 1.5],
      [4, -2],
      [4, 2],
      [8, 5],
      [8, 0.5],
      [12, Number.NaN],
      [24, Number.POSITIVE_INFINITY],
    ] as const) {
      const altered = bytes.slice();
      new DataView(altered.buffer).setFloat32(start + offset, value, true);
      expect(() => decodeFrame(altered), `${offset}: ${value}`).toThrow(/^frame contacts/);
    }
  });

  it("are rejected if the numbers of objects or fingers do not match the length", () => {
    const rng = Rng.fromSeed(5);
    const sizes = { joints: 7, objects: 2, fingers: 2 };
    const frame = encodeFrame({ ...randomFrame(rng), slots: [randomState(rng, sizes)] });
    const shape = { ...sizes, moments: 5, steps: 1, actionSize: 8 };
    const clip = encodeClip(blankClip({ ...shape, momentTimestep: 0.01, controlTimestep: 0.04 }, true));
    for (const at of [37, 38]) {
      for (const count of [0, 1, 3, 255]) {
        const altered = (bytes: Uint8Array) => bytes.map((byte, i) => (i === at ? count : byte));
        expect(() => decodeFrame(altered(frame))).toThrow(/^frame: expected \d+ bytes, got \d+$/);
        expect(() => decodeClip(altered(clip))).toThrow(/^clip: expected \d+ bytes, got \d+$/);
      }
    }
  });

  it("are read if they are clips of version 1, without objects and fingers", () => {
    const shape = { joints: 2, objects: 0, fingers: 0, moments: 5, steps: 1, actionSize: 2 };
    const clip = { ...blankClip({ ...shape, momentTimestep: 0.01, controlTimestep: 0.04 }, false) };
    clip.angles.set([1, 2, 3]);
    const bytes = encodeClip(clip);
    bytes[1] = 1;
    expect(decodeClip(bytes)).toEqual(clip);
    for (const at of [37, 38, 39]) {
      const altered = bytes.map((byte, i) => (i === at ? 1 : byte));
      expect(() => decodeClip(altered)).toThrow("clip flags: expected");
    }
  });

  it("are rejected if a clip's header claims a larger size", () => {
    const bytes = encodeClip(randomClip(Rng.fromSeed(4)));
    for (const at of [3, 8, 9, 10, 11, 12, 13, 32, 33]) {
      const copy = bytes.slice();
      copy[at] = 0xff;
      expect(() => decodeClip(copy), `${at}`).toThrow("clip");
    }
  });
});
