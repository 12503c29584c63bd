/** @file Pictures as coarse grids of brightness, to be compared with one that a person has looked at. */

import type { Browser } from "playwright-core";

/** Cells across and down. */
export const GRID = { columns: 32, rows: 24 } as const;

/** Mean brightness, 0 to 255, of each cell of a PNG, row by row. A page of the browser decodes it. */
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

/** Pearson's correlation of two grids: 1 for the same picture, brighter or darker; 0 where one has no features. */
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
