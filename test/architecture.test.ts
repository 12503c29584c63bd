/** @file Architecture rules: which folder may import which, and where each package may be imported. */

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

/** Package → the only places that may import it. */
const PACKAGES: readonly (readonly [name: RegExp, places: readonly string[]])[] = [
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

/** Folders whose results depend on seeds only. */
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

  it("imports only the folders that a folder may import", () => {
    const wrong = imports.flatMap(({ file, target }) => {
      if (!target.startsWith(".")) return [];
      const from = folderOf(file);
      const to = folderOf(
        normalize(join(dirname(file), target))
          .split(sep)
          .join("/"),
      );
      const allowed = from === undefined ? [] : [from, ...(RULES[from] ?? [])];
      return to !== undefined && allowed.includes(to)
        ? []
        : [`${file} imports ${target}: ${from} may use ${allowed}`];
    });
    expect(wrong).toEqual([]);
  });

  it("imports each package only in its places", () => {
    const wrong = imports.flatMap(({ file, target }) => {
      if (target.startsWith(".") || target.startsWith("node:")) return [];
      const rule = PACKAGES.find(([name]) => name.test(target));
      if (rule === undefined) return [`${file} imports ${target}, which no rule allows anywhere`];
      return file.startsWith("bench/") || rule[1].some((place) => file.startsWith(place))
        ? []
        : [`${file} imports ${target}, allowed only in ${rule[1]}`];
    });
    expect(wrong).toEqual([]);
  });

  it("uses no Node module in shared, which a browser runs too", () => {
    expect(
      imports.filter(({ file, target }) => file.startsWith("shared/") && target.startsWith("node:")),
    ).toEqual([]);
  });

  it("uses neither Math.random nor the clock where results are computed", () => {
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
