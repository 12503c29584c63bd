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
        const [columns, rows] = [canvas.width = ${GRID.columns}, canvas.height = ${GRID.rows}];
        const context = canvas.getContext("2d");
        context.imageSmoothingQuality = "high";
        context.drawImage(image, 0, 0, columns, rows);
        const { data } = context.getImageData(0, 0, columns, rows);
        return Array.from({ length: columns * rows }, (_, i) => 0.3 * data[4 * i] + 0.59 * data[4 * i + 1] + 0.11 * data[4 * i + 2]);
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
