/** @file The limit of open files of this process, `ulimit -n`. */

import { isRecord } from "../shared/is-record.ts";

/** Assumed where the system does not tell, as on Windows. */
const DEFAULT_LIMIT = 1024;

/** Enough for every command with its threads: Node opens the files of many modules at once. */
const RECOMMENDED_LIMIT = 1024;

/** Returns the maximum number of files and sockets that this process can open at once. */
export function maxOpenFiles(): number {
  const report: unknown = process.report.getReport();
  const limits = isRecord(report) ? report["userLimits"] : undefined;
  const files = isRecord(limits) ? limits["open_files"] : undefined;
  const soft = isRecord(files) ? files["soft"] : undefined;
  if (soft === "unlimited") return Number.POSITIVE_INFINITY;
  return typeof soft === "number" ? soft : DEFAULT_LIMIT;
}

/** Whether an error, or its cause, is that this process or this machine has too many open files. It is temporary. */
export function isOutOfFiles(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return code === "EMFILE" || code === "ENFILE" || isOutOfFiles(error.cause);
}

/** Returns the message for the user after such an error: the limit, and how to raise it. */
export function outOfFilesMessage(): string {
  const limit = maxOpenFiles();
  const [expected, raised] =
    limit < RECOMMENDED_LIMIT
      ? [`a limit of ${RECOMMENDED_LIMIT}`, RECOMMENDED_LIMIT]
      : ["fewer than the limit", 2 * limit];
  return `open files: expected ${expected}, got ${limit}. Raise the limit: ulimit -n ${raised}`;
}
