/**
 * @file All that can be watched: what was named, the zoo, the runs, and who needs no training. Kept up to date.
 *
 * Sources are found by walking known folders; a page names one by its id, which is looked up here and
 * never becomes a path.
 */

import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { ENVIRONMENTS } from "../../env/registry.ts";
import type { EnvConfig } from "../../shared/config.ts";
import { InputError, refuse } from "../../shared/errors.ts";
import { MOST_SLOTS, type SourceInfo } from "../../shared/protocol.ts";
import { errorCode } from "../../storage/disk-error.ts";
import { statPath } from "../../storage/stat-path.ts";
import { policySteps } from "./policy-folder.ts";
import {
  builtinSources,
  isRunFolder,
  isZooEntry,
  namedSource,
  runSource,
  type Source,
  zooSource,
} from "./sources.ts";

/** Of a folder with more runs, the newest are offered. */
const MOST_RUNS = 200;

export interface LibraryPlaces {
  /** Runs, policies and episodes that somebody named, by path. */
  readonly named: readonly string[];
  /** The folder of runs; it may be missing. */
  readonly runs: string;
  /** The folder of the zoo; it may be missing. */
  readonly zoo: string;
}

export class Library {
  readonly #places: LibraryPlaces;
  readonly #builtin: readonly Source[];
  /** Sources of files and folders that did not change since they were read, by path. */
  readonly #read = new Map<string, { readonly stamp: string; readonly source: Source }>();
  #sources = new Map<string, Source>();
  #initial: string[] = [];

  /** Throws InputError if something that was named cannot be watched. */
  constructor(places: LibraryPlaces) {
    this.#places = places;
    this.#builtin = Object.keys(ENVIRONMENTS).flatMap(builtinSources);
    for (const path of places.named) namedSource(path);
    this.refresh();
  }

  /** For the page; what was named comes first, then the zoo, then runs, the newest first. */
  get infos(): SourceInfo[] {
    return [...this.#sources.values()].map(({ info }) => info);
  }

  /** What to show at first, side by side: what was named, or else the zoo, the newest run, random torques. */
  get initial(): string[] {
    return this.#initial;
  }

  /** Environments of sources whose arm is from a URDF: the page must be told what they look like. */
  get imported(): EnvConfig[] {
    return [...this.#sources.values()].flatMap(({ imported }) => (imported === null ? [] : [imported]));
  }

  /** Throws InputError if there is none of that id. */
  find(id: string): Source {
    const source = this.#sources.get(id);
    if (source === undefined) throw refuse("source", "one of the library", id);
    return source;
  }

  /** Looks again; returns whether anything is new. What is damaged, or gone, is passed over: the others can be watched. */
  refresh(): boolean {
    const before = JSON.stringify(this.infos);
    const sources = new Map<string, Source>();
    const paths = new Set<string>();
    const add = (path: string, read: () => Source): string[] => {
      try {
        const real = realpathSync(path);
        if (paths.has(real)) return [];
        const { info, ...source } = this.#readOnce(real, read);
        paths.add(real);
        const id = freeId(info.id, sources);
        sources.set(id, { ...source, info: { ...info, id } });
        return [id];
      } catch (error) {
        if (error instanceof InputError || errorCode(error) === "ENOENT") return [];
        throw error;
      }
    };
    const { named, zoo, runs } = this.#places;
    const first = named.flatMap((path) => add(path, () => namedSource(path)));
    const tame = foldersIn(zoo, isZooEntry).flatMap((path) =>
      add(path, () => zooSource(path, basename(path))),
    );
    const wild = newestFirst(foldersIn(runs, isRunFolder)).flatMap((path) =>
      add(path, () => runSource(path, basename(path))),
    );
    for (const source of this.#builtin) sources.set(source.info.id, source);
    this.#sources = sources;
    const random = this.#builtin.slice(0, 1).map(({ info }) => info.id);
    const choices = [first.slice(0, MOST_SLOTS), tame.slice(0, 2), wild.slice(0, 1)];
    this.#initial = choices.find((ids) => ids.length > 0) ?? random;
    return JSON.stringify(this.infos) !== before;
  }

  #readOnce(path: string, read: () => Source): Source {
    const stamp = stampOf(path);
    const known = this.#read.get(path);
    if (known?.stamp === stamp && known.source.info.state !== "running") return known.source;
    const source = read();
    this.#read.set(path, { stamp, source });
    return source;
  }
}

/** Folders of a kind in a folder, by name; none if it is missing. What may not be looked at is left out. */
function foldersIn(folder: string, isOne: (path: string) => boolean): string[] {
  if (!statPath(folder)?.isDirectory()) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => {
      try {
        return isOne(path);
      } catch (error) {
        if (error instanceof InputError) return false;
        throw error;
      }
    });
}

function newestFirst(paths: readonly string[]): string[] {
  return paths
    .map((path) => ({ path, changed: statSync(path).mtimeMs }))
    .sort((a, b) => b.changed - a.changed)
    .slice(0, MOST_RUNS)
    .map(({ path }) => path);
}

/** Changes whenever a source may have: a folder by its entries and its policies, a file by its size and time. */
function stampOf(path: string): string {
  const stat = statSync(path);
  return `${stat.mtimeMs} ${stat.size} ${stat.isDirectory() ? policySteps(path).length : 0}`;
}

function freeId(id: string, taken: ReadonlyMap<string, unknown>): string {
  let free = id;
  for (let n = 2; taken.has(free); n++) free = `${id}~${n}`;
  return free;
}
