/** @file A live session: arms that are simulated in real time, with one seed and one goal, and that can be pushed and posed. */

import type { Push } from "../../env/interactive-arm.ts";
import { InputError, refuse, unquoted } from "../../shared/errors.ts";
import { arraysOf, STATE_COLUMNS } from "../../shared/motion-columns.ts";
import {
  type ClientMessage,
  encodeMessage,
  MAX_PUSH_FORCE,
  type SessionMessage,
  type SlotInfo,
  SPEED_RANGE,
} from "../../shared/protocol.ts";
import { type ArmState, encodeFrame } from "../../shared/protocol-frame.ts";
import { length, type Vec3 } from "../../shared/vec3.ts";
import { contactsOf, currentState } from "./arm-state.ts";
import type { ClientConnection } from "./client-connection.ts";
import type { ControlledArm, Start } from "./controlled-arm.ts";

/** Maximum real seconds that one tick simulates. After a longer pause the simulation lags behind real time. */
const MAX_LAG = 0.1;

/** The requests that act on a session. */
export type SessionRequest = Extract<
  ClientMessage,
  { op: "play" | "step" | "speed" | "goal" | "push" | "pose" | "noise" | "inspect" | "reset" }
>;

/** Requests whose effect is in the frames. A message for each push of a drag or posture of a slider would be too many. */
const IN_FRAMES: ReadonlySet<SessionRequest["op"]> = new Set(["push", "pose", "inspect"]);

export interface LiveSlot {
  readonly info: SlotInfo;
  readonly controlled: ControlledArm;
}

export class LiveSession {
  readonly id: number;
  readonly env: string;
  readonly clients = new Set<ClientConnection>();
  readonly #slots: readonly LiveSlot[];
  /** The client that pushes each slot's arm. */
  readonly #pushers: (ClientConnection | undefined)[];
  /** The clients that want contacts. */
  readonly #inspecting = new Set<ClientConnection>();
  #seed: number;
  #noise: number;
  #speed = 1;
  #playing = true;
  #goal: Vec3;
  #seq = 0;
  #resets = 0;
  /** Simulated seconds that are due but not yet simulated. */
  #dueTime = 0;
  /** Whether the state has changed since the last frame. */
  #changed = true;

  /** The session disposes of the slots' arms. Throws InputError if the goal is out of reach. */
  constructor(id: number, slots: readonly LiveSlot[], start: Start, speed: number) {
    this.id = id;
    this.#slots = slots;
    this.#pushers = slots.map(() => undefined);
    this.env = slots[0]?.controlled.arm.id ?? "";
    this.#seed = start.seed;
    this.#noise = start.noise;
    this.#speed = speed;
    this.#goal = this.#begin(start);
  }

