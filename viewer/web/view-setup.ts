/** @file Prepares scene, camera, clock and plots for another episode or live session. */

import type { PointerControls } from "./controls/pointer-controls.ts";
import type { FrameLoop } from "./frame-loop.ts";
import type { EpisodePlots } from "./panel/episode-plots.ts";
import type { PlaybackClock } from "./playback/playback-clock.ts";
import { CAMERA_PRESETS, presetPose } from "./scene/camera-presets.ts";
import type { SceneView } from "./scene/scene-view.ts";
import type { DeepLink } from "./state/deep-link.ts";
import type { PageStore } from "./state/page-state.ts";
import type { View, ViewData } from "./state/view-data.ts";

export interface ViewSetupParts {
  readonly store: PageStore;
  readonly data: ViewData;
  readonly clock: PlaybackClock;
  /** Undefined without WebGL. */
  readonly scene: SceneView | undefined;
  readonly pointerControls: PointerControls | undefined;
  readonly episodePlots: EpisodePlots;
  readonly loop: FrameLoop;
}

export class ViewSetup {
  readonly #parts: ViewSetupParts;
  readonly #link: DeepLink;
  /** Environment of the previous view; undefined before the first. */
  #previousEnv: string | undefined;

  /** @param link sets camera and time of the first view */
  constructor(parts: ViewSetupParts, link: DeepLink) {
    this.#parts = parts;
    this.#link = link;
  }

  /** Prepares the current view of the data. */
  apply(): void {
    const { data, clock, episodePlots, loop } = this.#parts;
    const { view } = data;
    if (view === undefined) return;
    clock.setDuration(Math.max(0, ...view.motions.map(({ moments, times }) => times[moments - 1] ?? 0)));
    this.#setScene(view);
    if (this.#previousEnv === undefined) this.#startClock();
    this.#previousEnv = view.scene.env;
    episodePlots.rebuild();
    loop.requestLayout();
  }

  #setScene(view: View): void {
    const { store, scene, pointerControls } = this.#parts;
    if (scene === undefined) return;
    scene.setArms(view.scene, view.slots.length);
    scene.arms.forEach((arm, slot) => {
      arm.torqueScale = view.slots[slot]?.torqueScale ?? 1;
    });
    scene.setDetails(store.state);
    pointerControls?.setScene(view.scene);
    // Another environment has another size.
    if (this.#previousEnv === view.scene.env) return;
    const linked = this.#previousEnv === undefined ? this.#link.camera : undefined;
    scene.setPose(linked ?? presetPose(CAMERA_PRESETS[0], view.scene));
  }

  /** Starts the first episode, or pauses it at the time of the link. */
  #startClock(): void {
    const { clock } = this.#parts;
    if (this.#link.time !== undefined) clock.seek(this.#link.time);
    else if (!matchMedia("(prefers-reduced-motion: reduce)").matches) clock.play();
  }
}
