/** @file The 3D picture: one three.js scene and one camera for all policies, side by side or overlaid. */

import {
  ACESFilmicToneMapping,
  Color,
  MOUSE,
  PCFShadowMap,
  PerspectiveCamera,
  Scene,
  type Texture,
  Vector2,
  Vector3,
  VSMShadowMap,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import type { Frame } from "../../../shared/protocol-frame.ts";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { CompareMode } from "../state/deep-link.ts";
import type { Layer } from "../state/inspector-layers.ts";
import type { View } from "../state/view-data.ts";
import type { BodyView } from "./arm-figure.ts";
import { ArmView } from "./arm-view.ts";
import type { CameraPose } from "./camera-presets.ts";
import { GoalRegionOutline } from "./goal-region.ts";
import { LightsAndFloor } from "./lights-and-floor.ts";
import { SCENE_COLORS, type SceneColors, type Theme } from "./palette.ts";
import { AdaptiveQuality, graphicsOf } from "./picture-quality.ts";
import { boundsOf } from "./scene-bounds.ts";
import { TableFigure } from "./table-figure.ts";
import { ToolFollower } from "./tool-follower.ts";
import { splitPicture, type Viewport } from "./viewports.ts";

const FIELD_OF_VIEW_DEGREES = 32;

const NO_CONTACTS = new Float32Array(0);

/** What is drawn besides the arms, and how the arms are drawn. */
export interface ShownDetails {
  readonly showTorques: boolean;
  readonly showTrails: boolean;
  readonly body: BodyView;
  readonly layers: readonly Layer[];
}

export class SceneView {
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW_DEGREES, 1, 0.02, 30);
  readonly controls: OrbitControls;
  readonly canvas: HTMLCanvasElement;
  /** By slot. */
  arms: readonly ArmView[] = [];
  viewports: readonly Viewport[] = splitPicture(1, 1);
  compare: CompareMode = "split";
  /** Height at the top of each viewport that the cards cover, CSS pixels. */
  coveredTop = 0;
  /** Whether the scene has changed since the last render. */
  needsRender = true;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #lightsAndFloor = new LightsAndFloor();
  readonly #quality: AdaptiveQuality;
  readonly #size = new Vector2(1, 1);
  #table: TableFigure | undefined;
  #goalRegion: GoalRegionOutline | undefined;
  #reflections: Texture | undefined;
  #devicePixelRatio = 1;
  /** Whether the picture is drawn at full resolution because nothing moves. */
  #isAtRest = false;
  #isExporting = false;
  /** Width, height and device pixel ratio of the canvas in the page. */
  #sizeAfterExport: [width: number, height: number, devicePixelRatio: number] = [1, 1, 1];
  readonly #follower = new ToolFollower();
  #sceneMessage: SceneMessage | undefined;
  #theme: Theme = "light";

  /**
   * Throws if the browser has no WebGL 2.
   *
   * @param fine whether to draw at the highest quality, however slowly
   */
  constructor(canvas: HTMLCanvasElement, fine: boolean) {
    this.canvas = canvas;
    const graphics = graphicsOf(document.createElement("canvas"));
    if (graphics === "none") throw new Error("no WebGL 2");
    const isSoftware = graphics === "software";
    this.#quality = new AdaptiveQuality(isSoftware, fine);
    this.#renderer = new WebGLRenderer({
      canvas,
      antialias: fine || !isSoftware,
      powerPreference: "high-performance",
    });
    this.#renderer.shadowMap.enabled = true;
    // Variance shadow maps need a blur pass, which is too slow in software.
    this.#renderer.shadowMap.type = fine || !isSoftware ? VSMShadowMap : PCFShadowMap;
    this.#renderer.toneMapping = ACESFilmicToneMapping;
    this.#renderer.toneMappingExposure = 1.02;
    this.#scene.add(this.#lightsAndFloor.object);
    this.camera.up.set(0, 0, 1);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.maxPolarAngle = Math.PI * 0.53;
    this.controls.mouseButtons = { LEFT: MOUSE.ROTATE, MIDDLE: MOUSE.DOLLY, RIGHT: MOUSE.PAN };
    this.controls.addEventListener("change", () => {
      this.needsRender = true;
    });
  }

  get colors(): SceneColors {
    return SCENE_COLORS[this.#theme];
  }

  /** Builds an arm for each slot, unless scene and number are the same as before. */
  setArms(scene: SceneMessage, count: number): void {
    this.needsRender = true;
    if (this.#sceneMessage === scene && this.arms.length === count) return;
    this.#sceneMessage = scene;
    for (const arm of this.arms) arm.dispose();
    this.arms = Array.from(
      { length: count },
      (_, slot) =>
        new ArmView(scene, slot, () => {
          this.needsRender = true;
        }),
    );
    for (const arm of this.arms) this.#scene.add(arm.object);
    this.#table?.dispose();
    this.#table = scene.table === null ? undefined : new TableFigure(scene.table);
    if (this.#table !== undefined) this.#scene.add(this.#table.object);
    this.#goalRegion?.dispose();
    this.#goalRegion = new GoalRegionOutline(scene.goalRegion);
    this.#scene.add(this.#goalRegion.object);
    this.#lightsAndFloor.fitTo(scene);
    const { extent } = boundsOf(scene);
    this.controls.minDistance = 0.6 * extent;
    this.controls.maxDistance = Math.max(6, 12 * extent);
    this.camera.near = 0.04 * extent;
    this.camera.far = Math.max(30, 60 * extent);
    this.#arrange();
  }

  /** Sets the arms to their state at a time, seconds, with pushes and contacts of a live session's newest frame. */
  show(view: View, time: number, frame: Frame | undefined): void {
    this.arms.forEach((arm, slot) => {
      const motion = view.motions[slot];
      if (motion === undefined || motion.moments === 0) return;
      arm.show(motion, time, view.goals[slot] ?? [0, 0, 0], this.colors);
      const state = view.live ? frame?.slots[slot] : undefined;
      if (state === undefined || state.pushLink < 0) arm.hidePush();
      else arm.showPush(state.pushPoint, state.pushForce);
      // Contacts are known of the newest frame only.
      const isNow = frame !== undefined && time >= frame.time - 1e-6;
      arm.inspector.contacts.show((view.live && isNow && frame.contacts?.[slot]) || NO_CONTACTS);
    });
    this.#follower.move(this.arms, this.camera, this.controls);
  }

  /** Lets the camera move with the tool of each arm, which gets to the centre, or stay where it is. */
  setFollowing(following: boolean): void {
    this.#follower.switch(following);
    this.needsRender = true;
  }

  setCompare(compare: CompareMode): void {
    this.compare = compare;
    this.#arrange();
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#arrange();
  }

  /** Shows or hides torque rings, trails and what the inspector draws, and sets what is drawn of the arms. */
  setDetails(details: ShownDetails): void {
    for (const arm of this.arms) {
      arm.figure.showBody(details.body);
      arm.figure.showRings(details.showTorques);
      arm.showLayers(details.layers);
      for (const trail of arm.trails) trail.object.visible = details.showTrails;
    }
    this.needsRender = true;
  }

  /** Shows or hides the outline of the goals of training. */
  showGoalRegion(visible: boolean): void {
    if (this.#goalRegion !== undefined) this.#goalRegion.object.visible = visible;
    this.needsRender = true;
  }

  get pose(): CameraPose {
    const { position } = this.camera;
    const { target } = this.controls;
    return { position: [position.x, position.y, position.z], target: [target.x, target.y, target.z] };
  }

  setPose({ position, target }: CameraPose): void {
    this.camera.position.set(...position);
    this.controls.target.set(...target);
    this.#follower.recentre();
    this.controls.update();
    this.needsRender = true;
  }

  /** Rotates the camera around its target, radians, and divides its distance by `zoom`. */
  orbit(around: number, up: number, zoom = 1): void {
    const offset = this.camera.position.clone().sub(this.controls.target);
    offset.applyAxisAngle(new Vector3(0, 0, 1), around);
    const right = new Vector3().crossVectors(this.camera.up, offset).normalize();
    const tilted = offset.clone().applyAxisAngle(right, -up);
    // Beyond the vertical the picture would be upside down.
    if (Math.hypot(tilted.x, tilted.y) > 0.02 * tilted.length()) offset.copy(tilted);
    this.camera.position.copy(this.controls.target).add(offset.divideScalar(zoom));
    this.controls.update();
    this.needsRender = true;
  }

  /** Projects a point of the world, m, into a slot's viewport. Returns CSS pixels of the window. */
  onScreen(slot: number, point: readonly number[]): [number, number] | null {
    const viewport = this.viewports[this.compare === "split" ? slot : 0];
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    if (viewport === undefined || point.length < 3) return null;
    this.#fitCamera(viewport.width * width, viewport.height * height);
    this.camera.updateMatrixWorld();
    const seen = new Vector3(point[0], point[1], point[2]).sub(this.shiftOf(slot));
    const projected = seen.project(this.camera);
    return [
      left + width * (viewport.left + (viewport.width * (projected.x + 1)) / 2),
      top + height * (viewport.top + (viewport.height * (1 - projected.y)) / 2),
    ];
  }

  /** Returns how far a viewport's camera is from the first one's, m: not at all, unless each follows its own tool. */
  shiftOf(viewport: number): Readonly<Vector3> {
    return this.#follower.shiftOf(this.compare === "split" ? viewport : 0, this.arms);
  }

  /** Fits the picture to the canvas, CSS pixels; after an export if one is running. */
  resize(width: number, height: number, devicePixelRatio: number): void {
    if (this.#isExporting) {
      this.#sizeAfterExport = [width, height, devicePixelRatio];
      return;
    }
    this.#size.set(Math.max(1, width), Math.max(1, height));
    this.#devicePixelRatio = devicePixelRatio;
    this.#isAtRest = false;
    this.#setPixelRatio(this.#quality.current.pixels);
    this.#arrange();
  }

  render(): void {
    this.needsRender = false;
    if (this.#isAtRest) {
      this.#isAtRest = false;
      this.#setPixelRatio(this.#quality.current.pixels);
    }
    this.#draw();
  }

  /** Renders a picture that does not move once more, at full resolution. */
  renderAtRest(): void {
    if (this.#isAtRest || this.#quality.current.pixels >= 1) return;
    this.#isAtRest = true;
    this.#setPixelRatio(1);
    this.#draw();
  }

  /** Calls `work` while the picture has another size, pixels, and no cards over it. `work` calls `render`. */
  async withSize<T>(width: number, height: number, work: () => Promise<T> | T): Promise<T> {
    const { coveredTop } = this;
    this.#sizeAfterExport = [this.#size.x, this.#size.y, this.#devicePixelRatio];
    this.#isExporting = true;
    // Otherwise the next picture would get the lower resolution of a picture that moves.
    this.#isAtRest = false;
    this.#renderer.setPixelRatio(1);
    this.#renderer.setSize(width, height, false);
    this.#size.set(width, height);
    this.coveredTop = 0;
    if (this.compare === "split") this.viewports = splitPicture(this.arms.length, width / height);
    try {
      return await work();
    } finally {
      this.coveredTop = coveredTop;
      this.#isExporting = false;
      this.resize(...this.#sizeAfterExport);
    }
  }

  /** Reports the duration of a frame, ms. Lowers the quality if frames are too slow. */
  reportFrameTime(elapsed: number): void {
    if (this.#quality.reportFrameTime(elapsed)) this.resize(this.#size.x, this.#size.y, devicePixelRatio);
  }

  #setPixelRatio(pixels: number): void {
    this.#renderer.setPixelRatio(Math.min(this.#devicePixelRatio, pixels));
    this.#renderer.setSize(this.#size.x, this.#size.y, false);
  }

  #draw(): void {
    const { x: width, y: height } = this.#size;
    this.#renderer.setScissorTest(true);
    this.viewports.forEach((viewport, i) => {
      const left = Math.round(viewport.left * width);
      const right = Math.round((viewport.left + viewport.width) * width);
      const top = Math.round(viewport.top * height);
      const bottom = Math.round((viewport.top + viewport.height) * height);
      this.#renderer.setViewport(left, height - bottom, right - left, bottom - top);
      this.#renderer.setScissor(left, height - bottom, right - left, bottom - top);
      if (this.compare === "split") {
        for (const [slot, arm] of this.arms.entries()) arm.object.visible = slot === i;
      }
      this.#fitCamera(right - left, bottom - top);
      const shift = this.shiftOf(i);
      this.camera.position.add(shift);
      this.#renderer.render(this.#scene, this.camera);
      this.camera.position.sub(shift);
    });
    // The pointer's ray starts from the matrix, which is still that of the last picture.
    this.camera.updateMatrixWorld();
    this.#renderer.setScissorTest(false);
  }

  /** Fits the camera to a viewport: centres the scene below the cards, and keeps it visible in a narrow viewport. */
  #fitCamera(width: number, height: number): void {
    const covered = Math.min(this.coveredTop, 0.4 * height);
    const freeAspect = width / (height - covered);
    this.camera.aspect = width / height;
    this.camera.fov =
      FIELD_OF_VIEW_DEGREES *
      (height / (height - 0.35 * covered)) *
      Math.min(1.7, Math.max(1, 1.12 / freeAspect));
    this.camera.setViewOffset(width, height, 0, -0.36 * covered, width, height);
  }

  /** Applies viewports, colours and quality to everything in the scene. */
  #arrange(): void {
    const { colors, compare } = this;
    const quality = this.#quality.current;
    this.viewports = splitPicture(compare === "split" ? this.arms.length : 1, this.#size.x / this.#size.y);
    this.#scene.background = new Color(colors.background);
    this.#lightsAndFloor.setColors(colors, quality);
    if (quality.reflections) this.#reflections ??= LightsAndFloor.bakeReflections(this.#renderer);
    const reflections = quality.reflections ? (this.#reflections ?? null) : null;
    this.#table?.setColors(colors, reflections);
    this.#goalRegion?.setColors(colors);
    for (const [slot, arm] of this.arms.entries()) {
      arm.object.visible = true;
      arm.setColors(colors, reflections);
      arm.setGhost(compare === "ghost" && slot > 0, colors);
      // Overlaid policies have the same goal.
      arm.goal.object.visible = compare === "split" || slot === 0;
    }
    this.needsRender = true;
  }
}
