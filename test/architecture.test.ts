/** @file The floors of the house: which folder may import which, and which package may be imported where. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Folder → the folders below it. Longest match wins. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  env: ["shared"],
  agent: ["shared"],
  lab: ["shared", "env", "agent"],
  "viewer/server": ["shared", "env", "agent", "lab"],
  "viewer/web": ["shared"],
  cli: ["shared", "env", "agent", "lab", "viewer/server"],
  bench: ["shared", "env", "agent", "lab", "viewer/server"],
};

/** Package → where alone it may be imported. */
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
  [/^(bullmq|pg|ioredis)$/, ["lab/queue/"]],
  [/^zod$/, ["shared/", "lab/", "cli/", "viewer/server/"]],
];

/** Folders whose results must not hang on chance or the clock. */
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

function floorOf(path: string): string | undefined {
  return Object.keys(FLOORS)
    .filter((floor) => path.startsWith(`${floor}/`))
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
  .filter((name) => Object.keys(FLOORS).some((floor) => floor.split("/")[0] === name));
const files = folders.flatMap(sources);
const imports = files.flatMap(importsOf);

describe("the house", () => {
  it("has files and imports to look at", () => {
    expect(files.length).toBeGreaterThan(30);
    expect(imports.length).toBeGreaterThan(60);
  });

  it("imports only from the floors below", () => {
    const wrong = imports.flatMap(({ file, target }) => {
      if (!target.startsWith(".")) return [];
      const from = floorOf(file);
      const to = floorOf(
        normalize(join(dirname(file), target))
          .split(sep)
          .join("/"),
      );
      const allowed = from === undefined ? [] : [from, ...(FLOORS[from] ?? [])];
      return to !== undefined && allowed.includes(to)
        ? []
        : [`${file} imports ${target}: ${from} may use ${allowed}`];
    });
    expect(wrong).toEqual([]);
  });

  it("imports each package only where it belongs", () => {
    const wrong = imports.flatMap(({ file, target }) => {
      if (target.startsWith(".") || target.startsWith("node:")) return [];
      const rule = PACKAGES.find(([name]) => name.test(target));
      if (rule === undefined) return [`${file} imports ${target}, which no rule allows anywhere`];
      return file.startsWith("bench/") || rule[1].some((place) => file.startsWith(place))
        ? []
        : [`${file} imports ${target}, which belongs in ${rule[1]}`];
    });
    expect(wrong).toEqual([]);
  });

  it("uses no Node module in shared, which a browser runs too", () => {
    expect(
      imports.filter(({ file, target }) => file.startsWith("shared/") && target.startsWith("node:")),
    ).toEqual([]);
  });

  it("takes neither chance nor the clock where results are made", () => {
    const wrong = files
      .filter((file) => SEEDED.some((folder) => file.startsWith(`${folder}/`)))
      .filter((file) =>
        /Math\.random|Date\.now|performance\.now|new Date\(\)/.test(readFileSync(join(ROOT, file), "utf8")),
      );
    expect(wrong).toEqual([]);
  });

  it("has no grab-bags and no barrels", () => {
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
