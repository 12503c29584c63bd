/** @file The cases there are. */

import { InputError, suggest } from "../../shared/errors.ts";
import type { CaseStudy } from "./case-study.ts";
import { SPARSE } from "./sparse.ts";
import { VANISHING } from "./vanishing.ts";
import { VARIANCE } from "./variance.ts";

export const CASES: readonly CaseStudy[] = [VANISHING, VARIANCE, SPARSE];

/** The case of that name. Throws InputError with a suggestion if there is none. */
export function findCase(name: string): CaseStudy {
  const found = CASES.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = CASES.map((each) => each.name);
  throw new InputError(`case: no case is called ${JSON.stringify(name)}. ${suggest(name, names)}`);
}
