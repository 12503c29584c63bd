/** @file A camera that moves with the tool of each arm: all arms have one camera, shifted in each one's own picture. */

import { type PerspectiveCamera, Vector3 } from "three";
import type { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import type { ArmView } from "./arm-view.ts";

const NOWHERE: Readonly<Vector3> = new Vector3();

export class ToolFollower {
  #isOn = false;
  /** Position of the first arm's tool that the camera has moved to, m; undefined if it has not moved yet. */
  #followed: Vector3 | undefined;

  /** Lets the camera move, or stay where it is. */
  switch(on: boolean): void {
    this.#isOn = on;
    this.recentre();
  }

  /** Puts the first arm's tool into the centre at the next move. */
  recentre(): void {
    this.#followed = undefined;
  }

  /** Moves the camera as the tool of the first arm has moved since the last call. */
  move(arms: readonly ArmView[], camera: PerspectiveCamera, controls: OrbitControls): void {
    const tool = toolOf(arms, 0);
    if (!this.#isOn || tool === undefined) return;
    const way = tool.clone().sub(this.#followed ?? controls.target);
    this.#followed = tool;
    if (way.lengthSq() === 0) return;
    controls.target.add(way);
    camera.position.add(way);
    controls.update();
  }

  /** Returns how far from the camera that of an arm's own picture is, m. */
  shiftOf(slot: number, arms: readonly ArmView[]): Readonly<Vector3> {
    const [tool, first] = [toolOf(arms, slot), toolOf(arms, 0)];
    return !this.#isOn || tool === undefined || first === undefined ? NOWHERE : tool.sub(first);
  }
}

/** Returns where an arm's tool is drawn, m. */
function toolOf(arms: readonly ArmView[], slot: number): Vector3 | undefined {
  const tool = arms[slot]?.sample.endEffector;
  return tool === undefined ? undefined : new Vector3().fromArray(tool);
}
