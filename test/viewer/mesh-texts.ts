/** @file Mesh files of a small box in each format, and robots that show them. */

/** Corners of a box from (0, 0, 0), metres. */
function corners([x, y, z]: readonly [number, number, number]): number[][] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i & 1 ? x : 0, i & 2 ? y : 0, i & 4 ? z : 0]);
}

/** Triangles of the box, by corner. */
const TRIANGLES = [
  ...[
    [0, 2, 1],
    [1, 2, 3],
    [4, 5, 6],
    [5, 7, 6],
    [0, 1, 4],
    [1, 5, 4],
  ],
  ...[
    [2, 6, 3],
    [3, 6, 7],
    [0, 4, 2],
    [2, 4, 6],
    [1, 3, 5],
    [3, 7, 5],
  ],
];

const SIZE = [0.06, 0.06, 0.3] as const;

/** Returns an STL file of text. */
export function stlText(size: readonly [number, number, number] = SIZE): string {
  const points = corners(size);
  const facets = TRIANGLES.map(
    (triangle) =>
      `facet normal 0 0 0\nouter loop\n${triangle.map((i) => `vertex ${points[i]?.join(" ")}`).join("\n")}\nendloop\nendfacet`,
  );
  return `solid box\n${facets.join("\n")}\nendsolid box\n`;
}

/** Returns an OBJ file that names a library of materials, which is never fetched. */
export function objText(): string {
  const points = corners(SIZE).map((point) => `v ${point.join(" ")}`);
  const faces = TRIANGLES.map((triangle) => `f ${triangle.map((i) => i + 1).join(" ")}`);
  return `mtllib elsewhere.mtl\n${points.join("\n")}\n${faces.join("\n")}\n`;
}

/** Returns a Collada file in millimetres with a texture, which is never fetched. */
export function colladaText(): string {
  const points = corners(SIZE).flat();
  const millimetres = points.map((value) => 1000 * value).join(" ");
  return `<?xml version="1.0"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
<asset><unit name="millimeter" meter="0.001"/><up_axis>Z_UP</up_axis></asset>
<library_images><image id="image"><init_from>http://127.0.0.1:9/secret.png</init_from></image></library_images>
<library_effects><effect id="effect"><profile_COMMON>
<newparam sid="surface"><surface type="2D"><init_from>image</init_from></surface></newparam>
<newparam sid="sampler"><sampler2D><source>surface</source></sampler2D></newparam>
<technique sid="common"><lambert><diffuse><texture texture="sampler" texcoord="UV"/></diffuse></lambert></technique></profile_COMMON></effect></library_effects>
<library_materials><material id="material"><instance_effect url="#effect"/></material></library_materials>
<library_geometries><geometry id="box"><mesh>
<source id="points"><float_array id="values" count="${points.length}">${millimetres}</float_array>
<technique_common><accessor source="#values" count="8" stride="3"><param name="X" type="float"/><param name="Y" type="float"/><param name="Z" type="float"/></accessor></technique_common></source>
<vertices id="vertices"><input semantic="POSITION" source="#points"/></vertices>
<triangles count="12" material="m"><input semantic="VERTEX" source="#vertices" offset="0"/><p>${TRIANGLES.flat().join(" ")}</p></triangles>
</mesh></geometry></library_geometries>
<library_visual_scenes><visual_scene id="scene"><node id="node"><instance_geometry url="#box"><bind_material><technique_common><instance_material symbol="m" target="#material"/></technique_common></bind_material></instance_geometry></node></visual_scene></library_visual_scenes>
<scene><instance_visual_scene url="#scene"/></scene></COLLADA>`;
}

/** Returns a glTF file with its buffer inside, or in another file. */
export function gltfText(uri?: string): string {
  const positions = Buffer.from(Float32Array.from(corners(SIZE).flat()).buffer);
  const indices = Buffer.from(Uint16Array.from(TRIANGLES.flat()).buffer);
  const bytes = Buffer.concat([positions, indices]);
  return JSON.stringify({
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, material: 0 }] }],
    materials: [{ pbrMetallicRoughness: { baseColorFactor: [0.1, 0.6, 0.2, 1] } }],
    buffers: [
      {
        byteLength: bytes.length,
        uri: uri ?? `data:application/octet-stream;base64,${bytes.toString("base64")}`,
      },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: positions.length },
      { buffer: 0, byteOffset: positions.length, byteLength: indices.length },
    ],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 8, type: "VEC3", min: [0, 0, 0], max: [...SIZE] },
      { bufferView: 1, componentType: 5123, count: TRIANGLES.length * 3, type: "SCALAR" },
    ],
  });
}

/** Returns a visual mesh for the robots of test/env/urdf/. */
export function meshVisual(file: string, color = ""): string {
  const material = color === "" ? "" : `<material name="m"><color rgba="${color}"/></material>`;
  return `<visual><origin xyz="-0.03 -0.03 0"/><geometry><mesh filename="${file}"/></geometry>${material}</visual>`;
}
