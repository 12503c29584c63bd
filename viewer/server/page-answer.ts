/** @file Answers http requests: the page's files and nothing else, with headers that keep the page to itself. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { PageFiles } from "./page-files.ts";
import { foreignRequest } from "./request-guard.ts";

/** What the page may load and do: its own files, its own socket, pictures and recordings it made itself. */
function contentPolicy(port: number): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** Answers one request; never throws and never reads what comes after the headers. */
export function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  files: PageFiles,
  port: number,
): void {
  response.setHeader("Content-Security-Policy", contentPolicy(port));
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  response.setHeader("Cache-Control", "no-cache");
  const file = files.get((request.url ?? "").replace(/\?.*$/s, ""));
  const refused = foreignRequest(request, port) ?? (isReading(request) ? undefined : 405);
  if (refused !== undefined || file === undefined) {
    refuse(response, refused ?? 404);
    return;
  }
  response.writeHead(200, { "Content-Type": file.contentType, "Content-Length": file.bytes.length });
  response.end(request.method === "HEAD" ? undefined : file.bytes);
}

function isReading({ method }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD";
}

const REASONS = { 400: "Bad request", 403: "This address is not served", 404: "Not found", 405: "Only GET" };

/** Says the same whatever was asked: nothing of a request comes back. */
function refuse(response: ServerResponse, status: keyof typeof REASONS): void {
  if (status === 405) response.setHeader("Allow", "GET, HEAD");
  const text = `${REASONS[status]}\n`;
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": text.length,
    Connection: "close",
  });
  response.end(text);
}
