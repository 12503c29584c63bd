/** @file Rules of the architecture: imports between folders, imports of packages, no import cycles, no clock or chance. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importCycles, importsOf, resolveImport, sourceFiles } from "../bench/import-graph.ts";

const ROOT = join(import.meta.dirname, "..");

const MODEL = ["shared", "env", "agent"];
const RUNS = [...MODEL, "storage", "training"];

/** The package's entry, a file beside the folders. */
const ENTRY = "steadyarm.ts";

/** Folder, or the entry → the folders it may import, besides itself. The longest matching folder applies. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  scripts: ["shared"],
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
  [ENTRY]: [...RUNS, "doctor"],
};

/** Package → the paths that may import it. */
const PACKAGES: readonly (readonly [name: RegExp, paths: readonly string[]])[] = [
  [/^@dimforge\//, ["env/rapier.ts"]],
  [/^@mujoco\//, ["bench/mujoco-arm.ts"]],
  [/^three(\/|$)/, ["viewer/web/"]],
  [/^uplot/, ["viewer/web/"]],
  [/^vite$/, ["viewer/web/vite.config.ts", "scripts/seeded-faults.ts"]],
  [/^ws$/, ["viewer/server/"]],
  [/^onnxruntime-/, ["agent/engine/"]],
  [/^@tensorflow\//, ["agent/engine/"]],
  [/^saxes$/, ["env/urdf/"]],
  [/^tsx(\/|$)/, ["env/own-env.ts"]],
  [/^commander$/, ["cli/"]],
  [/^yaml$/, ["cli/"]],
  [/^(bullmq|pg|ioredis)$/, ["experiments/queue/"]],
  [
    /^zod$/,
    [
      ...["shared/", "agent/", "storage/", "training/", "doctor/", "experiments/", "cli/", "viewer/server/"],
      ENTRY,
    ],
  ],
];

/** Folders whose results must depend on seeds only. */
const SEEDED = ["shared", "env", "agent"];

function folderOf(path: string): string | undefined {
  return Object.keys(RULES)
    .filter((folder) => path === folder || path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
}

const folders = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .filter((name) => Object.keys(RULES).some((folder) => folder.split("/")[0] === name));
const files = [ENTRY, ...folders.flatMap((folder) => sourceFiles(ROOT, folder))];
const imports = files.flatMap((file) => importsOf(ROOT, file));

describe("the architecture", () => {
  it("finds the source files and their imports", () => {
    expect(files.length).toBeGreaterThan(30);
    expect(imports.length).toBeGreaterThan(60);
  });

  it("has only imports that the rules allow", () => {
    const wrong = imports.flatMap((each) => {
      const { file, target } = each;
      if (!target.startsWith(".")) return [];
      const from = folderOf(file);
      const to = folderOf(resolveImport(each));
      const allowed = from === undefined ? [] : [from, ...(RULES[from] ?? [])];
      return to !== undefined && allowed.includes(to)
        ? []
        : [`${file} imports ${target}: ${from} may use ${allowed}`];
    });
    expect(wrong).toEqual([]);
  });

  it("has no import cycles, type imports included", () => {
    const cycles = importCycles(files, imports).map((cycle) => cycle.join(" → "));
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

  it("is imported by no file through its entry, which is for other packages", () => {
    const wrong = imports.filter((each) => each.target.startsWith(".") && resolveImport(each) === ENTRY);
    expect(wrong).toEqual([]);
  });

  it("has no catch-all modules and no barrel files", () => {
    const wrong = files.filter((file) =>
      /(^|\/)(utils?|helpers?|common|misc|types|index)(\.ts|\/)/.test(file),
    );
    expect(wrong).toEqual([]);
  });

  it("evaluates no text and reads no format that contains code", () => {
    // The first runs the garbage collector; the second has the text of a fault.
    const allowed = new Set(["env/check/memory.ts", "scripts/seeded-faults/input.ts"]);
    const code =
      /(?<!redis\.)\beval\(|\bnew Function\(|\bdeserialize\(|["'](?:node:)?vm["']|\bimportModuleDynamically\b/;
    const wrong = files.filter(
      (file) => !allowed.has(file) && code.test(readFileSync(join(ROOT, file), "utf8")),
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
