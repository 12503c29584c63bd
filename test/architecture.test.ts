/** @file Rules of the architecture: imports between folders, imports of packages, no import cycles, no clock or chance. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");

const MODEL = ["shared", "env", "agent"];
const RUNS = [...MODEL, "storage", "training"];

/** Folder → the folders it may import, besides itself. The longest matching folder applies. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  env: ["shared"],
  agent: ["shared"],
  storage: ["shared", "agent"],
  training: [...MODEL, "storage"],
  doctor: RUNS,
  experiments: [...RUNS, "doctor"],
  "viewer/server": [...MODEL, "storage"],
  "viewer/web": ["shared"],
  cli: [...RUNS, "doctor", "experiments", "viewer/server"],
  bench: [...RUNS, "doctor", "experiments", "viewer/server"],
};

/** Package → the paths that may import it. */
const PACKAGES: readonly (readonly [name: RegExp, paths: readonly string[]])[] = [
  [/^@dimforge\//, ["env/world.ts"]],
  [/^@mujoco\//, ["bench/mujoco-arm.ts"]],
  [/^three(\/|$)/, ["viewer/web/"]],
  [/^uplot/, ["viewer/web/"]],
  [/^vite$/, ["viewer/web/vite.config.ts"]],
  [/^ws$/, ["viewer/server/"]],
  [/^onnxruntime-/, ["agent/engine/"]],
  [/^@tensorflow\//, ["agent/engine/"]],
  [/^saxes$/, ["env/urdf/"]],
  [/^commander$/, ["cli/"]],
  [/^yaml$/, ["cli/"]],
  [/^(bullmq|pg|ioredis)$/, ["experiments/queue/"]],
  [
    /^zod$/,
    ["shared/", "agent/", "storage/", "training/", "doctor/", "experiments/", "cli/", "viewer/server/"],
  ],
];

/** Folders whose results must depend on seeds only. */
const SEEDED = ["shared", "env", "agent"];

interface Import {
  readonly file: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

function folderOf(path: string): string | undefined {
  return Object.keys(RULES)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)["']([^"']+)["']/g);
  return [...found].map((match) => ({ file, target: match[1] ?? "" }));
}

/** Returns the path of a relative import from the project's root. */
function resolve(file: string, target: string): string {
  return normalize(join(dirname(file), target))
    .split(sep)
    .join("/");
}

/** Returns a cycle of imports reachable from a file, as a path that starts and ends with the same file, if there is one. */
function findCycle(
  file: string,
  graph: ReadonlyMap<string, readonly string[]>,
  visited: Set<string>,
  path: readonly string[] = [],
): readonly string[] | undefined {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  if (visited.has(file)) return undefined;
  visited.add(file);
  for (const target of graph.get(file) ?? []) {
    const cycle = findCycle(target, graph, visited, [...path, file]);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

const folders = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .filter((name) => Object.keys(RULES).some((folder) => folder.split("/")[0] === name));
const files = folders.flatMap(sources);
const imports = files.flatMap(importsOf);

describe("the architecture", () => {
  it("finds the source files and their imports", () => {
    expect(files.length).toBeGreaterThan(30);
    expect(imports.length).toBeGreaterThan(60);
  });

  it("has only imports that the rules allow", () => {
    const wrong = imports.flatMap(({ file, target }) => {
      if (!target.startsWith(".")) return [];
      const from = folderOf(file);
      const to = folderOf(resolve(file, target));
      const allowed = from === undefined ? [] : [from, ...(RULES[from] ?? [])];
      return to !== undefined && allowed.includes(to)
        ? []
        : [`${file} imports ${target}: ${from} may use ${allowed}`];
    });
    expect(wrong).toEqual([]);
  });

  it("has no import cycles, type imports included", () => {
    const graph = new Map(
      files.map((file) => {
        const targets = imports.filter((each) => each.file === file && each.target.startsWith("."));
        return [file, targets.map(({ target }) => resolve(file, target))] as const;
      }),
    );
    const visited = new Set<string>();
    const cycles = files.flatMap((file) => findCycle(file, graph, visited)?.join(" → ") ?? []);
    expect(cycles).toEqual([]);
  });

  it("imports each package only where allowed", () => {
    const wrong = imports.flatMap(({ file, target }) => {
      if (target.startsWith(".") || target.startsWith("node:")) return [];
      const rule = PACKAGES.find(([name]) => name.test(target));
      if (rule === undefined) return [`${file} imports ${target}, which no rule allows`];
      return file.startsWith("bench/") || rule[1].some((path) => file.startsWith(path))
        ? []
        : [`${file} imports ${target}, allowed only in ${rule[1]}`];
    });
    expect(wrong).toEqual([]);
  });

  it("uses no Node module in shared, which also runs in the browser", () => {
    expect(
      imports.filter(({ file, target }) => file.startsWith("shared/") && target.startsWith("node:")),
    ).toEqual([]);
  });

  it("does not use Math.random or the clock in seeded folders", () => {
    const wrong = files
      .filter((file) => SEEDED.some((folder) => file.startsWith(`${folder}/`)))
      .filter((file) =>
        /Math\.random|Date\.now|performance\.now|new Date\(\)/.test(readFileSync(join(ROOT, file), "utf8")),
      );
    expect(wrong).toEqual([]);
  });

  it("has no catch-all modules and no barrel files", () => {
    const wrong = files.filter((file) =>
      /(^|\/)(utils?|helpers?|common|misc|types|index)(\.ts|\/)/.test(file),
    );
    expect(wrong).toEqual([]);
  });

  it("does not silence the type checker", () => {
    const wrong = files.filter((file) =>
      /\bas any\b|: any\b|<any>|@ts-ignore|@ts-expect-error|@ts-nocheck|\bas unknown as\b/.test(
        readFileSync(join(ROOT, file), "utf8"),
      ),
    );
    expect(wrong).toEqual([]);
  });
});
