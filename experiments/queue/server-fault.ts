/** @file A queue server's address, and what it means when it does not answer. */

import { InputError, refuse } from "../../shared/errors.ts";

/** Nobody is there, or nobody yet: what a worker waits for. */
export class ServerNotThere extends InputError {}

export interface QueueAddress {
  readonly kind: "redis" | "postgres";
  /** With its password: for the client alone. */
  readonly url: string;
  /** `postgres at db.example:5432`: for people. */
  readonly shown: string;
}

const KINDS: Readonly<Record<string, QueueAddress["kind"]>> = {
  "redis:": "redis",
  "rediss:": "redis",
  "postgres:": "postgres",
  "postgresql:": "postgres",
};

const PORTS = { redis: "6379", postgres: "5432" } as const;

/**
 * Reads a queue server's URL.
 *
 * @throws InputError if it is none; the password in it is never shown
 */
export function parseQueueUrl(text: string, where: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = url === undefined ? undefined : KINDS[url.protocol];
  if (url === undefined || kind === undefined || url.hostname === "") {
    const shown = text.replace(/\/\/[^@/]*@/, "//…@");
    throw refuse(where, "redis://host:6379 or postgres://user:password@host:5432/database", shown);
  }
  return { kind, url: text, shown: `${kind} at ${url.hostname}:${url.port === "" ? PORTS[kind] : url.port}` };
}

/** Words for the codes that servers and sockets give: Node's, PostgreSQL's (appendix A). */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "does not listen there",
  ENOTFOUND: "has a host that is not known",
  EAI_AGAIN: "has a host that is not known",
  ETIMEDOUT: "does not answer",
  EHOSTUNREACH: "cannot be reached",
  ENETUNREACH: "cannot be reached",
  ECONNRESET: "closed the connection",
  EPIPE: "closed the connection",
  "28P01": "does not accept the password",
  "28000": "does not accept the user",
  "3D000": "has no such database",
  "42501": "does not let this user make tables",
  "53300": "has too many connections",
  "57P01": "was shut down",
  "57P02": "has crashed",
  "57P03": "is still starting",
};

/** PostgreSQL's classes 08 (connection) and 57P (shut down), and what a socket says when nobody is there. */
const LOST =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08\w{3}|57P0\d)$/;

/** pg and ioredis say these without a code. */
const LOST_WORDS =
  /connection (is |was )?(closed|terminated|ended)|terminated unexpectedly|timeout exceeded when trying to connect|not queryable|client has encountered a connection error/i;

/** Whether an error means that the server was not there, rather than that it refused. */
export function isLostConnection(error: unknown): boolean {
  const { code, message } = read(error);
  return LOST.test(code) || LOST_WORDS.test(message);
}

/** What an error says of the server, after its name: `does not listen there (ECONNREFUSED)`. */
export function describeFault(error: unknown): string {
  const { code, message } = read(error);
  const meaning = MEANINGS[code];
  if (meaning !== undefined) return `${meaning} (${code})`;
  if (LOST_WORDS.test(message)) return "does not answer";
  const line = message.split("\n")[0] ?? "";
  return line === "" ? `failed${code === "" ? "" : ` (${code})`}` : `says: ${line}`;
}

function read(error: unknown): { readonly code: string; readonly message: string } {
  // Node bundles the failures of a host's several addresses.
  if (error instanceof AggregateError && error.errors.length > 0) return read(error.errors[0]);
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  const code = "code" in error && error.code !== undefined ? String(error.code) : "";
  return { code, message: error.message };
}
