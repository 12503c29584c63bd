/**
 * @file The sources that can be watched: paths from the command line, the zoo, the runs and the built-in controllers.
 *
 * Sources are found by listing known folders. A page names a source by its id, which is looked up here and never
 * becomes a path.
 */

import { realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { ENVIRONMENTS } from "../../env/registry.ts";
import type { EnvConfig } from "../../shared/config.ts";
import { InputError, refuse } from "../../shared/errors.ts";
import { MAX_SLOTS, type SourceInfo } from "../../shared/protocol.ts";
import { diskError, errorCode } from "../../storage/disk-error.ts";
import { listFolder } from "../../storage/list-folder.ts";
import { isOutOfFiles } from "../../storage/open-files.ts";
import { policySteps } from "../../storage/policy-folder.ts";
import { statPath } from "../../storage/stat-path.ts";
import {
  builtinSources,
  isRunFolder,
  isZooEntry,
  namedSource,
  runSource,
  type Source,
  zooSource,
} from "./sources.ts";

/** Of a folder with more runs, only the newest are listed. */
const MAX_RUNS = 200;

/** Zoo entries that are shown first. */
const MAX_BESIDE = 2;

export interface LibraryPaths {
  /** Runs, policies and recordings named on the command line. */
  readonly named: readonly string[];
  /** The folder of runs; it may be missing. */
  readonly runs: string;
  /** The folder of the zoo; it may be missing. */
  readonly zoo: string;
}

interface CachedSource {
  readonly stamp: string;
  readonly source: Source;
}

export class Library {
  readonly #paths: LibraryPaths;
  readonly #builtin: readonly Source[];
  /** Sources as last read, by path. */
  readonly #cache = new Map<string, CachedSource>();
  #sources = new Map<string, Source>();
  #initial: string[] = [];
  #unreadable = new Set<string>();

  /** Throws InputError if a named path is not a source. */
  constructor(paths: LibraryPaths) {
    this.#paths = paths;
    this.#builtin = Object.keys(ENVIRONMENTS).flatMap(builtinSources);
    for (const path of paths.named) namedSource(path);
    this.refresh();
  }

  /** All sources for the page: named paths first, then the zoo, then runs with the newest first, then the built-in ones. */
  get infos(): SourceInfo[] {
    return [...this.#sources.values()].map(({ info }) => info);
  }

  /** Ids of the sources to show first: the named ones, or else the newest run and the zoo, or random torques. */
  get initial(): string[] {
    return this.#initial;
  }

  /** Why folders and sources are not listed: a message for each that cannot be read. */
  get unreadable(): string[] {
    return [...this.#unreadable];
  }

  /** Environments with an arm from a URDF, whose scenes the page needs. */
  get imported(): EnvConfig[] {
    return [...this.#sources.values()].flatMap(({ imported }) => (imported === null ? [] : [imported]));
  }

  /** Throws InputError if there is no source with the id. */
  find(id: string): Source {
    const source = this.#sources.get(id);
    if (source === undefined) throw refuse("source", "the id of a source in the library", id);
    return source;
  }

  /**
   * Lists all sources again, without damaged, unreadable and missing ones. Returns whether any has changed.
   *
   * @throws InputError if this process has too many open files; then nothing has changed
   */
  refresh(): boolean {
    const before = JSON.stringify(this.infos);
    const sources = new Map<string, Source>();
    const paths = new Set<string>();
    const unreadable = new Set<string>();
    const attempt = <T>(path: string, read: () => T): T | undefined => {
      try {
        return read();
      } catch (error) {
        const line = diskError(error, path, "read");
        if (isOutOfFiles(error) || !(line instanceof InputError)) throw line;
        const code = errorCode(line.cause);
        if (code !== undefined && code !== "ENOENT") unreadable.add(line.message);
        return undefined;
      }
    };
    const list = (folder: string, isSource: (path: string) => boolean): string[] => {
      const names = attempt(folder, () => (statPath(folder)?.isDirectory() ? listFolder(folder) : [])) ?? [];
      return names
        .map((name) => join(folder, name))
        .filter((path) => attempt(path, () => isSource(path)) === true);
    };
    const add = (path: string, read: () => Source): string[] => {
      const real = attempt(path, () => realpathSync(path));
      if (real === undefined || paths.has(real)) return [];
      const found = attempt(path, () => this.#readCached(real, read));
      if (found === undefined) return [];
      const { info, ...source } = found;
      paths.add(real);
      const id = uniqueId(info.id, sources);
      sources.set(id, { ...source, info: { ...info, id } });
      return [id];
    };
    const { named, zoo, runs } = this.#paths;
    const namedIds = named.flatMap((path) => add(path, () => namedSource(path)));
    const zooIds = list(zoo, isZooEntry).flatMap((path) => add(path, () => zooSource(path, basename(path))));
    const runIds = newestFirst(list(runs, isRunFolder)).flatMap((path) =>
      add(path, () => runSource(path, basename(path))),
    );
    for (const source of this.#builtin) sources.set(source.info.id, source);
    this.#sources = sources;
    this.#unreadable = unreadable;
    const random = this.#builtin.slice(0, 1).map(({ info }) => info.id);
    const infosOf = (ids: readonly string[]) => ids.flatMap((id) => sources.get(id)?.info ?? []);
    const choices = [namedIds.slice(0, MAX_SLOTS), firstView(infosOf(runIds), infosOf(zooIds))];
    this.#initial = choices.find((ids) => ids.length > 0) ?? random;
    return JSON.stringify(this.infos) !== before;
  }

  /** Reads a source, unless its files are unchanged and it is not a running run. */
  #readCached(path: string, read: () => Source): Source {
    const stamp = stampOf(path);
    const cached = this.#cache.get(path);
    if (cached?.stamp === stamp && cached.source.info.state !== "running") return cached.source;
    const source = read();
    this.#cache.set(path, { stamp, source });
    return source;
  }
}

/** Ids of the newest run that has a policy and of zoo entries of its environment; without one, of zoo entries. */
function firstView(runs: readonly SourceInfo[], zoo: readonly SourceInfo[]): string[] {
  const newest = runs.find(({ steps }) => steps.length > 0);
  const env = (newest ?? zoo[0])?.env;
  const beside = zoo.filter((each) => each.env === env).slice(0, MAX_BESIDE);
  return [...(newest === undefined ? [] : [newest]), ...beside].map(({ id }) => id);
}

function newestFirst(paths: readonly string[]): string[] {
  return paths
    .map((path) => ({ path, changed: statPath(path)?.mtimeMs ?? 0 }))
    .sort((a, b) => b.changed - a.changed)
    .slice(0, MAX_RUNS)
    .map(({ path }) => path);
}

/** A text that changes with the source: time and size, and for a folder the number of policies. */
function stampOf(path: string): string {
  const stat = statPath(path);
  return `${stat?.mtimeMs} ${stat?.size} ${stat?.isDirectory() ? policySteps(path).length : 0}`;
}

function uniqueId(id: string, used: ReadonlyMap<string, unknown>): string {
  let unique = id;
  for (let n = 2; used.has(unique); n++) unique = `${id}~${n}`;
  return unique;
}
