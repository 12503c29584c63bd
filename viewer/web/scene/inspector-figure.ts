/** @file What the physics inspector draws: joint scales, frames, masses and inertia in an arm, and its contacts. */

import { type BufferGeometry, type Group, Mesh, MeshBasicMaterial, type Object3D } from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import { LAYERS, type Layer } from "../state/inspector-layers.ts";
import { ContactFigure } from "./contact-figure.ts";
import { frameAxes } from "./frame-axes.ts";
import { GaugeMaterials, JointGauge } from "./joint-gauge.ts";
import { nextPoints } from "./joint-scale.ts";
import { MarkerMaterials, MassMarker } from "./mass-marker.ts";
import type { SceneColors } from "./palette.ts";
import { boundsOf } from "./scene-bounds.ts";

/** Radius of a joint's scale and length of a frame's axes, as shares of the scene's extent. */
const SCALE_RADIUS = 0.16;
const FRAME_LENGTH = 0.11;

/** The bodies of an arm that the inspector draws into. */
export interface ArmGroups {
  /** By link. */
  readonly links: readonly Group[];
  /** By finger. */
  readonly fingers: readonly Group[];
}

export class InspectorFigure {
  /** In the world. */
  readonly contacts = new ContactFigure();
  readonly #gauges: readonly JointGauge[];
  readonly #markers: readonly MassMarker[];
  readonly #axes: BufferGeometry;
  readonly #gaugeMaterials = new GaugeMaterials();
  readonly #markerMaterials = new MarkerMaterials();
  readonly #axesMaterial = new MeshBasicMaterial({
    vertexColors: true,
    toneMapped: false,
    transparent: true,
  });
  readonly #layers: Readonly<Record<Layer, readonly Object3D[]>>;

  constructor(scene: SceneMessage, { links, fingers }: ArmGroups) {
    const { extent } = boundsOf(scene);
    const next = nextPoints(scene);
    this.#gauges = scene.links.map(
      (link, i) => new JointGauge(link, next[i] ?? [0, 0, 0], SCALE_RADIUS * extent, this.#gaugeMaterials),
    );
    this.#markers = [...scene.links, ...scene.fingers].map(
      ({ inertial }) => new MassMarker(inertial, this.#markerMaterials),
    );
    this.#axes = frameAxes(FRAME_LENGTH * extent);
    const inner = {
      joints: this.#gauges.map(({ object }) => object),
      frames: scene.links.map(() => new Mesh(this.#axes, this.#axesMaterial)),
      masses: this.#markers.map(({ ball }) => ball),
      inertia: this.#markers.map(({ inertia }) => inertia),
    };
    this.#layers = { ...inner, contacts: [this.contacts.object] };
    const bodies = [...links, ...fingers];
    for (const objects of Object.values(inner)) {
      objects.forEach((object, i) => {
        object.traverse(drawOverShells);
        bodies[i]?.add(object);
      });
    }
    this.show([]);
  }

  show(layers: readonly Layer[]): void {
    for (const [layer, objects] of Object.entries(this.#layers)) {
      const isShown = layers.some((each) => each === layer);
      for (const object of objects) object.visible = isShown;
    }
  }

  /** The layers that are drawn. */
  get shown(): readonly Layer[] {
    return LAYERS.filter((layer) => this.#layers[layer].some(({ visible }) => visible));
  }

  /** Sets the joint angles, [N] rad. */
  setAngles(angles: ArrayLike<number>): void {
    this.#gauges.forEach((gauge, i) => {
      gauge.setAngle(angles[i] ?? 0);
    });
  }

  setColors(colors: SceneColors, slot: string): void {
    this.#gaugeMaterials.setColors(colors, slot);
    this.#markerMaterials.setColors(colors);
    this.contacts.setColor(colors.contact);
  }

  dispose(): void {
    for (const each of [...this.#gauges, ...this.#markers, this.contacts]) each.dispose();
    this.#axes.dispose();
    for (const each of [this.#gaugeMaterials, this.#markerMaterials, this.#axesMaterial]) each.dispose();
  }
}

/** Draws an object after the arm's translucent shells, which would tint it, and after ghosts; see-through parts last. */
function drawOverShells(object: Object3D): void {
  const isSeeThrough = object instanceof Mesh && object.material.depthWrite === false;
  object.renderOrder = isSeeThrough ? 4 : 3;
}
