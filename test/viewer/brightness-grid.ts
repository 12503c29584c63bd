/** @file Converts pictures to coarse grids of brightness, to compare them with a reference. */

import type { Browser } from "playwright-core";

/** Number of cells. */
export const GRID = { columns: 32, rows: 24 } as const;

/** Returns the mean brightness of each cell of a PNG, 0 to 255, row by row. The browser decodes it. */
export async function brightnessGrid(browser: Browser, png: Buffer): Promise<number[]> {
  const page = await browser.newPage();
  try {
    const url = `data:image/png;base64,${png.toString("base64")}`;
    return await page.evaluate<number[]>(
      `(async () => {
        const image = new Image();
        image.src = "${url}";
        await image.decode();
        const canvas = document.createElement("canvas");
        const { width, height } = Object.assign(canvas, { width: image.width, height: image.height });
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        const [columns, rows] = [${GRID.columns}, ${GRID.rows}];
        const [sums, counts] = [new Float64Array(columns * rows), new Float64Array(columns * rows)];
        // Not by drawing it smaller: each of Chromium's compositors scales in its own way.
        for (let i = 0; i < width * height; i++) {
          const [column, row] = [Math.floor(((i % width) * columns) / width), Math.floor((Math.floor(i / width) * rows) / height)];
          sums[row * columns + column] += 0.3 * data[4 * i] + 0.59 * data[4 * i + 1] + 0.11 * data[4 * i + 2];
          counts[row * columns + column] += 1;
        }
        return Array.from(sums, (sum, i) => sum / counts[i]);
      })()`,
    );
  } finally {
    await page.close();
  }
}

/** Pearson correlation of two grids, which does not depend on brightness and contrast; 0 if one is constant. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, x] of a.entries()) {
    const [da, db] = [x - meanA, (b[i] ?? 0) - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}
