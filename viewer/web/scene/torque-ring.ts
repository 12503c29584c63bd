/** @file A gauge around a joint: the length of the arc is the share of the torque limit, its direction the sign. */

import {
  Color,
  ConeGeometry,
  DoubleSide,
  Group,
  Mesh,
  MeshBasicMaterial,
  Quaternion,
  ShaderMaterial,
  TorusGeometry,
  Vector3,
} from "three";
import type { Vec3 } from "../../../shared/vec3.ts";

/** Arc of the full torque limit, radians. */
const FULL_SWEEP = 1.6 * Math.PI;

/** Share of the limit from which the colour changes towards the warning colour. */
const HIGH_SHARE = 0.6;

const Z = new Vector3(0, 0, 1);

const VERTEX = /* glsl */ `
  varying float vAround;
  void main() {
    vAround = atan(position.y, position.x);
    gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  }`;

const FRAGMENT = /* glsl */ `
  uniform vec3 color;
  uniform vec3 rest;
  uniform float sweep;
  uniform float opacity;
  uniform float restOpacity;
  varying float vAround;
  void main() {
    float around = sweep < 0.0 ? -vAround : vAround;
    if (around < 0.0) around += 6.28318530718;
    bool inside = around < abs(sweep);
    gl_FragColor = vec4(inside ? color : rest, inside ? opacity : restOpacity * opacity);
    #include <colorspace_fragment>
  }`;

export class TorqueRing {
  readonly object = new Group();
  readonly #material: ShaderMaterial;
  readonly #tip: Mesh<ConeGeometry, MeshBasicMaterial>;
  readonly #radius: number;
  readonly #low = new Color();
  readonly #high = new Color();
  readonly #color = new Color();
  readonly #rest = new Color();

  /**
   * @param center of the ring in its parent's frame, metres
   * @param axis   unit vector of the joint's axis in that frame
   * @param radius metres
   */
  constructor(center: Vec3, axis: Vec3, radius: number) {
    this.#radius = radius;
    this.#material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: {
        color: { value: this.#color },
        rest: { value: new Color() },
        sweep: { value: 0 },
        opacity: { value: 1 },
        restOpacity: { value: 0.28 },
      },
      transparent: true,
      side: DoubleSide,
    });
    const tube = 0.0052;
    this.object.add(new Mesh(new TorusGeometry(radius, tube, 8, 72), this.#material));
    this.#tip = new Mesh(new ConeGeometry(tube * 2.6, tube * 5, 14), new MeshBasicMaterial());
    this.#tip.material.color = this.#color;
    this.#tip.material.toneMapped = false;
    this.object.add(this.#tip);
    this.object.position.set(...center);
    this.object.quaternion.copy(new Quaternion().setFromUnitVectors(Z, new Vector3(...axis)));
  }

  setColors(low: string, high: string, rest: string): void {
    this.#low.set(low);
    this.#high.set(high);
    this.#rest.set(rest);
    this.setWarning(false);
  }

  /** Draws the complete ring in the warning colour, for a joint at its limit. */
  setWarning(on: boolean): void {
    this.#material.uniforms["rest"]?.value.copy(on ? this.#high : this.#rest);
    if (this.#material.uniforms["restOpacity"] !== undefined) {
      this.#material.uniforms["restOpacity"].value = on ? 0.9 : 0.28;
    }
  }

  /** Shows a torque as a share of its limit, clamped to [−1, 1]; positive is right-handed about the axis. */
  setShare(share: number): void {
    const clamped = Math.min(Math.max(share, -1), 1);
    const sweep = clamped * FULL_SWEEP;
    const uniforms = this.#material.uniforms;
    if (uniforms["sweep"] !== undefined) uniforms["sweep"].value = sweep;
    const excess = Math.max(0, (Math.abs(clamped) - HIGH_SHARE) / (1 - HIGH_SHARE));
    this.#color.copy(this.#low).lerp(this.#high, excess);
    this.#tip.visible = Math.abs(clamped) > 0.03;
    this.#tip.position.set(this.#radius * Math.cos(sweep), this.#radius * Math.sin(sweep), 0);
    this.#tip.rotation.z = sweep + (clamped < 0 ? Math.PI : 0);
  }

  setOpacity(opacity: number): void {
    if (this.#material.uniforms["opacity"] !== undefined) this.#material.uniforms["opacity"].value = opacity;
  }

  dispose(): void {
    this.object.traverse((part) => {
      if (part instanceof Mesh) part.geometry.dispose();
    });
    this.#material.dispose();
    this.#tip.material.dispose();
  }
}
