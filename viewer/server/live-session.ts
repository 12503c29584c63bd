/**
 * @file Arms that are stepped in real time while somebody watches, on one clock, and that can be disturbed.
 *
 * All slots start from one seed and have one goal. A frame is encoded once and goes to all watchers.
 */

import type { Push } from "../../env/interactive-arm.ts";
import { InputError, refuse } from "../../shared/errors.ts";
import {
  type ClientMessage,
  encodeMessage,
  type SessionMessage,
  type SlotInfo,
  SPEED_RANGE,
  STRONGEST_PUSH,
} from "../../shared/protocol.ts";
import { type ArmState, encodeFrame } from "../../shared/protocol-frame.ts";
import { length, type Vec3 } from "../../shared/vec3.ts";
import { meanAbs, type PlayedArm, type Start } from "./played-arm.ts";
import type { Watcher } from "./watcher.ts";

/** Seconds of real time that are made up for at most: after a longer pause the arm goes on from where it was. */
const LONGEST_LAG = 0.1;

/** What is asked of a session itself. */
export type SessionRequest = Extract<
  ClientMessage,
  { op: "play" | "step" | "speed" | "goal" | "push" | "noise" | "reset" }
>;

export interface LiveSlot {
  readonly info: SlotInfo;
  readonly played: PlayedArm;
}

export class LiveSession {
  readonly id: number;
  readonly env: string;
  readonly watchers = new Set<Watcher>();
  readonly #slots: readonly LiveSlot[];
  /** Who pushes each slot's arm. */
  readonly #pushers: (Watcher | undefined)[];
  #seed: number;
  #noise: number;
  #speed = 1;
  #playing = true;
  #goal: Vec3;
  #seq = 0;
  #resets = 0;
  /** Simulated seconds that are due. */
  #due = 0;
  #changed = true;

  /** The slots' arms are the session's to dispose of. Throws InputError if the goal is out of all reach. */
  constructor(id: number, slots: readonly LiveSlot[], start: Start, speed: number) {
    this.id = id;
    this.#slots = slots;
    this.#pushers = slots.map(() => undefined);
    this.env = slots[0]?.played.arm.id ?? "";
    this.#seed = start.seed;
    this.#noise = start.noise;
    this.#speed = speed;
    this.#goal = this.#begin(start);
  }

  describe(request: number | null): SessionMessage {
    const [x, y, z] = this.#goal;
    return {
      op: "session",
      request,
      session: this.id,
      env: this.env,
      slots: this.#slots.map(({ info }) => info),
      seed: this.#seed,
      goal: [x, y, z],
      noise: this.#noise,
      speed: this.#speed,
      playing: this.#playing,
      watchers: this.watchers.size,
    };
  }

  /** Somebody watches from now on: told what there is, and shown the present. */
  join(watcher: Watcher, request: number): void {
    this.watchers.add(watcher);
    watcher.forgetFrames();
    watcher.send(this.describe(request));
    this.#tell(watcher);
    this.#changed = true;
  }

