/** @file A fault that is put into the program to show that a test finds it. */

/** A replacement in one file. */
export interface SeededFault {
  readonly file: string;
  /** Text that occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** `<file under test/> › <title of the test>`; without a title, all tests of the file. */
  readonly test: string;
}

export function fault(test: string, file: string, from: string, to: string): SeededFault {
  return { file, from, to, test };
}
