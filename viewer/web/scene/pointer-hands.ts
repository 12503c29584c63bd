/** @file Hands in the scene: a pointer takes the goal and moves it, or takes a link and pulls at it. */

import { Plane, Raycaster, Vector2, Vector3 } from "three";
import type { SceneMessage } from "../../../shared/protocol.ts";
import { add, length, scale, subtract } from "../../../shared/vec3.ts";
import type { SlotActor } from "./slot-actor.ts";
import type { Stage } from "./stage.ts";
import { viewportAt } from "./viewports.ts";

/** N for a metre of pull, and the strongest pull. */
const NEWTONS_PER_METRE = 160;
const STRONGEST = 80;

/** What hands do; a page decides what becomes of it. */
export interface HandEvents {
  /** The goal is being moved to a point, [3] m. */
  readonly goalMoved: (goal: readonly [number, number, number], released: boolean) => void;
  /** Whether links can be pulled now. */
  readonly canPush: () => boolean;
  /** A link is pulled at a point of its own frame, [3] m, with a force, [3] N; a force of 0 lets go. */
  readonly pushed: (
    slot: number,
    link: number,
    point: readonly [number, number, number],
    force: readonly [number, number, number],
  ) => void;
  /** Something to say beside the pointer, at a place in CSS pixels; null says nothing. */
  readonly told: (text: string | null, x: number, y: number) => void;
}

type Grip =
  | { readonly kind: "goal"; readonly offset: Vector3 }
  | { readonly kind: "link"; readonly slot: number; readonly link: number; readonly local: Vector3 };

export class PointerHands {
  readonly #stage: Stage;
  readonly #events: HandEvents;
  readonly #raycaster = new Raycaster();
  readonly #plane = new Plane();
  readonly #pointer = new Vector2();
  readonly #hit = new Vector3();
  readonly #normal = new Vector3();
  #grip: Grip | undefined;
  #viewport = 0;
  #scene: Pick<SceneMessage, "goalAxes" | "reachable"> | undefined;

  constructor(stage: Stage, events: HandEvents) {
    this.#stage = stage;
    this.#events = events;
    const { canvas } = stage;
    // Before the camera's own listeners, so that a grip can keep the camera still.
    canvas.addEventListener("pointerdown", (event) => this.#down(event), { capture: true });
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", (event) => this.#up(event));
  }

  /** Tells where goals can be from now on. */
  suit(scene: Pick<SceneMessage, "goalAxes" | "reachable">): void {
    this.#scene = scene;
  }

  #aim(event: PointerEvent, viewport?: number): readonly SlotActor[] {
    const { left, top, width, height } = this.#stage.canvas.getBoundingClientRect();
    const x = (event.clientX - left) / width;
    const y = (event.clientY - top) / height;
    const index = viewport ?? viewportAt(this.#stage.viewports, x, y);
    const place = this.#stage.viewports[index];
    if (place === undefined) return [];
    this.#viewport = index;
    this.#pointer.set(((x - place.left) / place.width) * 2 - 1, 1 - ((y - place.top) / place.height) * 2);
    this.#raycaster.setFromCamera(this.#pointer, this.#stage.camera);
    const { actors, compare } = this.#stage;
    return compare === "split" ? actors.slice(index, index + 1) : actors;
  }

  #pick(event: PointerEvent): Grip | undefined {
    const actors = this.#aim(event);
    for (const actor of actors) {
      if (!actor.goal.object.visible) continue;
      const [hit] = this.#raycaster.intersectObject(actor.goal.handle, false);
      if (hit === undefined) continue;
      const center = actor.goal.object.position;
      this.#facePlane(center);
      const offset = new Vector3();
      if (this.#raycaster.ray.intersectPlane(this.#plane, offset) === null) continue;
      return { kind: "goal", offset: offset.sub(center).negate() };
    }
    if (!this.#events.canPush()) return undefined;
    for (const actor of actors) {
      const [hit] = this.#raycaster.intersectObjects([...actor.figure.meshes], false);
      const link: unknown = hit?.object.userData["link"];
      if (hit === undefined || typeof link !== "number" || link < 0) continue;
      const local = actor.figure.toLocal(link, hit.point, new Vector3());
      return { kind: "link", slot: this.#stage.actors.indexOf(actor), link, local };
    }
    return undefined;
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#grip = this.#pick(event);
    if (this.#grip === undefined) return;
    this.#stage.controls.enabled = false;
    this.#stage.canvas.setPointerCapture(event.pointerId);
    this.#stage.canvas.style.cursor = "grabbing";
    event.preventDefault();
  }

  #move(event: PointerEvent): void {
    if (this.#grip === undefined) {
      if (event.buttons === 0)
        this.#stage.canvas.style.cursor = this.#pick(event) === undefined ? "" : "grab";
      return;
    }
    this.#act(event, false);
  }

  #up(event: PointerEvent): void {
    if (this.#grip === undefined) return;
    this.#act(event, true);
    this.#grip = undefined;
    this.#stage.controls.enabled = true;
    this.#stage.canvas.style.cursor = "";
    this.#events.told(null, 0, 0);
  }

  #act(event: PointerEvent, released: boolean): void {
    const grip = this.#grip;
    if (grip === undefined) return;
    this.#aim(event, this.#viewport);
    if (grip.kind === "goal") {
      const goal =
        this.#stage.actors[this.#stage.compare === "split" ? this.#viewport : 0]?.goal.object.position;
      if (goal === undefined) return;
      this.#facePlane(goal);
      if (this.#raycaster.ray.intersectPlane(this.#plane, this.#hit) === null) return;
      this.#hit.add(grip.offset);
      const moved = this.#within(goal);
      this.#events.goalMoved(moved, released);
      this.#events.told(moved.map((x) => x.toFixed(2)).join("  "), event.clientX, event.clientY);
      return;
    }
    const actor = this.#stage.actors[grip.slot];
    if (actor === undefined) return;
    const held = actor.figure.toWorld(grip.link, grip.local, new Vector3());
    this.#facePlane(held);
    if (this.#raycaster.ray.intersectPlane(this.#plane, this.#hit) === null) return;
    const force = this.#hit.sub(held).multiplyScalar(NEWTONS_PER_METRE).clampLength(0, STRONGEST);
    if (released) force.set(0, 0, 0);
    const { x, y, z } = grip.local;
    this.#events.pushed(grip.slot, grip.link, [x, y, z], [force.x, force.y, force.z]);
    this.#events.told(released ? null : `${force.length().toFixed(0)} N`, event.clientX, event.clientY);
  }

  /** Where the goal goes: along the axes in which it can differ, above the ground, and no farther than the arm reaches. */
  #within(goal: Vector3): [number, number, number] {
    const moved: [number, number, number] = [goal.x, goal.y, goal.z];
    for (const axis of this.#scene?.goalAxes ?? []) moved[axis] = this.#hit.getComponent(axis);
    moved[2] = Math.max(moved[2], 0);
    const { center, radius } = this.#scene?.reachable ?? { center: [0, 0, 0], radius: 1 };
    const out = subtract(moved, center);
    const nearer = Math.min(1, radius / Math.max(length(out), 1e-9));
    const [x, y, z] = add(center, scale(out, nearer));
    return [x, y, z];
  }

  /** A plane through a point that faces the camera: a pointer moves in it as it does on the screen. */
  #facePlane(point: Vector3): void {
    this.#stage.camera.getWorldDirection(this.#normal);
    this.#plane.setFromNormalAndCoplanarPoint(this.#normal, point);
  }
}
