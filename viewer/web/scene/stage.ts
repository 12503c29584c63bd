/** @file The picture: one scene and one camera for all policies, split side by side or laid over each other. */

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
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { CameraPose } from "../camera-presets.ts";
import type { CompareMode } from "../deep-link.ts";
import { SCENE_COLORS, type SceneColors, type Theme } from "./palette.ts";
import { graphicsOf, QualityKeeper } from "./picture-quality.ts";
import { SlotActor } from "./slot-actor.ts";
import { Studio } from "./studio.ts";
import { TableFigure } from "./table-figure.ts";
import { splitPicture, type Viewport } from "./viewports.ts";

const FIELD_OF_VIEW_DEGREES = 32;

export class Stage {
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW_DEGREES, 1, 0.02, 30);
  readonly controls: OrbitControls;
  readonly canvas: HTMLCanvasElement;
  actors: readonly SlotActor[] = [];
  viewports: readonly Viewport[] = splitPicture(1, 1);
  compare: CompareMode = "split";
  /** How much of each part of the picture is covered from its top, CSS pixels. */
  coveredTop = 0;
  /** Whether something has changed since the picture was drawn. */
  dirty = true;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #studio = new Studio();
  #table: TableFigure | undefined;
  #surroundings: Texture | undefined;
  #screenPixels = 1;
  #resting = false;
  #built: SceneMessage | undefined;
  readonly #size = new Vector2(1, 1);
  #theme: Theme = "light";
  readonly #quality: QualityKeeper;

  /**
   * Throws if the browser has no WebGL 2.
   *
   * @param fine whether to draw as finely as possible, however slow
   */
  constructor(canvas: HTMLCanvasElement, fine: boolean) {
    this.canvas = canvas;
    const graphics = graphicsOf(document.createElement("canvas"));
    if (graphics === "none") throw new Error("no WebGL 2");
    const software = graphics === "software";
    this.#quality = new QualityKeeper(software, fine);
    this.#renderer = new WebGLRenderer({
      canvas,
      antialias: fine || !software,
      powerPreference: "high-performance",
    });
    this.#renderer.shadowMap.enabled = true;
    // Shadows as soft as these are blurred in a pass of their own: too much for a processor.
    this.#renderer.shadowMap.type = fine || !software ? VSMShadowMap : PCFShadowMap;
    this.#renderer.toneMapping = ACESFilmicToneMapping;
    this.#renderer.toneMappingExposure = 1.02;
    this.#scene.add(this.#studio.object);
    this.camera.up.set(0, 0, 1);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.minDistance = 0.3;
    this.controls.maxDistance = 6;
    this.controls.maxPolarAngle = Math.PI * 0.53;
    this.controls.mouseButtons = { LEFT: MOUSE.ROTATE, MIDDLE: MOUSE.DOLLY, RIGHT: MOUSE.PAN };
    this.controls.addEventListener("change", () => {
      this.dirty = true;
    });
  }

  get colors(): SceneColors {
    return SCENE_COLORS[this.#theme];
  }

  /** Builds an arm for each policy, in place of those before; the same arms stay. */
  setActors(scene: SceneMessage, count: number): void {
    if (this.#built === scene && this.actors.length === count) {
      this.dirty = true;
      return;
    }
    this.#built = scene;
    for (const actor of this.actors) actor.dispose();
    this.actors = Array.from({ length: count }, (_, slot) => new SlotActor(scene, slot));
    for (const actor of this.actors) this.#scene.add(actor.object);
    this.#table?.dispose();
    this.#table = scene.table === null ? undefined : new TableFigure(scene.table);
    if (this.#table !== undefined) this.#scene.add(this.#table.object);
    this.#studio.suit(scene);
    this.#arrange();
  }

  setCompare(compare: CompareMode): void {
    this.compare = compare;
    this.#arrange();
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#arrange();
  }

  /** Shows the gauges and trails, or not. */
  setDetails(details: { readonly torques: boolean; readonly trails: boolean }): void {
    for (const actor of this.actors) {
      actor.figure.showRings(details.torques);
      for (const trail of actor.trails) trail.object.visible = details.trails;
    }
    this.dirty = true;
  }

  get pose(): CameraPose {
    const { position } = this.camera;
    const { target } = this.controls;
    return { position: [position.x, position.y, position.z], target: [target.x, target.y, target.z] };
  }

  setPose({ position, target }: CameraPose): void {
    this.camera.position.set(...position);
    this.controls.target.set(...target);
    this.controls.update();
    this.dirty = true;
  }

  /** Turns the camera about its target, radians, and moves it nearer by a factor. */
  orbit(around: number, up: number, nearer = 1): void {
    const offset = this.camera.position.clone().sub(this.controls.target);
    offset.applyAxisAngle(new Vector3(0, 0, 1), around);
    const right = new Vector3().crossVectors(this.camera.up, offset).normalize();
    const tilted = offset.clone().applyAxisAngle(right, -up);
    // Not over the top: there the world would turn upside down.
    if (Math.hypot(tilted.x, tilted.y) > 0.02 * tilted.length()) offset.copy(tilted);
    this.camera.position.copy(this.controls.target).add(offset.divideScalar(nearer));
    this.controls.update();
    this.dirty = true;
  }

  /** Where a point of the world, m, is on the screen in a policy's part of the picture: CSS pixels of the window. */
  onScreen(slot: number, point: readonly number[]): [number, number] | null {
    const place = this.viewports[this.compare === "split" ? slot : 0];
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    if (place === undefined || point.length < 3) return null;
    this.#fitView(place.width * width, place.height * height);
    this.camera.updateMatrixWorld();
    const seen = new Vector3(point[0], point[1], point[2]).project(this.camera);
    return [
      left + width * (place.left + (place.width * (seen.x + 1)) / 2),
      top + height * (place.top + (place.height * (1 - seen.y)) / 2),
    ];
  }

  /** Fits the picture to its element; CSS pixels. */
  resize(width: number, height: number, screenPixels: number): void {
    this.#size.set(Math.max(1, width), Math.max(1, height));
    this.#screenPixels = screenPixels;
    this.#resting = false;
    this.#setRatio(this.#quality.current.pixels);
    this.#arrange();
  }

  /** Draws. */
  render(): void {
    this.dirty = false;
    if (this.#resting) {
      this.#resting = false;
      this.#setRatio(this.#quality.current.pixels);
    }
    this.#draw(this.#renderer, this.#size.x, this.#size.y);
  }

  /** Draws a picture that will stand for a while once more, with all of the screen's pixels. */
  renderAtRest(): void {
    if (this.#resting || this.#quality.current.pixels >= 1) return;
    this.#resting = true;
    this.#setRatio(1);
    this.#draw(this.#renderer, this.#size.x, this.#size.y);
  }

  /** Draws at a size of its own for a while, pixels, with nothing covered; `work` draws with `renderNow`. */
  async atSize<T>(width: number, height: number, work: () => Promise<T> | T): Promise<T> {
    const ratio = this.#renderer.getPixelRatio();
    const { viewports, coveredTop } = this;
    const shown = this.#size.clone();
    this.#renderer.setPixelRatio(1);
    this.#renderer.setSize(width, height, false);
    this.#size.set(width, height);
    this.coveredTop = 0;
    if (this.compare === "split") this.viewports = splitPicture(this.actors.length, width / height);
    try {
      return await work();
    } finally {
      this.viewports = viewports;
      this.coveredTop = coveredTop;
      this.#size.copy(shown);
      this.#renderer.setPixelRatio(ratio);
      this.#renderer.setSize(shown.x, shown.y, false);
      this.dirty = true;
    }
  }

  /** Hears how long a frame took, ms: a machine that is too slow gets a plainer picture. */
  noteFrame(elapsed: number): void {
    if (this.#quality.noteFrame(elapsed)) this.resize(this.#size.x, this.#size.y, devicePixelRatio);
  }

  #setRatio(pixels: number): void {
    this.#renderer.setPixelRatio(Math.min(this.#screenPixels, pixels));
    this.#renderer.setSize(this.#size.x, this.#size.y, false);
  }

  #draw(renderer: WebGLRenderer, width: number, height: number): void {
    renderer.setScissorTest(true);
    this.viewports.forEach((viewport, i) => {
      const left = Math.round(viewport.left * width);
      const right = Math.round((viewport.left + viewport.width) * width);
      const top = Math.round(viewport.top * height);
      const bottom = Math.round((viewport.top + viewport.height) * height);
      renderer.setViewport(left, height - bottom, right - left, bottom - top);
      renderer.setScissor(left, height - bottom, right - left, bottom - top);
      if (this.compare === "split") {
        for (const [slot, actor] of this.actors.entries()) actor.object.visible = slot === i;
      }
      this.#fitView(right - left, bottom - top);
      renderer.render(this.#scene, this.camera);
    });
    renderer.setScissorTest(false);
  }

  /** A tall, narrow picture must still show the arm's whole width. */
  #fitView(width: number, height: number): void {
    // What the cards cover does not count, and the middle of the rest is the middle.
    const covered = Math.min(this.coveredTop, 0.4 * height);
    const free = width / (height - covered);
    this.camera.aspect = width / height;
    this.camera.fov =
      FIELD_OF_VIEW_DEGREES * (height / (height - 0.35 * covered)) * Math.min(1.7, Math.max(1, 1.12 / free));
    this.camera.setViewOffset(width, height, 0, -0.36 * covered, width, height);
  }

  #arrange(): void {
    const { colors, compare } = this;
    this.viewports = splitPicture(compare === "split" ? this.actors.length : 1, this.#size.x / this.#size.y);
    this.#scene.background = new Color(colors.background);
    this.#studio.setColors(colors, this.#quality.current);
    if (this.#quality.current.shine) this.#surroundings ??= Studio.bakeSurroundings(this.#renderer);
    const surroundings = this.#quality.current.shine ? (this.#surroundings ?? null) : null;
    this.#table?.setColors(colors, surroundings);
    for (const [slot, actor] of this.actors.entries()) {
      actor.object.visible = true;
      actor.setColors(colors, surroundings);
      actor.setGhost(compare === "ghost" && slot > 0, colors);
      // Laid over each other, policies pursue one goal: one marker is enough.
      actor.goal.object.visible = compare === "split" || slot === 0;
    }
    this.dirty = true;
  }
}
