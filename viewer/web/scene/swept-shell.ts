/** @file A rounded shell along a curve: a tube whose radius changes, closed by half spheres. */

import { BufferAttribute, BufferGeometry, CatmullRomCurve3, Vector3 } from "three";
import type { Vec3 } from "../../../shared/vec3.ts";

const RADIAL_SEGMENTS = 32;
const CURVE_STEPS = 24;
const CAP_STEPS = 6;

/** A point of the curve, and the radius of the shell there; metres. */
export interface Station {
  readonly at: Vec3;
  readonly radius: number;
}

/**
 * Returns the shell through at least two stations.
 *
 * @param roundness length of the end caps as a share of the radius: 1 for half spheres, 0 for flat ends
 */
export function sweptShell(stations: readonly Station[], roundness = 1): BufferGeometry {
  const curve = new CatmullRomCurve3(
    stations.map(({ at }) => new Vector3(...at)),
    false,
    "catmullrom",
    0.5,
  );
  const radiusAt = (share: number): number => {
    const place = share * (stations.length - 1);
    const i = Math.min(Math.floor(place), stations.length - 2);
    const [from = 0, to = 0] = [stations[i]?.radius, stations[i + 1]?.radius];
    const t = place - i;
    return from + (to - from) * t * t * (3 - 2 * t);
  };
  const rings: { center: Vector3; tangent: Vector3; radius: number }[] = [];
  const ring = (share: number, beyond: number, radius: number) => {
    const tangent = curve.getTangent(share);
    rings.push({ center: curve.getPoint(share).addScaledVector(tangent, beyond), tangent, radius });
  };
  for (let i = 0; i <= CAP_STEPS; i++) {
    const angle = (Math.PI / 2) * (1 - i / CAP_STEPS);
    ring(0, -roundness * radiusAt(0) * Math.sin(angle), radiusAt(0) * Math.cos(angle));
  }
  for (let i = 1; i < CURVE_STEPS; i++) ring(i / CURVE_STEPS, 0, radiusAt(i / CURVE_STEPS));
  for (let i = 0; i <= CAP_STEPS; i++) {
    const angle = (Math.PI / 2) * (i / CAP_STEPS);
    ring(1, roundness * radiusAt(1) * Math.sin(angle), radiusAt(1) * Math.cos(angle));
  }

  // The first direction across the curve is carried along it, so that the tube does not twist.
  const first = rings[0]?.tangent ?? new Vector3(0, 0, 1);
  const across = new Vector3(1, 0, 0);
  if (Math.abs(first.x) > 0.9) across.set(0, 1, 0);
  const positions: number[] = [];
  const indices: number[] = [];
  for (const [k, { center, tangent, radius }] of rings.entries()) {
    across.addScaledVector(tangent, -across.dot(tangent)).normalize();
    const other = new Vector3().crossVectors(tangent, across);
    for (let i = 0; i < RADIAL_SEGMENTS; i++) {
      const angle = (2 * Math.PI * i) / RADIAL_SEGMENTS;
      const point = center
        .clone()
        .addScaledVector(across, radius * Math.cos(angle))
        .addScaledVector(other, radius * Math.sin(angle));
      positions.push(point.x, point.y, point.z);
      if (k === 0) continue;
      const [a, b] = [(k - 1) * RADIAL_SEGMENTS + i, (k - 1) * RADIAL_SEGMENTS + ((i + 1) % RADIAL_SEGMENTS)];
      indices.push(a, b, b + RADIAL_SEGMENTS, a, b + RADIAL_SEGMENTS, a + RADIAL_SEGMENTS);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(Float32Array.from(positions), 3));
  geometry.setIndex(indices);
  geometry.computeVertexNormals();
  return geometry;
}
