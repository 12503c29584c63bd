/** @file The axes of a frame: x red, y green, z blue. */

import { type BufferGeometry, Color, ConeGeometry, CylinderGeometry, Float32BufferAttribute } from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";

const COLORS = ["#e5484d", "#30a46c", "#3b82f6"] as const;

/** Returns three arrows from the origin as one geometry with colours at its vertices; the length in metres. */
export function frameAxes(length: number): BufferGeometry {
  const arrows = COLORS.map((color, axis) => {
    const arrow = mergeGeometries([
      new CylinderGeometry(0.035 * length, 0.035 * length, 0.8 * length, 10).translate(0, 0.4 * length, 0),
      new ConeGeometry(0.095 * length, 0.24 * length, 14).translate(0, 0.88 * length, 0),
    ]);
    // Arrows point along y at first.
    if (axis === 0) arrow.rotateZ(-Math.PI / 2);
    if (axis === 2) arrow.rotateX(Math.PI / 2);
    const { count } = arrow.getAttribute("position");
    const { r, g, b } = new Color(color);
    const colors = Float32Array.from({ length: 3 * count }, (_, i) => [r, g, b][i % 3] ?? 0);
    arrow.setAttribute("color", new Float32BufferAttribute(colors, 3));
    return arrow;
  });
  return mergeGeometries(arrows);
}
