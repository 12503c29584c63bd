/** @file The goal: a point, the distance that counts as there around it, and where it is above the ground. */

import {
  Color,
  CylinderGeometry,
  Group,
  Mesh,
  MeshBasicMaterial,
  MeshStandardMaterial,
  RingGeometry,
  ShaderMaterial,
  SphereGeometry,
} from "three";
import type { SceneColors } from "./palette.ts";

const VERTEX = /* glsl */ `
  varying vec3 vNormal;
  varying vec3 vToCamera;
  void main() {
    vec4 seen = modelViewMatrix * vec4(position, 1.0);
    vNormal = normalize(normalMatrix * normal);
    vToCamera = normalize(-seen.xyz);
    gl_Position = projectionMatrix * seen;
  }`;

/** Clear in the middle and dense at the rim, like a soap bubble: what is inside stays visible. */
const FRAGMENT = /* glsl */ `
  uniform vec3 color;
  varying vec3 vNormal;
  varying vec3 vToCamera;
  void main() {
    float rim = 1.0 - abs(dot(normalize(vNormal), normalize(vToCamera)));
    gl_FragColor = vec4(color, 0.14 + 0.72 * pow(rim, 2.6));
    #include <colorspace_fragment>
  }`;

export class GoalMarker {
  readonly object = new Group();
  /** What a pointer takes hold of: larger than it looks, for fingers. */
  readonly handle: Mesh;
  readonly #point: Mesh<SphereGeometry, MeshStandardMaterial>;
  readonly #bubble: Mesh<SphereGeometry, ShaderMaterial>;
  readonly #plumb: Mesh<CylinderGeometry, MeshBasicMaterial>;
  readonly #foot: Mesh<RingGeometry, MeshBasicMaterial>;
  readonly #color = new Color();

  /** @param threshold how near counts as there, metres */
  constructor(threshold: number) {
    this.#point = new Mesh(
      new SphereGeometry(Math.min(0.011, threshold / 3), 24, 16),
      new MeshStandardMaterial({ roughness: 0.35, emissiveIntensity: 0.45 }),
    );
    this.#bubble = new Mesh(
      new SphereGeometry(threshold, 48, 32),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: { color: { value: this.#color } },
        transparent: true,
        depthWrite: false,
      }),
    );
    this.#bubble.renderOrder = 5;
    this.handle = new Mesh(
      new SphereGeometry(threshold * 1.4, 12, 8),
      new MeshBasicMaterial({ visible: false }),
    );
    const faint = { transparent: true, opacity: 0.4, depthWrite: false };
    this.#plumb = new Mesh(new CylinderGeometry(0.0012, 0.0012, 1, 6), new MeshBasicMaterial(faint));
    this.#plumb.rotation.x = Math.PI / 2;
    this.#foot = new Mesh(new RingGeometry(threshold * 0.92, threshold, 48), new MeshBasicMaterial(faint));
    this.object.add(this.#point, this.#bubble, this.handle, this.#plumb, this.#foot);
  }

  setPosition(x: number, y: number, z: number): void {
    this.object.position.set(x, y, z);
    this.#plumb.scale.y = Math.max(Math.abs(z), 1e-3);
    this.#plumb.position.z = -z / 2;
    this.#foot.position.z = 0.0015 - z;
    const above = z > 0.01;
    this.#plumb.visible = above;
    this.#foot.visible = above;
  }

  setReached(reached: boolean, colors: SceneColors): void {
    const color = reached ? colors.reached : colors.goal;
    this.#color.set(color);
    this.#point.material.color.set(color);
    this.#point.material.emissive.set(color);
    this.#plumb.material.color.set(color);
    this.#foot.material.color.set(color);
  }

  dispose(): void {
    for (const mesh of [this.#point, this.#bubble, this.handle, this.#plumb, this.#foot]) {
      mesh.geometry.dispose();
    }
    for (const mesh of [this.#point, this.#bubble, this.#plumb, this.#foot]) mesh.material.dispose();
    this.object.removeFromParent();
  }
}
