/** @file What `window.steadyarm` tells of the page. */

/** A snapshot of the page, plain data. */
export interface PageSnapshot {
  readonly connection: string;
  readonly mode: string;
  readonly compare: string;
  readonly playing: boolean;
  /** Seconds on the page's clock, and what it runs to. */
  readonly time: number;
  readonly duration: number;
  readonly speed: number;
  readonly seed: number;
  readonly live: boolean;
  readonly seeds: readonly number[];
  /** Seeds whose episodes have come. */
  readonly known: readonly number[];
  readonly slots: readonly {
    readonly source: string;
    readonly name: string;
    readonly step: number | null;
    /** Where the goal is, and where the end effector is shown, m. */
    readonly goal: readonly number[];
    readonly endEffector: readonly number[];
    readonly distance: number;
    /** Where the things of the scene are drawn, m, and how far each finger is drawn from shut, m. */
    readonly objects: readonly (readonly number[])[];
    readonly openings: readonly number[];
    /** Where they are in the picture, in CSS pixels of the window; null where they are not drawn. */
    readonly goalOnScreen: readonly [number, number] | null;
    readonly endEffectorOnScreen: readonly [number, number] | null;
    readonly objectsOnScreen: readonly (readonly [number, number] | null)[];
  }[];
  readonly camera: readonly number[] | null;
  /** The push that acts on the first arm, N; 0 for none. */
  readonly push: number;
  readonly noise: number;
  readonly notice: string;
}
