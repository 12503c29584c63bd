/** @file The list of all cases. */

import { InputError, suggest } from "../../shared/errors.ts";
import type { CaseStudy } from "./case-study.ts";
import { SPARSE } from "./sparse.ts";
import { VANISHING } from "./vanishing.ts";
import { VARIANCE } from "./variance.ts";

export const CASES: readonly CaseStudy[] = [VANISHING, VARIANCE, SPARSE];

/** Returns the case of that name. Throws InputError with a suggestion if it does not exist. */
export function findCase(name: string): CaseStudy {
  const study = CASES.find((each) => each.name === name);
  if (study !== undefined) return study;
  const names = CASES.map((each) => each.name);
  throw new InputError(`case: unknown case ${JSON.stringify(name)}. ${suggest(name, names)}`);
}