  /** Adds a client and sends it the session; its first frame follows with the next tick. */
  join(client: ClientConnection, request: number): void {
    this.clients.add(client);
    client.dropFrames();
    client.send(this.#message(request));
    this.#sendMessage(client);
    this.#changed = true;
  }

  /** Removes a client and ends its pushes. */
  leave(client: ClientConnection): void {
    if (!this.clients.delete(client)) return;
    this.#inspecting.delete(client);
    for (const [slot, pusher] of this.#pushers.entries()) {
      if (pusher === client) this.#setPush(slot, undefined, undefined);
    }
    client.dropFrames();
    this.#sendMessage();
  }

  /** Handles a client's request. Throws InputError if the request is invalid; then the session is unchanged. */
  handle(client: ClientConnection, request: SessionRequest): void {
    switch (request.op) {
      case "play":
        this.#playing = request.playing;
        break;
      case "step":
        this.#playing = false;
        this.#advance(this.#substepsPerStep);
        break;
      case "speed":
        this.#speed = Math.min(Math.max(request.speed, SPEED_RANGE[0]), SPEED_RANGE[1]);
        break;
      case "goal":
        for (const { controlled } of this.#slots) controlled.arm.setGoal(request.goal);
        this.#goal = this.#slots[0]?.controlled.arm.goal ?? request.goal;
        break;
      case "noise":
        this.#noise = request.noise;
        for (const { controlled } of this.#slots) controlled.setNoise(request.noise);
        break;
      case "pose":
        this.#pose(request);
        break;
      case "inspect":
        if (request.contacts) this.#inspecting.add(client);
        else this.#inspecting.delete(client);
        break;
      case "reset":
        this.#seed = request.seed;
        this.#goal = this.#begin({ seed: request.seed, noise: this.#noise });
        break;
      case "push":
        this.#push(client, request);
        break;
    }
    this.#changed = true;
    if (!IN_FRAMES.has(request.op)) this.#sendMessage();
  }

  /** Advances the simulation by elapsed real time, seconds, and sends a frame to all clients. */
  tick(elapsed: number): void {
    if (this.clients.size === 0) return;
    if (this.#playing) {
      this.#dueTime += Math.min(elapsed, MAX_LAG) * this.#speed;
      const substeps = Math.floor(this.#dueTime / this.#substepTime);
      this.#dueTime -= substeps * this.#substepTime;
      if (substeps > 0) this.#advance(substeps);
    }
    if (!this.#changed) return;
    this.#changed = false;
    this.#seq += 1;
    const bytes = encodeFrame({
      session: this.id,
      seq: this.#seq,
      resets: this.#resets,
      time: this.#slots[0]?.controlled.arm.time ?? 0,
      goal: this.#goal,
      playing: this.#playing,
      slots: this.#slots.map(({ controlled }) => stateOf(controlled)),
      contacts:
        this.#inspecting.size === 0 ? null : this.#slots.map(({ controlled }) => contactsOf(controlled.arm)),
    });
    for (const client of this.clients) client.sendFrame(this.#seq, bytes);
  }

  /** Ends the session after an internal error, and tells its clients. */
  fail(): void {
    const message = "internal error in the viewer: the live session has ended. Start another one";
    for (const client of this.clients) client.send({ op: "error", request: null, message });
    this.clients.clear();
    this.#inspecting.clear();
    this.dispose();
  }

  dispose(): void {
    for (const { controlled } of this.#slots) controlled.dispose();
  }

  get #substepTime(): number {
    return this.#slots[0]?.controlled.arm.timing.physicsTimestep ?? 1;
  }

  get #substepsPerStep(): number {
    return this.#slots[0]?.controlled.arm.timing.substeps ?? 1;
  }

  /** Starts an episode in all slots and returns its goal. */
  #begin(start: Start): Vec3 {
    for (const { controlled } of this.#slots) controlled.begin(start);
    this.#pushers.fill(undefined);
    this.#resets += 1;
    this.#dueTime = 0;
    return this.#slots[0]?.controlled.arm.goal ?? [0, 0, 0];
  }

  #advance(substeps: number): void {
    this.#changed = true;
    try {
      for (const { controlled } of this.#slots) controlled.advance(substeps);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#playing = false;
      this.#goal = this.#begin({ seed: this.#seed, noise: this.#noise });
      const message = `${error.message}. The session is reset`;
      for (const client of this.clients) client.send({ op: "error", request: null, message });
      this.#sendMessage();
    }
  }

  #push(
    client: ClientConnection,
    { slot, link, point, force }: Extract<SessionRequest, { op: "push" }>,
  ): void {
    const newtons = length(force);
    if (newtons > MAX_PUSH_FORCE) throw refuse("push", `at most ${MAX_PUSH_FORCE} N`, newtons);
    if (slot !== null && slot >= this.#slots.length) {
      throw refuse("push slot", `less than ${this.#slots.length}`, slot);
    }
    const push = newtons === 0 ? undefined : { link, point, force };
    for (let i = 0; i < this.#slots.length; i++) {
      if (slot === null || slot === i) this.#setPush(i, push, push && client);
    }
  }

  #pose({ slot, angles }: Extract<SessionRequest, { op: "pose" }>): void {
    if (this.#playing) throw refuse("pose", "a paused session", unquoted("one that plays"), "Pause it first");
    const { controlled } = this.#slots[slot] ?? {};
    if (controlled === undefined) throw refuse("pose slot", `less than ${this.#slots.length}`, slot);
    controlled.pose(angles);
    this.#pushers[slot] = undefined;
  }

  #setPush(slot: number, push: Push | undefined, pusher: ClientConnection | undefined): void {
    this.#slots[slot]?.controlled.arm.setPush(push);
    this.#pushers[slot] = pusher;
    this.#changed = true;
  }

  #message(request: number | null): SessionMessage {
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
      watchers: this.clients.size,
    };
  }

  /** Sends the changed session to all clients, except one that has it already. */
  #sendMessage(except?: ClientConnection): void {
    const text = encodeMessage(this.#message(null));
    for (const client of this.clients) if (client !== except) client.sendEncoded(text);
  }
}

function stateOf({ arm, action, value }: ControlledArm): ArmState {
  const { push } = arm;
  const state = currentState(arm);
  return {
    ...arraysOf(STATE_COLUMNS, ({ name }) => Float32Array.from(state[name])),
    pushLink: push?.link ?? -1,
    pushPoint: Float32Array.from(push === undefined ? [0, 0, 0] : arm.toWorld(push.link, push.point)),
    pushForce: Float32Array.from(push?.force ?? [0, 0, 0]),
    distance: arm.goalDistance,
    ...arm.outcome(),
    value,
    actionAbsMean: meanAbs(action),
  };
}

function meanAbs(numbers: Float32Array): number {
  let sum = 0;
  for (const each of numbers) sum += Math.abs(each);
  return sum / numbers.length;
}
