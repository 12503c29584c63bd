/** @file The type of `window.steadyarm`. */

/** The displayed state as plain data. */
export interface PageSnapshot {
  readonly connection: string;
  readonly mode: string;
  readonly compare: string;
  readonly playing: boolean;
  /** Time and duration of the playback clock, seconds. */
  readonly time: number;
  readonly duration: number;
  readonly speed: number;
  readonly seed: number;
  readonly live: boolean;
  /** Seeds in the list of episodes. */
  readonly seeds: readonly number[];
  /** Those whose episodes are loaded. */
  readonly loadedSeeds: readonly number[];
  readonly slots: readonly {
    readonly source: string;
    readonly name: string;
    readonly step: number | null;
    /** Positions as drawn, m. */
    readonly goal: readonly number[];
    readonly endEffector: readonly number[];
    /** Joint angles as drawn, rad. */
    readonly angles: readonly number[];
    readonly objects: readonly (readonly number[])[];
    /** Distance of each finger from its closed position as drawn, m. */
    readonly openings: readonly number[];
    /** What is drawn of the arm: its looks, the shapes that stand for its links, or both; null without WebGL. */
    readonly body: "visual" | "collision" | "both" | null;
    /** What the physics inspector draws. */
    readonly inspected: readonly string[];
    /** Contacts that are drawn. */
    readonly contacts: number;
    /** Distance to the goal, m. */
    readonly distance: number;
    /** Pixel positions in the window, CSS pixels; null without WebGL. */
    readonly goalOnScreen: readonly [number, number] | null;
    readonly endEffectorOnScreen: readonly [number, number] | null;
    readonly objectsOnScreen: readonly (readonly [number, number] | null)[];
  }[];
  /** Position and target of the camera, m. */
  readonly camera: readonly number[] | null;
  /** Force of the push on the first arm, N; 0 without a push. */
  readonly push: number;
  readonly noise: number;
  readonly notice: string;
}
