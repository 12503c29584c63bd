/**
 * @file The goal: what shall be there, the distance that counts as there around it, and where it is above the ground.
 *
 * A tool's goal is a point in a bubble. A thing's goal is the thing's outline; in a bubble where it can be lifted,
 * in a ring on the table where it can only be slid: a height that cannot be missed does not count.
 */

import {
  BoxGeometry,
  type BufferGeometry,
  CircleGeometry,
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
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { scale, type Vec3 } from "../../../shared/vec3.ts";
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

/** By how much an outline is larger than what shall fit in it, and half the thickness of its bars, metres. */
const ROOM = 1.06;
const HALF_BAR = 0.0011;

/** How dense the ground within the ring is, while the goal is not reached and when it is. */
const PENDING = 0.1;
const REACHED = 0.42;

/** What of a scene a goal is drawn from. */
type GoalScene = Pick<SceneMessage, "successDistance" | "objects" | "goalAxes" | "table">;

export class GoalMarker {
  readonly object = new Group();
  /** What a pointer takes hold of: larger than it looks, for fingers. */
  readonly handle: Mesh;
  readonly #point: Mesh<BufferGeometry, MeshStandardMaterial>;
  readonly #bubble: Mesh<SphereGeometry, ShaderMaterial>;
  readonly #plumb: Mesh<CylinderGeometry, MeshBasicMaterial>;
  readonly #foot: Mesh<RingGeometry, MeshBasicMaterial>;
  readonly #ground: Mesh<CircleGeometry, MeshBasicMaterial>;
  readonly #color = new Color();
  readonly #isFlat: boolean;
  /** Height of the ground that the goal is above, metres. */
  readonly #groundHeight: number;

  constructor({ successDistance, objects, goalAxes, table }: GoalScene) {
    const [thing] = objects;
    this.#isFlat = thing !== undefined && !goalAxes.includes(2);
    this.#groundHeight = table === null ? 0 : table.shape.center[2] + table.shape.halfExtents[2];
    this.#point = new Mesh(
      thing === undefined
        ? new SphereGeometry(Math.min(0.011, successDistance / 3), 24, 16)
        : outline(scale(thing.shape.halfExtents, ROOM)),
      new MeshStandardMaterial({ roughness: 0.35, emissiveIntensity: 0.45 }),
    );
    this.#bubble = new Mesh(
      new SphereGeometry(successDistance, 48, 32),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: { color: { value: this.#color } },
        transparent: true,
        depthWrite: false,
      }),
    );
    this.#bubble.renderOrder = 5;
    this.#bubble.visible = !this.#isFlat;
    this.handle = new Mesh(
      new SphereGeometry(successDistance * 1.4, 12, 8),
      new MeshBasicMaterial({ visible: false }),
    );
    const faint = { transparent: true, opacity: 0.4, depthWrite: false };
    this.#plumb = new Mesh(new CylinderGeometry(0.0012, 0.0012, 1, 6), new MeshBasicMaterial(faint));
    this.#plumb.rotation.x = Math.PI / 2;
    const ring = new MeshBasicMaterial({ ...faint, opacity: this.#isFlat ? 0.95 : faint.opacity });
    this.#foot = new Mesh(new RingGeometry(successDistance * 0.92, successDistance, 64), ring);
    this.#ground = new Mesh(new CircleGeometry(successDistance * 0.92, 64), new MeshBasicMaterial(faint));
    this.#ground.visible = this.#isFlat;
    this.object.add(this.#point, this.#bubble, this.handle, this.#plumb, this.#foot, this.#ground);
  }

  setPosition(x: number, y: number, z: number): void {
    const height = z - this.#groundHeight;
    this.object.position.set(x, y, z);
    this.#plumb.scale.y = Math.max(Math.abs(height), 1e-3);
    this.#plumb.position.z = -height / 2;
    this.#foot.position.z = 0.0015 - height;
    this.#ground.position.z = 0.0012 - height;
    const above = height > 0.01;
    this.#plumb.visible = above && !this.#isFlat;
    this.#foot.visible = above || this.#isFlat;
  }

  setReached(reached: boolean, colors: SceneColors): void {
    const color = reached ? colors.reached : colors.goal;
    this.#color.set(color);
    this.#point.material.color.set(color);
    this.#point.material.emissive.set(color);
    for (const { material } of [this.#plumb, this.#foot, this.#ground]) material.color.set(color);
    this.#ground.material.opacity = reached ? REACHED : PENDING;
  }

  dispose(): void {
    for (const mesh of [this.#point, this.#bubble, this.handle, this.#plumb, this.#foot, this.#ground]) {
      mesh.geometry.dispose();
    }
    for (const mesh of [this.#point, this.#bubble, this.#plumb, this.#foot, this.#ground]) {
      mesh.material.dispose();
    }
    this.object.removeFromParent();
  }
}

/** The twelve edges of a box as bars: lines are a pixel wide on every screen, and hard to see. */
function outline(halfExtents: Vec3): BufferGeometry {
  const bars = ([0, 1, 2] as const).flatMap((along) => {
    const across = (along + 1) % 3;
    return [-1, 1].flatMap((a) =>
      [-1, 1].map((b) => {
        const size = (axis: number) => 2 * (axis === along ? halfExtents[along] + HALF_BAR : HALF_BAR);
        const at = (axis: 0 | 1 | 2) => (axis === along ? 0 : (axis === across ? a : b) * halfExtents[axis]);
        return new BoxGeometry(size(0), size(1), size(2)).translate(at(0), at(1), at(2));
      }),
    );
  });
  return mergeGeometries(bars);
}
