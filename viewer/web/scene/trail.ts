/** @file The trail of a moving point: a ribbon that faces the camera and fades with age. */

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  DynamicDrawUsage,
  Mesh,
  ShaderMaterial,
} from "three";

const VERTEX = /* glsl */ `
  attribute vec3 next;
  attribute float side;
  attribute float recency;
  uniform float width;
  varying float vRecency;
  void main() {
    vRecency = recency;
    vec4 here = modelViewMatrix * vec4(position, 1.0);
    vec4 there = modelViewMatrix * vec4(next, 1.0);
    vec3 along = there.xyz - here.xyz;
    vec3 across = cross(along, here.xyz);
    float size = length(across);
    if (size > 1e-7) here.xyz += across / size * side * width * (0.25 + 0.75 * recency);
    gl_Position = projectionMatrix * here;
  }`;

const FRAGMENT = /* glsl */ `
  uniform vec3 color;
  uniform float opacity;
  varying float vRecency;
  void main() {
    gl_FragColor = vec4(color, opacity * vRecency);
    #include <colorspace_fragment>
  }`;

/** Half of the ribbon's width at its newest end, metres. */
const WIDTH = 0.0085;

export class Trail {
  readonly object: Mesh<BufferGeometry, ShaderMaterial>;
  readonly #capacity: number;
  readonly #position: Float32Array;
  readonly #next: Float32Array;
  readonly #recency: Float32Array;

  /** @param capacity maximum number of points */
  constructor(color: string, capacity: number) {
    this.#capacity = capacity;
    this.#position = new Float32Array(6 * capacity);
    this.#next = new Float32Array(6 * capacity);
    this.#recency = new Float32Array(2 * capacity);
    const side = Float32Array.from({ length: 2 * capacity }, (_, i) => (i % 2 === 0 ? -1 : 1));
    const index = new Uint16Array(6 * Math.max(0, capacity - 1));
    for (let i = 0; i + 1 < capacity; i++) {
      index.set([2 * i, 2 * i + 1, 2 * i + 2, 2 * i + 1, 2 * i + 3, 2 * i + 2], 6 * i);
    }
    const geometry = new BufferGeometry();
    const dynamic = (array: Float32Array, size: number) =>
      new BufferAttribute(array, size).setUsage(DynamicDrawUsage);
    geometry.setAttribute("position", dynamic(this.#position, 3));
    geometry.setAttribute("next", dynamic(this.#next, 3));
    geometry.setAttribute("recency", dynamic(this.#recency, 1));
    geometry.setAttribute("side", new BufferAttribute(side, 1));
    geometry.setIndex(new BufferAttribute(index, 1));
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: { color: { value: new Color(color) }, opacity: { value: 0.9 }, width: { value: WIDTH } },
      transparent: true,
      depthWrite: false,
      side: DoubleSide,
    });
    this.object = new Mesh(geometry, material);
    this.object.frustumCulled = false;
    this.object.renderOrder = 4;
  }

  /**
   * Shows the points up to a moment. The newest are the most opaque.
   *
   * @param points [M × stride], metres: the first three numbers of each row
   * @param stride numbers in a row
   * @param from   index of the oldest point
   * @param to     index of the newest point
   * @param tip    current position, between two points, metres
   */
  show(points: ArrayLike<number>, stride: number, from: number, to: number, tip: ArrayLike<number>): void {
    const first = Math.max(from, to - this.#capacity + 2, 0);
    const count = to < first ? 0 : to - first + 2;
    for (let i = 0; i < count; i++) {
      const last = i === count - 1;
      const source = last ? tip : points;
      const offset = last ? 0 : stride * (first + i);
      const recency = i / Math.max(1, count - 1);
      for (let axis = 0; axis < 3; axis++) {
        const x = source[offset + axis] ?? 0;
        this.#position[6 * i + axis] = x;
        this.#position[6 * i + 3 + axis] = x;
        if (i > 0) {
          this.#next[6 * (i - 1) + axis] = x;
          this.#next[6 * (i - 1) + 3 + axis] = x;
        }
        if (last) {
          // The tip has no next point: extend its last segment.
          const before = this.#position[6 * (i - 1) + axis] ?? x;
          this.#next[6 * i + axis] = 2 * x - before;
          this.#next[6 * i + 3 + axis] = 2 * x - before;
        }
      }
      this.#recency[2 * i] = recency;
      this.#recency[2 * i + 1] = recency;
    }
    const geometry = this.object.geometry;
    geometry.setDrawRange(0, Math.max(0, 6 * (count - 1)));
    for (const name of ["position", "next", "recency"]) {
      const attribute = geometry.getAttribute(name);
      if (attribute instanceof BufferAttribute) attribute.needsUpdate = true;
    }
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
    this.object.removeFromParent();
  }
}