  /** Somebody watches no more; what they pushed is let go of. */
  leave(watcher: Watcher): void {
    if (!this.watchers.delete(watcher)) return;
    for (const [i, pusher] of this.#pushers.entries())
      if (pusher === watcher) this.#push(i, undefined, undefined);
    watcher.forgetFrames();
    this.#tell();
  }

  /** Does what a watcher asks. Throws InputError if it cannot be done; then nothing has changed. */
  obey(watcher: Watcher, request: SessionRequest): void {
    switch (request.op) {
      case "play":
        this.#playing = request.playing;
        break;
      case "step":
        this.#playing = false;
        this.#advance(this.#substepsOfStep);
        break;
      case "speed":
        this.#speed = Math.min(Math.max(request.speed, SPEED_RANGE[0]), SPEED_RANGE[1]);
        break;
      case "goal":
        for (const { played } of this.#slots) played.arm.setGoal(request.goal);
        this.#goal = this.#slots[0]?.played.arm.goal ?? request.goal;
        break;
      case "noise":
        this.#noise = request.noise;
        for (const { played } of this.#slots) played.setNoise(request.noise);
        break;
      case "reset":
        this.#seed = request.seed;
        this.#goal = this.#begin({ seed: request.seed, noise: this.#noise });
        break;
      case "push":
        this.#pushAsAsked(watcher, request);
        break;
    }
    this.#changed = true;
    // A push is in the frames; telling of it in words would make many of one drag.
    if (request.op !== "push") this.#tell();
  }

  /** Lets real time pass, seconds, and shows the watchers what became of it. */
  tick(elapsed: number): void {
    if (this.watchers.size === 0) return;
    if (this.#playing) {
      this.#due += Math.min(elapsed, LONGEST_LAG) * this.#speed;
      const substeps = Math.floor(this.#due / this.#substepTime);
      this.#due -= substeps * this.#substepTime;
      if (substeps > 0) this.#advance(substeps);
    }
    if (!this.#changed) return;
    this.#changed = false;
    this.#seq += 1;
    const bytes = encodeFrame({
      session: this.id,
      seq: this.#seq,
      resets: this.#resets,
      time: this.#slots[0]?.played.arm.time ?? 0,
      goal: this.#goal,
      playing: this.#playing,
      slots: this.#slots.map(({ played }) => stateOf(played)),
    });
    for (const watcher of this.watchers) watcher.show(this.#seq, bytes);
  }

  dispose(): void {
    for (const { played } of this.#slots) played.dispose();
  }

  get #substepTime(): number {
    return this.#slots[0]?.played.arm.timing.physicsTimestep ?? 1;
  }

  get #substepsOfStep(): number {
    return this.#slots[0]?.played.arm.timing.substeps ?? 1;
  }

  #begin(start: Start): Vec3 {
    for (const { played } of this.#slots) played.begin(start);
    this.#pushers.fill(undefined);
    this.#resets += 1;
    this.#due = 0;
    return this.#slots[0]?.played.arm.goal ?? [0, 0, 0];
  }

  #advance(substeps: number): void {
    this.#changed = true;
    try {
      for (const { played } of this.#slots) played.advance(substeps);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#playing = false;
      this.#goal = this.#begin({ seed: this.#seed, noise: this.#noise });
      for (const watcher of this.watchers) {
        watcher.send({ op: "error", request: null, message: `${error.message}. It starts again` });
      }
      this.#tell();
    }
  }

  #pushAsAsked(
    watcher: Watcher,
    { slot, link, point, force }: Extract<SessionRequest, { op: "push" }>,
  ): void {
    const strength = length(force);
    if (strength > STRONGEST_PUSH) throw refuse("push", `at most ${STRONGEST_PUSH} N`, strength);
    if (slot !== null && slot >= this.#slots.length) throw refuse("push slot", "one of the session's", slot);
    const push = strength === 0 ? undefined : { link, point, force };
    for (let i = 0; i < this.#slots.length; i++) {
      if (slot === null || slot === i) this.#push(i, push, push && watcher);
    }
  }

  #push(slot: number, push: Push | undefined, pusher: Watcher | undefined): void {
    this.#slots[slot]?.played.arm.setPush(push);
    this.#pushers[slot] = pusher;
    this.#changed = true;
  }

  /** Tells all watchers, but one that knows, how the session is now. */
  #tell(besides?: Watcher): void {
    const text = encodeMessage(this.describe(null));
    for (const watcher of this.watchers) if (watcher !== besides) watcher.sendEncoded(text);
  }
}

function stateOf({ arm, action, value }: PlayedArm): ArmState {
  const { kinematics, push, objects } = arm;
  return {
    positions: Float32Array.from(kinematics.positions),
    rotations: Float32Array.from(kinematics.rotations),
    angles: Float32Array.from(arm.angles),
    speeds: Float32Array.from(arm.speeds),
    torques: Float32Array.from(arm.torques),
    endEffector: Float32Array.from(kinematics.endEffector),
    objectPositions: Float32Array.from(objects.flatMap(({ position }) => [...position])),
    objectRotations: Float32Array.from(objects.flatMap(({ rotation }) => [...rotation])),
    openings: Float32Array.from(arm.openings),
    pushLink: push?.link ?? -1,
    pushPoint: Float32Array.from(push === undefined ? [0, 0, 0] : arm.toWorld(push.link, push.point)),
    pushForce: Float32Array.from(push?.force ?? [0, 0, 0]),
    distance: arm.goalDistance,
    ...arm.outcome(),
    value,
    actionAbsMean: meanAbs(action),
  };
}
