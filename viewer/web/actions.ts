/** @file Everything a person can do, once: buttons, keys and the palette all call these. */

import type { Vec3 } from "../../shared/vec3.ts";
import { CAMERA_PRESETS, presetPose } from "./camera-presets.ts";
import { type CompareMode, MOST_SLOTS, type SeeingMode, type SlotChoice } from "./deep-link.ts";
import type { Director } from "./director.ts";
import type { PageStore, PanelTab, ThemeChoice } from "./page-state.ts";
import type { PlaybackClock } from "./playback-clock.ts";
import type { Stage } from "./scene/stage.ts";
import type { ViewData } from "./view-data.ts";

/** What actions act on. The stage is missing where the browser has no WebGL. */
export interface ActionParts {
  readonly store: PageStore;
  readonly data: ViewData;
  readonly clock: PlaybackClock;
  readonly director: Director;
  readonly stage: Stage | undefined;
  /** Says something to those who do not see the page. */
  readonly announce: (text: string) => void;
}

export class Actions {
  readonly #parts: ActionParts;
  #preset = 0;

  constructor(parts: ActionParts) {
    this.#parts = parts;
  }

  get #live(): boolean {
    return this.#parts.store.state.mode === "live";
  }

  get playing(): boolean {
    return this.#live ? this.#parts.director.live.playing : this.#parts.clock.playing;
  }

  togglePlay(): void {
    const { clock, director, store, announce } = this.#parts;
    const playing = !this.playing;
    if (this.#live) {
      if (playing) store.update({ following: true });
      director.live.play(playing);
    } else if (playing) clock.play();
    else clock.pause();
    announce(playing ? "Playing" : `Paused at ${clock.time.toFixed(2)} seconds`);
  }

  /** Pauses, and goes one action forth or back. */
  step(direction: 1 | -1): void {
    const { clock, data, director, store } = this.#parts;
    const timestep = data.showing?.scene.controlTimestep ?? 0.04;
    if (this.#live && direction > 0 && store.state.following) {
      director.live.step();
      return;
    }
    if (this.#live) store.update({ following: false });
    else clock.pause();
    // To whole steps, so that stepping forth and back meets the same moments.
    const step =
      direction > 0
        ? Math.floor(clock.time / timestep + 1e-6) + 1
        : Math.ceil(clock.time / timestep - 1e-6) - 1;
    this.seek(step * timestep);
  }

  /** Goes to a time, seconds. In a live view that is the past. */
  seek(time: number): void {
    const { clock, store } = this.#parts;
    if (this.#live) store.update({ following: time >= clock.duration - 1e-3 });
    clock.seek(time);
  }

  seekBy(seconds: number): void {
    this.seek(this.#parts.clock.time + seconds);
  }

  toEnd(): void {
    this.seek(this.#parts.clock.duration);
  }

  setSpeed(speed: number): void {
    this.#parts.clock.setSpeed(speed);
    if (this.#live) this.#parts.director.live.setSpeed(this.#parts.clock.speed);
  }

  changeSpeed(direction: 1 | -1): void {
    this.#parts.clock.changeSpeed(direction);
    this.setSpeed(this.#parts.clock.speed);
    this.#parts.announce(`Speed ${this.#parts.clock.speed} times`);
  }

  setMode(mode: SeeingMode): void {
    const { store, clock, announce } = this.#parts;
    store.update({ mode, following: true });
    if (mode === "replay") clock.play();
    announce(mode === "live" ? "Live: the arms can be pushed and the goal dragged" : "Replaying episodes");
  }

  toggleMode(): void {
    this.setMode(this.#live ? "replay" : "live");
  }

  setCompare(compare: CompareMode): void {
    this.#parts.store.update({ compare });
    this.#parts.announce(compare === "ghost" ? "Laid over each other" : "Side by side");
  }

  toggleGhost(): void {
    this.setCompare(this.#parts.store.state.compare === "ghost" ? "split" : "ghost");
  }

  showSlots(slots: readonly SlotChoice[]): void {
    if (slots.length > 0 && slots.length <= MOST_SLOTS) this.#parts.store.update({ slots: [...slots] });
  }

  /** Leaves one policy alone on stage, by its place. */
  soloSlot(slot: number): void {
    const choice = this.#parts.store.state.slots[slot];
    if (choice !== undefined) this.showSlots([choice]);
  }

  removeSlot(slot: number): void {
    this.showSlots(this.#parts.store.state.slots.filter((_, i) => i !== slot));
  }

  /** Shows a policy as it was after so many training steps; null as it is now. */
  setCheckpoint(slot: number, step: number | null): void {
    const { slots } = this.#parts.store.state;
    const changed = slots.map((choice, i) => {
      if (i !== slot) return choice;
      return step === null ? { source: choice.source } : { source: choice.source, step };
    });
    if (changed[slot]?.step !== slots[slot]?.step) this.#parts.store.update({ slots: changed });
  }

  /** Shows all policies as they were nearest to a training step. */
  growTo(step: number): void {
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
      ...(this.#live ? { goal: null } : {}),
    });
    clock.seek(0);
    if (!this.#live) clock.play();
    announce(`Episode with seed ${seed}`);
  }

  /** An episode that nobody has seen yet. */
  newSeed(): void {
    this.setSeed(Math.max(...this.#parts.store.state.seeds, this.#parts.store.state.seed) + 1);
  }

  /** The next episode of the list, or the one before. */
  changeEpisode(direction: 1 | -1): void {
    const { seeds, seed } = this.#parts.store.state;
    const next = seeds[(seeds.indexOf(seed) + direction + seeds.length) % seeds.length];
    if (next !== undefined) this.setSeed(next);
  }

  /** The same episode from its start. */
  restart(): void {
    if (this.#live) this.#parts.director.live.reset();
    else {
      this.#parts.clock.seek(0);
      this.#parts.clock.play();
    }
  }

  /** Puts the goal somewhere, m; null where the seed has it. */
  setGoal(goal: Vec3 | null): void {
    this.#parts.store.update({ goal });
  }

  setNoise(noise: number): void {
    this.#parts.store.update({ noise: Math.min(Math.max(noise, 0), 1) });
  }

  cameraPreset(index: number): void {
    const { stage, data, announce } = this.#parts;
    const preset = CAMERA_PRESETS[(index + CAMERA_PRESETS.length) % CAMERA_PRESETS.length];
    const showing = data.showing;
    if (stage === undefined || preset === undefined || showing === undefined) return;
    this.#preset = CAMERA_PRESETS.indexOf(preset);
    stage.setPose(presetPose(preset, showing.scene, showing.goals[0]));
    announce(`Camera: ${preset.name}`);
  }

  nextCamera(direction: 1 | -1): void {
    this.cameraPreset(this.#preset + direction);
  }

  turnCamera(around: number, up: number, nearer = 1): void {
    this.#parts.stage?.orbit(around, up, nearer);
  }

  setTab(tab: PanelTab): void {
    this.#parts.store.update({ tab, panelOpen: true });
  }

  togglePanel(): void {
    this.#parts.store.update({ panelOpen: !this.#parts.store.state.panelOpen });
  }

  toggleTorques(): void {
    this.#parts.store.update({ showTorques: !this.#parts.store.state.showTorques });
  }

  toggleTrails(): void {
    this.#parts.store.update({ showTrails: !this.#parts.store.state.showTrails });
  }

  setTheme(theme: ThemeChoice): void {
    this.#parts.store.update({ theme });
  }
}
