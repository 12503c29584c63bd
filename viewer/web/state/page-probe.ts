/** @file Exposes the displayed state as `window.steadyarm`, for tests and debugging. */

import type { Actions } from "../controls/actions.ts";
import type { PlaybackClock } from "../playback/playback-clock.ts";
import type { PlaybackController } from "../playback/playback-controller.ts";
import type { SceneView } from "../scene/scene-view.ts";
import type { PageSnapshot } from "./page-snapshot.ts";
import type { PageStore } from "./page-state.ts";
import type { ViewData } from "./view-data.ts";

declare global {
  interface Window {
    readonly steadyarm: PageSnapshot;
  }
}

export interface ProbedParts {
  readonly store: PageStore;
  readonly data: ViewData;
  readonly clock: PlaybackClock;
  readonly playback: PlaybackController;
  readonly scene: SceneView | undefined;
  readonly actions: Actions;
}

/** Defines `window.steadyarm`. Each read returns a new snapshot. */
export function exposeProbe(parts: ProbedParts): void {
  Object.defineProperty(window, "steadyarm", { get: () => Object.freeze(snapshot(parts)) });
}

function snapshot({ store, data, clock, playback, scene, actions }: ProbedParts): PageSnapshot {
  const { connection, mode, compare, seed, seeds, noise, notice } = store.state;
  const { view } = data;
  const firstArm = playback.live.frame?.slots[0];
  const pose = scene?.pose;
  return {
    connection,
    mode,
    compare,
    playing: actions.playing,
    time: clock.time,
    duration: clock.duration,
    speed: mode === "live" ? playback.live.speed : clock.speed,
    seed: view?.seed ?? seed,
    live: view?.live ?? false,
    seeds,
    loadedSeeds: seeds.filter((each) => data.episodes.get(each) !== undefined),
    slots: (view?.slots ?? []).map(({ source, name, step }, slot) => {
      const arm = scene?.arms[slot];
      const goal = [...(view?.goals[slot] ?? [])];
      const objects = arm?.objects.positions ?? [];
      const endEffector = [...(arm?.sample.endEffector ?? [])];
      return {
        source,
        name,
        step,
        goal,
        endEffector,
        angles: [...(arm?.sample.angles ?? [])],
        objects,
        openings: arm?.figure.openings ?? [],
        body: arm?.figure.drawn ?? null,
        inspected: arm?.inspector.shown ?? [],
        contacts: arm?.inspector.contacts.count ?? 0,
        distance: arm?.sample.distance ?? Number.NaN,
        goalOnScreen: scene?.onScreen(slot, goal) ?? null,
        endEffectorOnScreen: scene?.onScreen(slot, endEffector) ?? null,
        objectsOnScreen: objects.map((position) => scene?.onScreen(slot, position) ?? null),
      };
    }),
    camera: pose === undefined ? null : [...pose.position, ...pose.target],
    push: firstArm === undefined || firstArm.pushLink < 0 ? 0 : Math.hypot(...firstArm.pushForce),
    noise,
    notice,
  };
}
