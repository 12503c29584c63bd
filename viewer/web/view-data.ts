/** @file What has come from the server, or out of a recording: everything that can be shown. */

import type { CurvesMessage, SessionMessage, SlotInfo, SourceInfo } from "../../shared/protocol.ts";
import type { RunFindings } from "../../shared/protocol-findings.ts";
import type { SceneMessage } from "../../shared/protocol-scene.ts";
import type { Vec3 } from "../../shared/vec3.ts";
import { EpisodeShelf } from "./episode-shelf.ts";
import type { Motion } from "./motion.ts";

/** Training figures of one source, row by row. */
export interface Curves {
  readonly steps: readonly number[];
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What is on the stage. */
export interface Showing {
  readonly scene: SceneMessage;
  readonly slots: readonly SlotInfo[];
  readonly motions: readonly Motion[];
  readonly seed: number;
  readonly live: boolean;
  /** Goal of each slot, m. */
  goals: readonly Vec3[];
}

export class ViewData {
  version = "";
  sources: readonly SourceInfo[] = [];
  readonly scenes = new Map<string, SceneMessage>();
  readonly curves = new Map<string, Curves>();
  /** What the doctor found, by source. */
  readonly findings = new Map<string, RunFindings>();
  readonly shelf = new EpisodeShelf();
  showing: Showing | undefined;
  session: SessionMessage | undefined;

  source(id: string): SourceInfo | undefined {
    return this.sources.find((source) => source.id === id);
  }

  /** Adds rows to the curves of a source, or replaces them. */
  addCurves({ source, from, steps, series }: CurvesMessage): void {
    const known = this.curves.get(source);
    if (from === 0 || known === undefined || known.steps.length < from) {
      this.curves.set(source, { steps, series });
      return;
    }
    const names = new Set([...Object.keys(known.series), ...Object.keys(series)]);
    const joined: Record<string, readonly (number | null)[]> = {};
    for (const name of names) {
      const before = known.series[name] ?? new Array<null>(from).fill(null);
      const after = series[name] ?? new Array<null>(steps.length).fill(null);
      joined[name] = [...before.slice(0, from), ...after];
    }
    this.curves.set(source, { steps: [...known.steps.slice(0, from), ...steps], series: joined });
  }

  /** Success rates of a source's evaluations, in the order of training. */
  evaluations(source: string): readonly number[] {
    const rates = this.curves.get(source)?.series["eval/success_rate"] ?? [];
    return rates.filter((rate) => rate !== null);
  }
}
