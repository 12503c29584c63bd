/** @file The user's actions. Buttons, keys and the command palette all call these. */

import { MAX_SLOTS } from "../../../shared/protocol.ts";
import type { Vec3 } from "../../../shared/vec3.ts";
import type { PlaybackClock } from "../playback/playback-clock.ts";
import type { PlaybackController } from "../playback/playback-controller.ts";
import { CAMERA_PRESETS, presetPose } from "../scene/camera-presets.ts";
import type { SceneView } from "../scene/scene-view.ts";
import {
  BODY_VIEWS,
  type CompareMode,
  type PanelTab,
  type SlotChoice,
  type ViewMode,
} from "../state/deep-link.ts";
import { DEFAULT_LAYERS, LAYER_NAMES, type Layer, withLayer } from "../state/inspector-layers.ts";
import type { PageStore } from "../state/page-state.ts";
import type { ViewData } from "../state/view-data.ts";

export interface ActionParts {
  readonly store: PageStore;
  readonly data: ViewData;
  readonly clock: PlaybackClock;
  readonly playback: PlaybackController;
  /** Undefined without WebGL. */
  readonly scene: SceneView | undefined;
  /** Announces a text to screen readers. */
  readonly announce: (text: string) => void;
}

export class Actions {
  readonly #parts: ActionParts;
  /** Index of the last selected camera preset. */
  #preset = 0;

  constructor(parts: ActionParts) {
    this.#parts = parts;
  }

