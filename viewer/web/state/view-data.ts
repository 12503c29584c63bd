/** @file The data received from the server or loaded from a recording. */

import type { CurvesMessage, SessionMessage, SlotInfo, SourceInfo } from "../../../shared/protocol.ts";
import type { RunFindings } from "../../../shared/protocol-findings.ts";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { Vec3 } from "../../../shared/vec3.ts";
import { EpisodeCache } from "../playback/episode-cache.ts";
import type { Motion } from "../playback/motion.ts";
import type { SlotChoice } from "./deep-link.ts";

/** Training curves of one source. */
export interface Curves {
  readonly steps: readonly number[];
  /** Values by metric name, one for each step. */
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
}

/** The episode or live session that is displayed. */
export interface View {
  readonly scene: SceneMessage;
  readonly slots: readonly SlotInfo[];
  readonly motions: readonly Motion[];
  seed: number;
  readonly live: boolean;
  /** Goal of each slot, m. */
  goals: readonly Vec3[];
}

/** A slot in the panel, whether its arm is drawn or not. */
export type ShownSlot = Pick<SlotInfo, "source" | "name" | "step">;

export class ViewData {
  sources: readonly SourceInfo[] = [];
  /** By environment. */
  readonly scenes = new Map<string, SceneMessage>();
  /** By source id. */
  readonly curves = new Map<string, Curves>();
  /** By source id. */
  readonly findings = new Map<string, RunFindings>();
  readonly episodes = new EpisodeCache();
  /** Undefined until the first episode or live session is loaded. */
  view: View | undefined;
  /** The joined live session. */
  session: SessionMessage | undefined;

  source(id: string): SourceInfo | undefined {
    return this.sources.find((source) => source.id === id);
  }

  /** Whether there is an arm to draw for each chosen source. Environments of a user's module have none. */
  haveArms(slots: readonly SlotChoice[]): boolean {
    return slots.every(({ source }) => {
      const info = this.source(source);
      return info === undefined || this.scenes.has(info.env);
    });
  }

  /** The slots of the view; of sources without an arm the chosen ones, which have curves and findings all the same. */
  shownSlots(chosen: readonly SlotChoice[]): readonly ShownSlot[] {
    if (this.haveArms(chosen)) return this.view?.slots ?? [];
    return chosen.flatMap(({ source, step }) => {
      const info = this.source(source);
      return info === undefined ? [] : [{ source, name: info.name, step: step ?? info.steps.at(-1) ?? null }];
    });
  }

  /** The seed of the first recording among the slots; undefined without one. All slots play its episode. */
  recordedSeed(slots: readonly SlotChoice[]): number | undefined {
    return slots
      .map(({ source }) => this.source(source)?.seed ?? undefined)
      .find((seed) => seed !== undefined);
  }

  /** Appends rows to the curves of a source, or replaces all rows. */
  addCurves({ source, from, steps, series }: CurvesMessage): void {
    const existing = this.curves.get(source);
    if (from === 0 || existing === undefined || existing.steps.length < from) {
      this.curves.set(source, { steps, series });
      return;
    }
    const names = new Set([...Object.keys(existing.series), ...Object.keys(series)]);
    const joined: Record<string, readonly (number | null)[]> = {};
    for (const name of names) {
      const before = existing.series[name] ?? new Array<null>(from).fill(null);
      const after = series[name] ?? new Array<null>(steps.length).fill(null);
      joined[name] = [...before.slice(0, from), ...after];
    }
    this.curves.set(source, { steps: [...existing.steps.slice(0, from), ...steps], series: joined });
  }

  /** Success rates of a source's evaluations, in the order of training. */
  successRates(source: string): readonly number[] {
    const rates = this.curves.get(source)?.series["eval/success_rate"] ?? [];
    return rates.filter((rate) => rate !== null);
  }
}
