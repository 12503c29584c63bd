/**
 * @file The files of the built page, read into a table when the server starts.
 *
 * The server answers only paths in the table, so no spelling of a path reaches another file.
 */

import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { refuse, unquoted } from "../../shared/errors.ts";
import { statPath } from "../../storage/stat-path.ts";

/** Files of other types are skipped. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** The paths that the build gives to files with a hash of their content. */
const HASHED_NAME = /^\/assets\/.+-[\w-]{8}\.\w+$/;

/** The page has about a dozen files. A folder that exceeds these limits is not the page. */
const MAX_FILES = 500;
const MAX_FILE_BYTES = 2 ** 24;

/** Content encodings, the smallest first, with the extension of the files that the build writes. */
const ENCODINGS = [
  ["br", ".br"],
  ["gzip", ".gz"],
] as const;

export type Encoding = (typeof ENCODINGS)[number][0];

export interface PageFile {
  readonly contentType: string;
  readonly bytes: Buffer;
  /** The same file compressed by the build, the smallest first. */
  readonly compressed: readonly { readonly encoding: Encoding; readonly bytes: Buffer }[];
  /** Whether its name contains a hash of its content, so that a browser need not ask for it again. */
  readonly isHashed: boolean;
}

/** Files by the path of their request: `/`, `/assets/main-1a2b.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/**
 * Reads the files of the built page.
 *
 * Skips names with a leading dot, other file types, and links that lead out of the folder.
 *
 * @throws InputError if the page is not built
 */
export function readPageFiles(folder: string): PageFiles {
  if (!statPath(join(folder, "index.html"))?.isFile()) {
    throw refuse(folder, "the built page", unquoted("none"), "Build it with: npm run build");
  }
  const root = realpathSync(folder);
  const files = new Map<string, PageFile>();
  collect(root, root, "/", files);
  const index = files.get("/index.html");
  if (index !== undefined) files.set("/", index);
  return files;
}

function collect(root: string, folder: string, path: string, files: Map<string, PageFile>): void {
  for (const name of readdirSync(folder)) {
    const real = realpathSync(join(folder, name));
    if (name.startsWith(".") || !real.startsWith(root + sep)) continue;
    const stat = statSync(real);
    if (stat.isDirectory()) collect(root, real, `${path}${name}/`, files);
    const contentType = CONTENT_TYPES[extname(name)];
    if (!stat.isFile() || contentType === undefined) continue;
    if (files.size === MAX_FILES)
      throw refuse(root, `the built page, at most ${MAX_FILES} files`, unquoted("more"));
    if (stat.size > MAX_FILE_BYTES) throw refuse(real, `at most ${MAX_FILE_BYTES} bytes`, stat.size);
    files.set(path + name, {
      contentType,
      bytes: readFileSync(real),
      compressed: compressedFiles(root, real),
      isHashed: HASHED_NAME.test(path + name),
    });
  }
}

function compressedFiles(root: string, real: string): PageFile["compressed"] {
  return ENCODINGS.flatMap(([encoding, extension]) => {
    const path = real + extension;
    const stat = statPath(path);
    if (stat?.isFile() !== true || stat.size > MAX_FILE_BYTES) return [];
    return realpathSync(path).startsWith(root + sep) ? [{ encoding, bytes: readFileSync(path) }] : [];
  });
}
