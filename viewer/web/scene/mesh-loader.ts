/** @file Loads the meshes of imported arms from the server with the loaders of three.js. */

import { LoadingManager, Mesh, type Object3D } from "three";
import { ColladaLoader } from "three/examples/jsm/loaders/ColladaLoader.js";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { OBJLoader } from "three/examples/jsm/loaders/OBJLoader.js";
import { STLLoader } from "three/examples/jsm/loaders/STLLoader.js";
import type { MeshMessage } from "../../../shared/protocol-visual.ts";
import { packGltf } from "./gltf-container.ts";

/** Replaces textures and all other files that a mesh names: one transparent pixel. */
const NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

const loaded = new Map<string, Promise<Object3D>>();

/**
 * Returns the object of a mesh file, in the file's own axes and in metres. It is shared: clone it.
 *
 * No file but the mesh itself is fetched. Rejects if the file cannot be fetched or read.
 */
export function loadMesh({ url, format }: Pick<MeshMessage, "url" | "format">): Promise<Object3D> {
  const known = loaded.get(url) ?? fetchMesh(url, format);
  loaded.set(url, known);
  return known;
}

async function fetchMesh(url: string, format: MeshMessage["format"]): Promise<Object3D> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return parseMesh(await response.arrayBuffer(), format);
}

async function parseMesh(bytes: ArrayBuffer, format: MeshMessage["format"]): Promise<Object3D> {
  const manager = new LoadingManager();
  manager.setURLModifier(() => NOTHING);
  const text = () => new TextDecoder().decode(bytes);
  switch (format) {
    case "stl":
      return new Mesh(new STLLoader(manager).parse(bytes));
    case "obj":
      return new OBJLoader(manager).parse(text());
    case "dae": {
      const document = new ColladaLoader(manager).parse(text(), "");
      if (document === null) throw new Error("no Collada file");
      // The loader turns z up to y up; robot files use the file's own axes.
      document.scene.quaternion.identity();
      return document.scene;
    }
    case "gltf":
    case "glb": {
      const container = format === "gltf" ? packGltf(text()) : bytes;
      return (await new GLTFLoader(manager).parseAsync(container, "")).scene;
    }
  }
}
