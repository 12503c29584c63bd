/** @file The outline of the box that the goals of training are drawn from, shown while a goal is dragged. */

import { BoxGeometry, EdgesGeometry, LineBasicMaterial, LineSegments } from "three";
import type { SceneMessage } from "../../../shared/protocol-scene.ts";
import type { SceneColors } from "./palette.ts";

/** Shown instead of no thickness at all, metres. */
const MIN_EXTENT = 1e-4;

export class GoalRegionOutline {
  readonly object: LineSegments<EdgesGeometry, LineBasicMaterial>;

  constructor({ low, high }: SceneMessage["goalRegion"]) {
    const extent = (axis: 0 | 1 | 2) => Math.max(high[axis] - low[axis], MIN_EXTENT);
    const box = new BoxGeometry(extent(0), extent(1), extent(2));
    this.object = new LineSegments(
      new EdgesGeometry(box),
      new LineBasicMaterial({ transparent: true, opacity: 0.55, depthWrite: false }),
    );
    box.dispose();
    this.object.position.set((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2);
    this.object.visible = false;
  }

  setColors(colors: SceneColors): void {
    this.object.material.color.set(colors.goal);
  }

  dispose(): void {
    this.object.removeFromParent();
    this.object.geometry.dispose();
    this.object.material.dispose();
  }
}
