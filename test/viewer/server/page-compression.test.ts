/** @file The page's files in the encodings that a browser accepts, and how long it may keep them. */

import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { Library } from "../../../viewer/server/library.ts";
import { readPageFiles } from "../../../viewer/server/page-files.ts";
import { startWatchServer } from "../../../viewer/server/watch-server.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const SCRIPT = "/assets/index-AbC_12-z.js";
const SOURCE = "export const text = 'steadyarm';".repeat(100);

async function startServer(): Promise<number> {
  const folder = temporaryFolder();
  const page = join(folder, "page");
  mkdirSync(join(page, "assets"), { recursive: true });
  writeFileSync(join(page, "index.html"), "<!doctype html>");
  writeFileSync(page + SCRIPT, SOURCE);
  writeFileSync(`${page + SCRIPT}.br`, brotliCompressSync(SOURCE));
  writeFileSync(`${page + SCRIPT}.gz`, gzipSync(SOURCE));
  writeFileSync(join(page, "assets", "plain.css"), "body {}");
  // Outside of the folder, so never sent.
  writeFileSync(join(folder, "secret.gz"), "SECRET");
  symlinkSync(join(folder, "secret.gz"), join(page, "assets", "plain.css.gz"));
  const none = join(folder, "none");
  const library = new Library({ named: [], runs: none, zoo: none });
  const server = await startWatchServer({ library, page: readPageFiles(page), version: "0", port: 0 });
  onTestFinished(() => server.close());
  return server.port;
}

async function request(port: number, path: string, accepted?: string) {
  const headers = accepted === undefined ? {} : { "Accept-Encoding": accepted };
  const [response]: [IncomingMessage] = await once(
    get({ host: "127.0.0.1", port, path, headers }),
    "response",
  ).then(([each]) => [each]);
  return { status: response.statusCode, headers: response.headers, bytes: await buffer(response) };
}

it("sends a file compressed as the browser accepts it", async () => {
  const port = await startServer();
  const brotli = await request(port, SCRIPT, "gzip, deflate, br, zstd");
  expect(brotli.headers).toMatchObject({ "content-encoding": "br", vary: "Accept-Encoding" });
  expect(brotliDecompressSync(brotli.bytes).toString()).toBe(SOURCE);
  for (const accepted of ["gzip", "GZIP;q=0.5", "br;q=0, gzip", "br; q=0.000 ,gzip;q=1"]) {
    const { headers, bytes } = await request(port, SCRIPT, accepted);
    expect(headers["content-encoding"]).toBe("gzip");
    expect(Number(headers["content-length"])).toBe(bytes.length);
    expect(gunzipSync(bytes).toString()).toBe(SOURCE);
  }
  for (const accepted of [undefined, "", "identity", "brotli", "br;q=0, gzip;q=0.0"]) {
    const { headers, bytes } = await request(port, SCRIPT, accepted);
    expect(headers["content-encoding"]).toBeUndefined();
    expect(bytes.toString()).toBe(SOURCE);
  }
});

it("sends nothing from outside the folder, and no compressed file by its own name", async () => {
  const port = await startServer();
  expect((await request(port, "/assets/plain.css", "gzip")).bytes.toString()).toBe("body {}");
  for (const path of [`${SCRIPT}.br`, `${SCRIPT}.gz`, "/assets/plain.css.gz"])
    expect((await request(port, path)).status).toBe(404);
});

it("lets a browser keep files with a hash in their name, and no others", async () => {
  const port = await startServer();
  expect((await request(port, SCRIPT)).headers["cache-control"]).toBe("private, max-age=31536000, immutable");
  for (const path of ["/", "/index.html", "/assets/plain.css"])
    expect((await request(port, path)).headers["cache-control"]).toBe("no-cache");
});
