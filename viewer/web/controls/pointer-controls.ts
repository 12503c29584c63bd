/** @file Pointer interaction in the scene: drag the goal to move it, drag a link to push it. */

import { Plane, Raycaster, Vector2, Vector3 } from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { ArmView } from "../scene/arm-view.ts";
import type { SceneView } from "../scene/scene-view.ts";
import { viewportAt } from "../scene/viewports.ts";
import { isTrainingGoal, limitGoal } from "./goal-limits.ts";

type Triple = readonly [x: number, y: number, z: number];

/** A goal's plane is used only if the cosine of its normal with the view is larger: edge-on it cannot be pointed at. */
const MIN_PLANE_COSINE = 0.2;

/** Force of a drag: N for each metre, and its maximum. */
const NEWTONS_PER_METRE = 160;
const MAX_DRAG_FORCE = 80;

export interface PointerEvents {
  /** The goal is dragged to a point, m. */
  readonly goalDragged: (goal: Triple, released: boolean) => void;
  readonly canPush: () => boolean;
  /** A link is pushed at a point of its frame, m, with a force, N; 0 releases it. */
  readonly linkPushed: (link: number, point: Triple, force: Triple) => void;
  /** The pointer is over a link, or over none, at a position, CSS pixels. */
  readonly linkHovered: (
    hovered: { readonly slot: number; readonly link: number } | null,
    x: number,
    y: number,
  ) => void;
  /** Text to show beside the pointer at a position, CSS pixels; null hides it. */
  readonly tipChanged: (text: string | null, x: number, y: number) => void;
}

interface LinkDrag {
  readonly kind: "link";
  readonly arm: ArmView;
  readonly link: number;
  /** In the link's frame, metres. */
  readonly point: Vector3;
}

type Drag = { readonly kind: "goal"; readonly offset: Vector3 } | LinkDrag;

export class PointerControls {
  readonly #scene: SceneView;
  readonly #events: PointerEvents;
  readonly #raycaster = new Raycaster();
  readonly #plane = new Plane();
  readonly #pointer = new Vector2();
  readonly #hit = new Vector3();
  readonly #normal = new Vector3();
  #drag: Drag | undefined;
  /** Index of the viewport under the pointer. */
  #viewport = 0;
  #limits: SceneMessage | undefined;

  constructor(scene: SceneView, events: PointerEvents) {
    this.#scene = scene;
    this.#events = events;
    const { canvas } = scene;
    // In the capture phase, so that a drag can disable the camera's listener.
    canvas.addEventListener("pointerdown", (event) => this.#start(event), { capture: true });
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#end(event));
    canvas.addEventListener("pointerleave", (event) => {
      if (this.#drag === undefined) this.#events.linkHovered(null, event.clientX, event.clientY);
    });
    canvas.addEventListener("pointercancel", (event) => this.#end(event));
  }

  /** Sets the scene that limits the goal. */
  setScene(scene: SceneMessage): void {
    this.#limits = scene;
  }

  /** Aims the ray through the pointer. Returns the arms in its viewport. */
  #aim(event: PointerEvent, fixedViewport?: number): readonly ArmView[] {
    const { left, top, width, height } = this.#scene.canvas.getBoundingClientRect();
    const x = (event.clientX - left) / width;
    const y = (event.clientY - top) / height;
    const index = fixedViewport ?? viewportAt(this.#scene.viewports, x, y);
    const viewport = this.#scene.viewports[index];
    if (viewport === undefined) return [];
    this.#viewport = index;
    this.#pointer.set(
      ((x - viewport.left) / viewport.width) * 2 - 1,
      1 - ((y - viewport.top) / viewport.height) * 2,
    );
    this.#raycaster.setFromCamera(this.#pointer, this.#scene.camera);
    this.#raycaster.ray.origin.add(this.#scene.shiftOf(index));
    const { arms, compare } = this.#scene;
    return compare === "split" ? arms.slice(index, index + 1) : arms;
  }

  /** Returns the drag that would start under the pointer: of a goal first, or else of a link. */
  #pick(event: PointerEvent): Drag | undefined {
    const arms = this.#aim(event);
    for (const { goal } of arms) {
      if (!goal.object.visible) continue;
      const [hit] = this.#raycaster.intersectObject(goal.handle, false);
      if (hit === undefined) continue;
      const center = goal.object.position;
      this.#setGoalPlane(center);
      const offset = new Vector3();
      if (this.#raycaster.ray.intersectPlane(this.#plane, offset) === null) continue;
      return { kind: "goal", offset: offset.sub(center).negate() };
    }
    return this.#events.canPush() ? this.#pickLink(arms) : undefined;
  }

  /** Returns the link under the aimed ray. */
  #pickLink(arms: readonly ArmView[]): LinkDrag | undefined {
    for (const arm of arms) {
      const [hit] = this.#raycaster.intersectObjects([...arm.figure.meshes], false);
      const link: unknown = hit?.object.userData["link"];
      if (hit === undefined || typeof link !== "number" || link < 0) continue;
      return { kind: "link", arm, link, point: arm.figure.toLocal(link, hit.point, new Vector3()) };
    }
    return undefined;
  }

  #hover(event: PointerEvent): void {
    this.#scene.canvas.style.cursor = this.#pick(event) === undefined ? "" : "grab";
    const found = this.#pickLink(this.#aim(event));
    const hovered =
      found === undefined ? null : { slot: this.#scene.arms.indexOf(found.arm), link: found.link };
    this.#events.linkHovered(hovered, event.clientX, event.clientY);
  }

  #start(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#drag = this.#pick(event);
    if (this.#drag === undefined) return;
    this.#scene.controls.enabled = false;
    this.#scene.canvas.setPointerCapture(event.pointerId);
    this.#scene.canvas.style.cursor = "grabbing";
    event.preventDefault();
  }

  #move(event: PointerEvent): void {
    if (this.#drag !== undefined) this.#apply(this.#drag, event, false);
    else if (event.buttons === 0) this.#hover(event);
  }

  #end(event: PointerEvent): void {
    if (this.#drag === undefined) return;
    this.#apply(this.#drag, event, true);
    this.#drag = undefined;
    this.#scene.controls.enabled = true;
    this.#scene.canvas.style.cursor = "";
    this.#events.tipChanged(null, 0, 0);
  }

  #apply(drag: Drag, event: PointerEvent, released: boolean): void {
    this.#aim(event, this.#viewport);
    if (drag.kind === "goal") this.#moveGoal(drag.offset, event, released);
    else this.#pushLink(drag, event, released);
  }