  get #isLive(): boolean {
    return this.#parts.store.state.mode === "live";
  }

  get playing(): boolean {
    return this.#isLive ? this.#parts.playback.live.playing : this.#parts.clock.playing;
  }

  togglePlay(): void {
    const { clock, playback, store, announce } = this.#parts;
    const playing = !this.playing;
    if (this.#isLive) {
      if (playing) store.update({ following: true });
      playback.live.setPlaying(playing);
    } else if (playing) clock.play();
    else clock.pause();
    announce(playing ? "Playing" : `Paused at ${clock.time.toFixed(2)} seconds`);
  }

  /** Pauses and moves one control step forward or back. */
  step(direction: 1 | -1): void {
    const { clock, data, playback, store } = this.#parts;
    if (this.#isLive && direction > 0 && store.state.following) {
      playback.live.step();
      return;
    }
    if (this.#isLive) store.update({ following: false });
    else clock.pause();
    // Moves to a multiple of the timestep, so that steps in both directions reach the same times.
    const timestep = data.view?.scene.controlTimestep ?? 0.04;
    const index =
      direction > 0
        ? Math.floor(clock.time / timestep + 1e-6) + 1
        : Math.ceil(clock.time / timestep - 1e-6) - 1;
    this.seek(index * timestep);
  }

  /** Moves to a time, seconds: in live mode, of the recorded past. */
  seek(time: number): void {
    const { clock, store } = this.#parts;
    if (this.#isLive) store.update({ following: time >= clock.duration - 1e-3 });
    clock.seek(time);
  }

  seekBy(seconds: number): void {
    this.seek(this.#parts.clock.time + seconds);
  }

  seekToEnd(): void {
    this.seek(this.#parts.clock.duration);
  }

  setSpeed(speed: number): void {
    this.#parts.clock.setSpeed(speed);
    if (this.#isLive) this.#parts.playback.live.setSpeed(this.#parts.clock.speed);
  }

  changeSpeed(direction: 1 | -1): void {
    const { clock, announce } = this.#parts;
    clock.changeSpeed(direction);
    this.setSpeed(clock.speed);
    announce(`Speed ${clock.speed} times`);
  }

  setMode(mode: ViewMode): void {
    const { store, clock, announce } = this.#parts;
    store.update({ mode, following: true });
    if (mode === "replay") clock.play();
    announce(mode === "live" ? "Live mode: drag the goal, or a link to push it" : "Replay mode");
  }

  toggleMode(): void {
    this.setMode(this.#isLive ? "replay" : "live");
  }

  setCompare(compare: CompareMode): void {
    this.#parts.store.update({ compare });
    this.#parts.announce(compare === "ghost" ? "Overlaid" : "Side by side");
  }

  toggleCompare(): void {
    this.setCompare(this.#parts.store.state.compare === "ghost" ? "split" : "ghost");
  }

  showSlots(slots: readonly SlotChoice[]): void {
    if (slots.length > 0 && slots.length <= MAX_SLOTS)
      this.#parts.store.update({ slots: [...slots], solo: null });
  }

  /** Shows only one policy of the comparison, or all again if it is shown alone already. */
  toggleOnly(index: number): void {
    const { store, announce } = this.#parts;
    if (store.state.solo?.index === index) {
      this.showAll();
      return;
    }
    const all = this.#allSlots();
    const choice = all[index];
    if (choice === undefined || all.length < 2) return;
    store.update({ slots: [choice], solo: { index, slots: all } });
    announce(`Only policy ${index + 1} of ${all.length}`);
  }

  /** Shows all policies of the comparison again. */
  showAll(): void {
    if (this.#parts.store.state.solo !== null) this.showSlots(this.#allSlots());
  }

  /** The policies of the comparison, with the checkpoint of the one that is shown alone. */
  #allSlots(): readonly SlotChoice[] {
    const { slots, solo } = this.#parts.store.state;
    return solo === null
      ? slots
      : solo.slots.map((each, i) => (i === solo.index ? (slots[0] ?? each) : each));
  }

  removeSlot(slot: number): void {
    this.showSlots(this.#parts.store.state.slots.filter((_, i) => i !== slot));
  }

  /** Shows the checkpoint of a training step in a slot; null shows the newest. */
  setCheckpoint(slot: number, step: number | null): void {
    const { slots } = this.#parts.store.state;
    const changed = slots.map((choice, i) => {
      if (i !== slot) return choice;
      return step === null ? { source: choice.source } : { source: choice.source, step };
    });
    if (changed[slot]?.step !== slots[slot]?.step) this.#parts.store.update({ slots: changed });
  }

  /** Shows the checkpoint nearest to a training step in every slot. */
  setCheckpoints(step: number): void {
    const { store, data } = this.#parts;
    const slots = store.state.slots.map((choice) => {
      const steps = data.source(choice.source)?.steps ?? [];
      const nearest = steps.reduce<number | undefined>(
        (best, x) => (best === undefined || Math.abs(x - step) < Math.abs(best - step) ? x : best),
        undefined,
      );
      return nearest === undefined ? choice : { source: choice.source, step: nearest };
    });
    store.update({ slots });
  }

  setSeed(seed: number): void {
    const { store, clock, announce } = this.#parts;
    const { seeds } = store.state;
    store.update({
      seed,
      seeds: seeds.includes(seed) ? seeds : [...seeds, seed],
      ...(this.#isLive ? { goal: null } : {}),
    });
    clock.seek(0);
    if (!this.#isLive) clock.play();
    announce(`Episode with seed ${seed}`);
  }

  /** Selects the seed after the largest of the list. */
  newSeed(): void {
    this.setSeed(Math.max(...this.#parts.store.state.seeds, this.#parts.store.state.seed) + 1);
  }

  /** Selects the next or previous episode of the list. */
  changeEpisode(direction: 1 | -1): void {
    const { seeds, seed } = this.#parts.store.state;
    const next = seeds[(seeds.indexOf(seed) + direction + seeds.length) % seeds.length];
    if (next !== undefined) this.setSeed(next);
  }

  restart(): void {
    if (this.#isLive) this.#parts.playback.live.reset();
    else {
      this.#parts.clock.seek(0);
      this.#parts.clock.play();
    }
  }

  /** Sets the goal, m; null restores the one drawn from the seed. */
  setGoal(goal: Vec3 | null): void {
    this.#parts.store.update({ goal });
  }

  setNoise(noise: number): void {
    this.#parts.store.update({ noise: Math.min(Math.max(noise, 0), 1) });
  }

  setCameraPreset(index: number): void {
    const { scene, data, announce } = this.#parts;
    const preset = CAMERA_PRESETS[(index + CAMERA_PRESETS.length) % CAMERA_PRESETS.length];
    if (scene === undefined || preset === undefined || data.view === undefined) return;
    this.#preset = CAMERA_PRESETS.indexOf(preset);
    scene.setPose(presetPose(preset, data.view.scene, data.view.goals[0]));
    announce(`Camera: ${preset.name}`);
  }

  changeCameraPreset(direction: 1 | -1): void {
    this.setCameraPreset(this.#preset + direction);
  }

  orbitCamera(around: number, up: number, zoom = 1): void {
    this.#parts.scene?.orbit(around, up, zoom);
  }

  setTab(tab: PanelTab): void {
    this.#parts.store.update({ tab, panelOpen: true });
  }

  togglePanel(): void {
    this.#parts.store.update({ panelOpen: !this.#parts.store.state.panelOpen });
  }

  /** Lets the camera move with the tools, or stay. */
  toggleFollow(): void {
    const { store, announce } = this.#parts;
    const followTools = !store.state.followTools;
    store.update({ followTools });
    announce(followTools ? "The camera follows the tools" : "The camera stays");
  }

  toggleTorques(): void {
    this.#parts.store.update({ showTorques: !this.#parts.store.state.showTorques });
  }

  /** Shows in turn what the arms look like, the shapes that stand for their links, and both. */
  cycleBody(): void {
    const { store, announce } = this.#parts;
    const body = BODY_VIEWS[(BODY_VIEWS.indexOf(store.state.body) + 1) % BODY_VIEWS.length] ?? "visual";
    store.update({ body });
    announce(`Arms: ${body === "both" ? "visual and collision shapes" : `${body} shapes`}`);
  }

  /** Switches the physics inspector on, with the layers of its key, or off. */
  toggleInspector(): void {
    const { store, announce } = this.#parts;
    const layers = store.state.layers.length > 0 ? [] : DEFAULT_LAYERS;
    store.update({ layers });
    announce(layers.length > 0 ? "Physics inspector on" : "Physics inspector off");
  }

  /** Switches one layer of the physics inspector on or off. */
  toggleLayer(layer: Layer): void {
    const { store, announce } = this.#parts;
    const on = !store.state.layers.includes(layer);
    store.update({ layers: withLayer(store.state.layers, layer, on) });
    announce(`Inspector: ${LAYER_NAMES[layer]} ${on ? "on" : "off"}`);
  }

  toggleTrails(): void {
    this.#parts.store.update({ showTrails: !this.#parts.store.state.showTrails });
  }
}
