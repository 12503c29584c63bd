/** @file What an examination returns. */

/** Figures by name; NaN if one cannot be computed. */
export type Figures = Readonly<Record<string, number>>;

/** Why an examination that needs the intact environment was not made. */
export const NO_ENVIRONMENT = "this command cannot make the environment, or not play random actions in it";
