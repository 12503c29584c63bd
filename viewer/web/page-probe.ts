/**
 * @file `window.steadyarm`: what the page shows, to be read by tests and curious people. Reading changes nothing.
 */

import type { Actions } from "./actions.ts";
import type { Director } from "./director.ts";
import type { PageSnapshot } from "./page-snapshot.ts";
import type { PageStore } from "./page-state.ts";
import type { PlaybackClock } from "./playback-clock.ts";
import type { Stage } from "./scene/stage.ts";
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
  readonly director: Director;
  readonly stage: Stage | undefined;
  readonly actions: Actions;
}

/** Makes the page's state readable as `window.steadyarm`; each reading is a new snapshot. */
export function exposeProbe(parts: ProbedParts): void {
  Object.defineProperty(window, "steadyarm", { get: () => Object.freeze(snapshot(parts)) });
}

function snapshot({ store, data, clock, director, stage, actions }: ProbedParts): PageSnapshot {
  const { connection, mode, compare, seed, seeds, noise, notice } = store.state;
  const showing = data.showing;
  const force = director.live.frame?.slots[0];
  const pose = stage?.pose;
  return {
    connection,
    mode,
    compare,
    playing: actions.playing,
    time: clock.time,
    duration: clock.duration,
    speed: mode === "live" ? director.live.speed : clock.speed,
    seed: showing?.seed ?? seed,
    live: showing?.live ?? false,
    seeds,
    known: seeds.filter((each) => data.shelf.get(each) !== undefined),
    slots: (showing?.slots ?? []).map(({ source, name, step }, slot) => {
      const actor = stage?.actors[slot];
      const goal = [...(showing?.goals[slot] ?? [])];
      const objects = actor?.things.places ?? [];
      const endEffector = [...(actor?.sample.endEffector ?? [])];
      return {
        source,
        name,
        step,
        goal,
        endEffector,
        objects,
        openings: actor?.figure.openings ?? [],
        distance: actor?.sample.distance ?? Number.NaN,
        goalOnScreen: stage?.onScreen(slot, goal) ?? null,
        endEffectorOnScreen: stage?.onScreen(slot, endEffector) ?? null,
        objectsOnScreen: objects.map((place) => stage?.onScreen(slot, place) ?? null),
      };
    }),
    camera: pose === undefined ? null : [...pose.position, ...pose.target],
    push: force === undefined || force.pushLink < 0 ? 0 : Math.hypot(...force.pushForce),
    noise,
    notice,
  };
}
