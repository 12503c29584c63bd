/** @file The animation loop: advances the clock, renders the scene and updates the page when something has changed. */

import type { Exporter } from "./exports/exporter.ts";
import type { SlotCards } from "./page/slot-cards.ts";
import type { Timeline } from "./page/timeline.ts";
import type { EpisodePlots } from "./panel/episode-plots.ts";
import type { Panel } from "./panel/panel.ts";
import type { PhysicsPanel } from "./panel/physics-panel.ts";
import type { TrainingPlots } from "./panel/training-plots.ts";
import type { PlaybackClock } from "./playback/playback-clock.ts";
import type { PlaybackController } from "./playback/playback-controller.ts";
import type { SceneView } from "./scene/scene-view.ts";
import type { PageStore } from "./state/page-state.ts";
import type { ViewData } from "./state/view-data.ts";

/** Milliseconds between updates of plots and page in live mode. */
const LIVE_PLOTS_INTERVAL = 150;
const LIVE_REFRESH_INTERVAL = 600;

/** Milliseconds without a change after which the picture is rendered at full resolution. */
const REST_DELAY = 500;

/** Milliseconds from which a frame does not count as slow: the page was in the background. */
const MAX_FRAME_TIME = 1000;

export interface FrameLoopParts {
  readonly store: PageStore;
  readonly data: ViewData;
  readonly clock: PlaybackClock;
  readonly playback: PlaybackController;
  /** Undefined without WebGL. */
  readonly scene: SceneView | undefined;
  readonly exporter: Exporter;
  readonly cards: SlotCards;
  readonly timeline: Timeline;
  readonly panel: Panel;
  readonly physics: PhysicsPanel;
  readonly episodePlots: EpisodePlots;
  readonly trainingPlots: TrainingPlots;
  /** Further parts of the page that are drawn from store and data. */
  readonly others: readonly { refresh(): void }[];
}

export class FrameLoop {
  readonly #parts: FrameLoopParts;
  #needsRefresh = true;
  #needsLayout = true;
  #needsPlots = false;
  #hasNewState = false;
  #lastFrame = performance.now();
  #lastRender = 0;
  #lastRefresh = 0;
  #lastPlots = 0;
  /** Time of the clock in the previous frame. */
  #lastTime = -1;

  constructor(parts: FrameLoopParts) {
    this.#parts = parts;
  }

  start(): void {
    requestAnimationFrame((now) => {
      this.#frame(now);
      this.start();
    });
  }

  /** Updates the page in the next frame. */
  requestRefresh(): void {
    this.#needsRefresh = true;
  }

  /** Updates the page, and fits the picture below the cards, whose height may have changed. */
  requestLayout(): void {
    this.#needsLayout = true;
    this.#needsRefresh = true;
  }

  /** Fits the plots to the panel and updates them in the next frame. */
  requestPlots(): void {
    this.#needsPlots = true;
  }

  /** Shows a changed state of the arms in the next frame, also if its time is that of the last one. */
  requestRender(): void {
    this.#hasNewState = true;
    if (this.#parts.scene !== undefined) this.#parts.scene.needsRender = true;
  }

  get #isLive(): boolean {
    const { store, data } = this.#parts;
    return store.state.mode === "live" && data.view?.live === true;
  }

  #frame(now: number): void {
    const elapsed = now - this.#lastFrame;
    this.#lastFrame = now;
    this.#advanceClock(elapsed);
    if (this.#needsRefresh) this.#refresh();
    const hasMoved = this.#parts.clock.time !== this.#lastTime;
    this.#lastTime = this.#parts.clock.time;
    this.#render(now, elapsed, hasMoved);
    if (this.#isLive) {
      this.#parts.playback.live.acknowledge();
      if (now - this.#lastRefresh > LIVE_REFRESH_INTERVAL) {
        this.#lastRefresh = now;
        this.#needsRefresh = true;
      }
    }
    this.#parts.timeline.tick();
    if (hasMoved || this.#hasNewState || this.#needsPlots) {
      this.#hasNewState = false;
      this.#parts.cards.tick(this.#parts.clock.time);
      this.#parts.physics.tick(this.#parts.clock.time);
      this.#updatePlots(now);
    }
  }

  #advanceClock(elapsed: number): void {
    const { store, data, clock, exporter } = this.#parts;
    if (data.view !== undefined && this.#isLive) {
      const ends = data.view.motions.map(({ times, moments }) => times[moments - 1] ?? 0);
      const newest = Math.max(0, ...ends);
      clock.setDuration(newest);
      if (store.state.following) clock.seek(newest);
    } else if (!exporter.isBusy) clock.advance(elapsed / 1000);
  }

  #refresh(): void {
    const { clock, scene, cards, timeline, panel, trainingPlots, others } = this.#parts;
    this.#needsRefresh = false;
    for (const part of [timeline, panel, ...others]) part.refresh();
    cards.refresh(scene);
    if (this.#needsLayout && scene !== undefined) {
      this.#needsLayout = false;
      // The cards have their final height only with all their text.
      cards.tick(clock.time);
      scene.coveredTop = cards.coveredTop;
      scene.needsRender = true;
    }
    trainingPlots.refresh();
    this.#needsPlots = true;
  }

  #render(now: number, elapsed: number, hasMoved: boolean): void {
    const { data, clock, playback, scene, exporter } = this.#parts;
    if (data.view === undefined || scene === undefined || exporter.isBusy) return;
    if (hasMoved || scene.needsRender) {
      scene.show(data.view, clock.time, playback.live.frame);
      scene.controls.update();
      scene.render();
      this.#lastRender = now;
      if (hasMoved && elapsed < MAX_FRAME_TIME) scene.reportFrameTime(elapsed);
    } else if (now - this.#lastRender > REST_DELAY) scene.renderAtRest();
  }

  #updatePlots(now: number): void {
    const { store, clock, panel, episodePlots, trainingPlots } = this.#parts;
    const isDue = this.#isLive && now - this.#lastPlots > LIVE_PLOTS_INTERVAL;
    if (store.state.tab === "episode" && (this.#needsPlots || isDue || !this.#isLive)) {
      if (isDue) episodePlots.refresh();
      if (this.#needsPlots) episodePlots.fit(panel.width);
      episodePlots.setTime(clock.time);
      this.#lastPlots = now;
    } else if (store.state.tab === "training" && this.#needsPlots) trainingPlots.fit(panel.width);
    this.#needsPlots = false;
  }
}
