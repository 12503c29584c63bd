/** @file The address of a queue server. */

import { refuse } from "../../shared/errors.ts";

export interface QueueAddress {
  readonly kind: "redis" | "postgres";
  /** Contains the password: only for the client. */
  readonly url: string;
  /** For messages: `postgres at db.example:5432`. */
  readonly label: string;
}

const KINDS: Readonly<Record<string, QueueAddress["kind"]>> = {
  "redis:": "redis",
  "rediss:": "redis",
  "postgres:": "postgres",
  "postgresql:": "postgres",
};

const DEFAULT_PORTS = { redis: "6379", postgres: "5432" } as const;

/**
 * Parses the URL of a queue server.
 *
 * @throws InputError if it is invalid; the message does not contain the password
 */
export function parseQueueUrl(text: string, where: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = url === undefined ? undefined : KINDS[url.protocol];
  if (url === undefined || kind === undefined || url.hostname === "") {
    const withoutPassword = text.replace(/\/\/[^@/]*@/, "//…@");
    throw refuse(where, "redis://host:6379 or postgres://user:password@host:5432/database", withoutPassword);
  }
  const port = url.port === "" ? DEFAULT_PORTS[kind] : url.port;
  return { kind, url: text, label: `${kind} at ${url.hostname}:${port}` };
}
