/**
 * @file The page's files, read once when the server starts: whatever is asked for is looked up in this table.
 *
 * A name that is not in the table does not exist, so no spelling of a path leads outside of it.
 */

import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { InputError, refuse, unquoted } from "../../shared/errors.ts";
import { statPath } from "../../storage/stat-path.ts";

/** Files of other kinds are no part of the page. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** The page has about a dozen files; a folder with more, or with larger ones, is another one. */
const MOST_FILES = 500;
const LARGEST_FILE = 2 ** 24;

export interface PageFile {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** By path as it stands in a request: `/`, `/assets/main-1a2b.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/**
 * Reads the files of the built page.
 *
 * Passes over names that start with a dot, kinds that no page needs, and links that lead out of the folder.
 *
 * @throws InputError if there is no built page
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
    if (files.size === MOST_FILES || stat.size > LARGEST_FILE) {
      throw new InputError(`${root}: this is not the built page: ${path}${name} is too much`);
    }
    files.set(path + name, { contentType, bytes: readFileSync(real) });
  }
}
