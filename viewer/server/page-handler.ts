/** @file Answers HTTP requests for the page's files, with security headers. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { PageFiles } from "./page-files.ts";
import { foreignRequestStatus } from "./request-guard.ts";

/** Allows the page its own files, its own socket, and the images and videos that it creates. */
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

/** Answers one request. Never throws and never reads the body. */
export function handlePageRequest(
  request: IncomingMessage,
  response: ServerResponse,
  files: Pick<PageFiles, "get">,
  port: number,
): void {
  response.setHeader("Content-Security-Policy", contentPolicy(port));
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  response.setHeader("Cache-Control", "no-cache");
  const foreign = foreignRequestStatus(request, port);
  if (foreign !== undefined) {
    sendStatus(response, foreign);
    return;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    sendStatus(response, 405);
    return;
  }
  const file = files.get((request.url ?? "").replace(/\?.*$/s, ""));
  if (file === undefined) {
    sendStatus(response, 404);
    return;
  }
  const accepted = acceptedEncodings(request.headers["accept-encoding"] ?? "");
  const compressed = file.compressed.find(({ encoding }) => accepted.has(encoding));
  const { bytes } = compressed ?? file;
  if (file.isHashed) response.setHeader("Cache-Control", "private, max-age=31536000, immutable");
  response.setHeader("Vary", "Accept-Encoding");
  response.writeHead(200, {
    "Content-Type": file.contentType,
    "Content-Length": bytes.length,
    ...(compressed === undefined ? {} : { "Content-Encoding": compressed.encoding }),
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** Returns the encodings of an Accept-Encoding header that are named and not excluded by `q=0`. */
function acceptedEncodings(header: string): ReadonlySet<string> {
  const offers = header.toLowerCase().split(",");
  return new Set(
    offers.flatMap((offer) => {
      const [name = "", ...parameters] = offer.split(";").map((part) => part.trim());
      return parameters.some((each) => /^q=0(\.0{0,3})?$/.test(each)) ? [] : [name];
    }),
  );
}

const REASONS = {
  400: "Bad request",
  403: "Forbidden",
  404: "Not found",
  405: "Only GET",
  431: "Too many headers",
};

/** Sends an error. Its text is fixed: it repeats nothing of the request. */
function sendStatus(response: ServerResponse, status: keyof typeof REASONS): void {
  if (status === 405) response.setHeader("Allow", "GET, HEAD");
  const text = `${REASONS[status]}\n`;
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": text.length,
    Connection: "close",
  });
  response.end(text);
}