  #moveGoal(offset: Vector3, { clientX, clientY, shiftKey }: PointerEvent, released: boolean): void {
    const slot = this.#scene.compare === "split" ? this.#viewport : 0;
    const goal = this.#scene.arms[slot]?.goal.object.position;
    const limits = this.#limits;
    if (goal === undefined || limits === undefined) return;
    this.#setGoalPlane(goal);
    if (this.#raycaster.ray.intersectPlane(this.#plane, this.#hit) === null) return;
    this.#hit.add(offset);
    const moved: [number, number, number] = [goal.x, goal.y, goal.z];
    for (const axis of limits.goalAxes) moved[axis] = this.#hit.getComponent(axis);
    const limited = limitGoal(moved, limits, shiftKey ? "reach" : "training");
    this.#events.goalDragged(limited, released);
    this.#scene.showGoalRegion(!released);
    const figures = limited.map((x) => x.toFixed(2)).join("  ");
    const note = isTrainingGoal(limited, limits) ? "" : "  not a goal of training";
    this.#events.tipChanged(`${figures}${note}`, clientX, clientY);
  }

  #pushLink({ arm, link, point }: LinkDrag, { clientX, clientY }: PointerEvent, released: boolean): void {
    const position = arm.figure.toWorld(link, point, new Vector3());
    this.#setFacingPlane(position);
    if (this.#raycaster.ray.intersectPlane(this.#plane, this.#hit) === null) return;
    const force = this.#hit.sub(position).multiplyScalar(NEWTONS_PER_METRE).clampLength(0, MAX_DRAG_FORCE);
    if (released) force.set(0, 0, 0);
    this.#events.linkPushed(link, [point.x, point.y, point.z], [force.x, force.y, force.z]);
    this.#events.tipChanged(released ? null : `${force.length().toFixed(0)} N`, clientX, clientY);
  }

  /** Sets the plane in which goals vary, so that the goal stays under the pointer; or else one that faces the camera. */
  #setGoalPlane(goal: Vector3): void {
    const axes = this.#limits?.goalAxes ?? [];
    this.#setFacingPlane(goal);
    const fixedAxis = ([0, 1, 2] as const).find((axis) => !axes.includes(axis));
    if (axes.length !== 2 || fixedAxis === undefined) return;
    if (Math.abs(this.#normal.getComponent(fixedAxis)) < MIN_PLANE_COSINE) return;
    this.#normal.set(0, 0, 0).setComponent(fixedAxis, 1);
    this.#plane.setFromNormalAndCoplanarPoint(this.#normal, goal);
  }

  /** Sets the plane through a point that faces the camera. */
  #setFacingPlane(point: Vector3): void {
    this.#scene.camera.getWorldDirection(this.#normal);
    this.#plane.setFromNormalAndCoplanarPoint(this.#normal, point);
  }
}
