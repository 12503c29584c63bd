/**
 * @file The goal marker: the goal position, the success distance around it, and its position above the ground.
 *
 * The goal of the end effector is a point in a sphere. The goal of an object is its outline, in a sphere if the
 * object can be lifted, or in a ring on the table if goals have no height.
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
    vec4 viewed = modelViewMatrix * vec4(position, 1.0);
    vNormal = normalize(normalMatrix * normal);
    vToCamera = normalize(-viewed.xyz);
    gl_Position = projectionMatrix * viewed;
  }`;

/** Transparent in the middle and opaque at the rim, so that the inside stays visible. */
const FRAGMENT = /* glsl */ `
  uniform vec3 color;
  varying vec3 vNormal;
  varying vec3 vToCamera;
  void main() {
    float rim = 1.0 - abs(dot(normalize(vNormal), normalize(vToCamera)));
    gl_FragColor = vec4(color, 0.14 + 0.72 * pow(rim, 2.6));
    #include <colorspace_fragment>
  }`;

/** Size of an outline relative to its object, and half the thickness of its bars, metres. */
const OUTLINE_SCALE = 1.06;
const HALF_BAR = 0.0011;

/** Opacity of the ground inside the ring before and after the goal is reached. */
const PENDING_OPACITY = 0.1;
const REACHED_OPACITY = 0.42;

type GoalScene = Pick<SceneMessage, "successDistance" | "objects" | "goalAxes" | "table">;

export class GoalMarker {
  readonly object = new Group();
  /** The invisible drag target of the pointer: larger than the marker, for touch. */
  readonly handle: Mesh;
  readonly #point: Mesh<BufferGeometry, MeshStandardMaterial>;
  readonly #sphere: Mesh<SphereGeometry, ShaderMaterial>;
  readonly #plumb: Mesh<CylinderGeometry, MeshBasicMaterial>;
  readonly #foot: Mesh<RingGeometry, MeshBasicMaterial>;
  readonly #ground: Mesh<CircleGeometry, MeshBasicMaterial>;
  readonly #color = new Color();
  readonly #isFlat: boolean;
  /** Height of the floor or table below the goal, metres. */
  readonly #groundHeight: number;

  constructor({ successDistance, objects, goalAxes, table }: GoalScene) {
    const [object] = objects;
    this.#isFlat = object !== undefined && !goalAxes.includes(2);
    this.#groundHeight = table === null ? 0 : table.shape.center[2] + table.shape.halfExtents[2];
    this.#point = new Mesh(
      object === undefined
        ? new SphereGeometry(Math.min(0.011, successDistance / 3), 24, 16)
        : outline(scale(object.shape.halfExtents, OUTLINE_SCALE)),
      new MeshStandardMaterial({ roughness: 0.35, emissiveIntensity: 0.45 }),
    );
    this.#sphere = new Mesh(
      new SphereGeometry(successDistance, 48, 32),
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: { color: { value: this.#color } },
        transparent: true,
        depthWrite: false,
      }),
    );
    this.#sphere.renderOrder = 5;
    this.#sphere.visible = !this.#isFlat;
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
    this.object.add(this.#point, this.#sphere, this.handle, this.#plumb, this.#foot, this.#ground);
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
    this.#ground.material.opacity = reached ? REACHED_OPACITY : PENDING_OPACITY;
  }

  dispose(): void {
    for (const mesh of [this.#point, this.#sphere, this.handle, this.#plumb, this.#foot, this.#ground]) {
      mesh.geometry.dispose();
    }
    for (const mesh of [this.#point, this.#sphere, this.#plumb, this.#foot, this.#ground]) {
      mesh.material.dispose();
    }
    this.object.removeFromParent();
  }
}

/** The edges of a box as bars: WebGL lines are only a pixel wide. */
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
