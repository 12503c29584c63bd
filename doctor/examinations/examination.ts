/** @file What an examination returns. */

/** Figures by name; NaN if one cannot be computed. */
export type Figures = Readonly<Record<string, number>>;
