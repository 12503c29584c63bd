/** @file Hands in the scene: a pointer takes the goal and moves it, or takes a link and pulls at it. */

import { Plane, Raycaster, Vector2, Vector3 } from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { add, length, scale, subtract, type Vec3 } from "../../../shared/vec3.ts";
import type { SlotActor } from "./slot-actor.ts";
import type { Stage } from "./stage.ts";
import { viewportAt } from "./viewports.ts";

/** What of a scene tells where a goal can be put. */
type GoalScene = Pick<SceneMessage, "goalAxes" | "reachable" | "table" | "objects">;

/** How edge-on a goal's own plane may be seen: the cosine of the angle between its normal and the view. */
const MOST_EDGE_ON = 0.2;

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

const NOWHERE: Pick<GoalScene, "reachable" | "table" | "objects"> = {
  reachable: { center: [0, 0, 0], radius: 1 },
  table: null,
  objects: [],
};

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
  #scene: GoalScene | undefined;

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
  suit(scene: GoalScene): void {
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
      this.#goalPlane(center);
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
      this.#goalPlane(goal);
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

  /** Where the goal goes: along the axes in which it can differ, above the ground, and no farther than can be. */
  #within(goal: Vector3): [number, number, number] {
    const moved: [number, number, number] = [goal.x, goal.y, goal.z];
    for (const axis of this.#scene?.goalAxes ?? []) moved[axis] = this.#hit.getComponent(axis);
    const { reachable, table, objects } = this.#scene ?? NOWHERE;
    const [thing] = objects;
    if (table !== null && thing !== undefined) return onTable(moved, table.shape, thing.shape);
    moved[2] = Math.max(moved[2], 0);
    const { center, radius } = reachable;
    const out = subtract(moved, center);
    const nearer = Math.min(1, radius / Math.max(length(out), 1e-9));
    const [x, y, z] = add(center, scale(out, nearer));
    return [x, y, z];
  }

  /** The plane that a goal stays in, so that it stays under the pointer; one that faces the camera if there is none. */
  #goalPlane(goal: Vector3): void {
    const axes = this.#scene?.goalAxes ?? [];
    this.#facePlane(goal);
    const held = ([0, 1, 2] as const).find((axis) => !axes.includes(axis));
    if (axes.length !== 2 || held === undefined) return;
    if (Math.abs(this.#normal.getComponent(held)) < MOST_EDGE_ON) return;
    this.#normal.set(0, 0, 0).setComponent(held, 1);
    this.#plane.setFromNormalAndCoplanarPoint(this.#normal, goal);
  }

  /** A plane through a point that faces the camera: a pointer moves in it as it does on the screen. */
  #facePlane(point: Vector3): void {
    this.#stage.camera.getWorldDirection(this.#normal);
    this.#plane.setFromNormalAndCoplanarPoint(this.#normal, point);
  }
}

type BoxShape = SceneMessage["objects"][number]["shape"];

/** A place for a thing's middle that is over the table, metres. */
function onTable([x, y, z]: Vec3, table: BoxShape, thing: BoxShape): [number, number, number] {
  const within = (axis: 0 | 1, at: number) => {
    const room = table.halfExtents[axis];
    return Math.min(Math.max(at, table.center[axis] - room), table.center[axis] + room);
  };
  const lowest = table.center[2] + table.halfExtents[2] + thing.halfExtents[2];
  return [within(0, x), within(1, y), Math.max(z, lowest)];
}
