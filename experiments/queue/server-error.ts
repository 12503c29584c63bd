/** @file Errors of queue servers: whether the connection is lost, and a message in words. */

import { InputError } from "../../shared/errors.ts";

/** The server cannot be reached, perhaps because it has not been started yet. */
export class ServerUnreachable extends InputError {}

/** Messages for error codes of Node and PostgreSQL (appendix A); they follow the server's label. */
const MESSAGES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection",
  ENOTFOUND: "has an unknown host name",
  EAI_AGAIN: "has an unknown host name",
  ETIMEDOUT: "did not respond",
  EHOSTUNREACH: "is unreachable",
  ENETUNREACH: "is unreachable",
  ECONNRESET: "closed the connection",
  EPIPE: "closed the connection",
  "28P01": "rejected the password",
  "28000": "rejected the user",
  "3D000": "has no such database",
  "42501": "does not permit this user to create tables",
  "53300": "has too many connections",
  "57P01": "was shut down",
  "57P02": "crashed",
  "57P03": "is still starting",
};

/** Socket errors, and PostgreSQL's classes 08 (connection) and 57P (shutdown). */
const LOST_CODE =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08\w{3}|57P0\d)$/;

/** Errors of pg and ioredis that have no code. */
const LOST_MESSAGE =
  /connection (is |was )?(closed|terminated|ended)|terminated unexpectedly|timeout exceeded when trying to connect|not queryable|client has encountered a connection error/i;

/** Whether an error means a lost connection, not a rejected request. */
export function isLostConnection(error: unknown): boolean {
  const { code, message } = read(error);
  return LOST_CODE.test(code) || LOST_MESSAGE.test(message);
}

/** The error in words, to follow the server's label: `refused the connection (ECONNREFUSED)`. */
export function describeServerError(error: unknown): string {
  const { code, message } = read(error);
  const known = MESSAGES[code];
  if (known !== undefined) return `${known} (${code})`;
  if (LOST_MESSAGE.test(message)) return "did not respond";
  const line = message.split("\n")[0] ?? "";
  return line === "" ? `failed${code === "" ? "" : ` (${code})`}` : `reported: ${line}`;
}

function read(error: unknown): { readonly code: string; readonly message: string } {
  // Node bundles the errors of a host's addresses.
  if (error instanceof AggregateError && error.errors.length > 0) return read(error.errors[0]);
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const code = "code" in error && error.code !== undefined ? String(error.code) : "";
  return { code, message: error.message };
}
