/**
 * @file The mesh files of imported arms: finds them inside the robot file's folder, or that of `env.urdf.packages`, and
 * serves them under addresses that only pages with the token learn.
 */

import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { EnvConfig } from "../../shared/config.ts";
import { InputError } from "../../shared/errors.ts";
import { MESH_FOLDER, type MeshFormat, meshFormatOf } from "../../shared/protocol-visual.ts";
import { readRegularFile } from "../../storage/regular-file.ts";
import { statPath } from "../../storage/stat-path.ts";
import type { PageFile } from "./page-files.ts";

/** Bytes; a detailed link has a tenth of that. */
export const MAX_MESH_BYTES = 2 ** 25;

/** Addresses of one server, with those of changed runs. */
const MAX_MESHES = 10_000;

/** Where a mesh is, or why it is not shown. */
export type FoundMesh =
  | { readonly path: string; readonly root: string; readonly format: MeshFormat }
  | { readonly fault: string };

/**
 * Finds a mesh that a robot file names.
 *
 * Only files of mesh formats inside the allowed folders are found, links resolved.
 *
 * @param name  as in the file: relative, `package://…`, `model://…` or `file://…`
 * @param urdf  settings with the robot file's path and the folder of packages
 */
export function findMesh(
  name: string,
  { file, packages }: Pick<EnvConfig["urdf"], "file" | "packages">,
): FoundMesh {
  const format = meshFormatOf(name);
  if (format === undefined) return { fault: "no STL, OBJ, DAE, glTF or GLB file" };
  const folder = dirname(file);
  const roots = [folder, ...(packages === "" ? [] : [packages])].flatMap((each) => realOf(each) ?? []);
  const found = candidates(name, folder, packages)
    .flatMap((each) => realOf(each) ?? [])
    .filter((path) => statPath(path)?.isFile() === true);
  if (found.length === 0) return { fault: "not found" };
  for (const path of found) {
    const root = roots.find((each) => isInside(path, each));
    if (root === undefined) continue;
    if ((statPath(path)?.size ?? 0) <= MAX_MESH_BYTES) return { path, root, format };
    return { fault: `larger than ${MAX_MESH_BYTES} bytes` };
  }
  return { fault: "outside the folders of the robot file and of env.urdf.packages" };
}

/** Returns the paths that a name may mean, the most probable first. */
function candidates(name: string, folder: string, packages: string): string[] {
  const [, packageName, inPackage] = /^(?:package|model):\/\/([^/]+)\/(.+)$/.exec(name) ?? [];
  if (packageName !== undefined && inPackage !== undefined) {
    return (packages === "" ? [folder] : [packages, folder]).flatMap((each) => [
      join(each, packageName, inPackage),
      ...(basename(realOf(each) ?? each) === packageName ? [join(each, inPackage)] : []),
    ]);
  }
  if (name.startsWith("file://")) return fileUrlPath(name);
  return [isAbsolute(name) ? name : join(folder, name)];
}

function fileUrlPath(url: string): string[] {
  try {
    return [fileURLToPath(url)];
  } catch {
    return [];
  }
}

/** Returns a path without links; undefined if there is nothing. */
function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !/^\.\.[/\\]/.test(way) && !isAbsolute(way);
}

export class MeshFiles {
  readonly #byAddress = new Map<string, { readonly path: string; readonly root: string }>();
  readonly #addresses = new Map<string, string>();

  /** Returns the address of a mesh; undefined if it is not found or may not be served. */
  addressOf(name: string, urdf: EnvConfig["urdf"]): { url: string; format: MeshFormat } | undefined {
    const mesh = findMesh(name, urdf);
    if ("fault" in mesh) return undefined;
    const { path, root, format } = mesh;
    const known = this.#addresses.get(path);
    if (known !== undefined) return { url: known, format };
    if (this.#byAddress.size >= MAX_MESHES) return undefined;
    const url = `${MESH_FOLDER}${randomBytes(16).toString("base64url")}`;
    this.#addresses.set(path, url);
    this.#byAddress.set(url, { path, root });
    return { url, format };
  }

  /** Returns the file at an address; undefined if there is none, or it has left its folder or grown too large. */
  get(address: string): PageFile | undefined {
    const mesh = this.#byAddress.get(address);
    if (mesh === undefined) return undefined;
    const path = realOf(mesh.path);
    if (path === undefined || !isInside(path, mesh.root)) return undefined;
    try {
      const bytes = Buffer.from(readRegularFile(path, MAX_MESH_BYTES));
      return { contentType: "application/octet-stream", bytes, compressed: [], isHashed: false };
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  }
}
