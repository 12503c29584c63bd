/** @file Splits the picture into viewports, one for each slot. */

/** A rectangle as shares of the picture, 0 to 1. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const FULL: Viewport = { left: 0, top: 0, width: 1, height: 1 };

/**
 * Returns a viewport for each of `count` slots, in reading order.
 *
 * @param aspect width over height of the picture; tall pictures are split into rows
 */
export function splitPicture(count: number, aspect: number): readonly Viewport[] {
  if (count <= 1) return [FULL];
  const columns = count === 4 ? 2 : aspect >= 1 ? count : 1;
  const rows = Math.ceil(count / columns);
  return Array.from({ length: count }, (_, i) => ({
    left: (i % columns) / columns,
    top: Math.floor(i / columns) / rows,
    width: 1 / columns,
    height: 1 / rows,
  }));
}

/** Index of the viewport at a point, in shares of the picture; −1 for none. */
export function viewportAt(viewports: readonly Viewport[], x: number, y: number): number {
  return viewports.findIndex(
    ({ left, top, width, height }) => x >= left && x < left + width && y >= top && y < top + height,
  );
}
