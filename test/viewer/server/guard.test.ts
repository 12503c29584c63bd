/** @file The server's checks of Host, Origin, token and path, over raw TCP as an attacker would send them. */

import { existsSync, symlinkSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SOCKET_PATH } from "../../../shared/protocol.ts";
import { readPageFiles } from "../../../viewer/server/page-files.ts";
import type { WatchServer } from "../../../viewer/server/watch-server.ts";
import { refusal, temporaryFolder } from "../../temporary-folder.ts";
import { PageClient, startServer, untilClients, writePage } from "./page-client.ts";
import { exchange, handshake, RawSocket, statusOf } from "./raw-client.ts";

const get = (port: number, target: string, headers: readonly string[] = []) =>
  exchange(
    port,
    `GET ${target} HTTP/1.1\r\n${[`Host: 127.0.0.1:${port}`, "Connection: close", ...headers].join("\r\n")}\r\n\r\n`,
  );

function foreignHosts(port: number): (string | readonly string[] | null)[] {
  return [
    null,
    "",
    "evil.example",
    `evil.example:${port}`,
    "127.0.0.1",
    "localhost",
    `127.0.0.1:${port + 1}`,
    `127.0.0.1:${port}0`,
    `127.0.0.1:0${port}`,
    `127.0.0.1:${port}.`,
    `127.0.0.1.:${port}`,
    `127.0.0.1.evil.com:${port}`,
    `127.0.0.1:${port}@evil.com`,
    `evil.com@127.0.0.1:${port}`,
    `LOCALHOST:${port}`,
    `Localhost:${port}`,
    `localhost.:${port}`,
    `localhost.evil.com:${port}`,
    `notlocalhost:${port}`,
    `localhost:${port},evil.com`,
    `localhost:${port} evil.com`,
    `0.0.0.0:${port}`,
    `[::]:${port}`,
    `[::1]:${port}`,
    `2130706433:${port}`,
    `0x7f000001:${port}`,
    `0177.0.0.1:${port}`,
    `127.1:${port}`,
    `127.0.0.2:${port}`,
    [`127.0.0.1:${port}`, `127.0.0.1:${port}`],
    [`127.0.0.1:${port}`, "evil.example"],
  ];
}

function foreignOrigins(port: number): (string | readonly string[])[] {
  return [
    "",
    "null",
    "http://evil.example",
    `http://evil.example:${port}`,
    "http://127.0.0.1",
    "http://localhost",
    `http://127.0.0.1:${port + 1}`,
    `http://127.0.0.1:${port}0`,
    `http://127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}/page`,
    `http://127.0.0.1:${port}.evil.com`,
    `http://127.0.0.1.evil.com:${port}`,
    `http://localhost.evil.com:${port}`,
    `http://notlocalhost:${port}`,
    `http://localhost:${port}@evil.com`,
    `http://evil.com@localhost:${port}`,
    `https://127.0.0.1:${port}`,
    `https://localhost:${port}`,
    `ws://127.0.0.1:${port}`,
    `HTTP://127.0.0.1:${port}`,
    `http://LOCALHOST:${port}`,
    `http://localhost.:${port}`,
    `http://0.0.0.0:${port}`,
    `http://[::1]:${port}`,
    `http://127.1:${port}`,
    `file://127.0.0.1:${port}`,
    `chrome-extension://127.0.0.1:${port}`,
    `http://127.0.0.1:${port} http://evil.com`,
    `http://127.0.0.1:${port},http://evil.com`,
    [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port}`],
    [`http://127.0.0.1:${port}`, "http://evil.example"],
  ];
}

describe("the server", () => {
  it("listens on the loopback interface only", async () => {
    const { port } = await startServer();
    const others = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others) {
      const code = await new Promise((resolve) => {
        const socket = connect(port, address, () => resolve("connected"));
        socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
      });
      expect(code, address).toBe("ECONNREFUSED");
    }
    expect(statusOf(await get(port, "/"))).toBe(200);
  });

  it("rejects more than 60 foreign variants of Host and Origin, for the page and the socket", async () => {
    const server = await startServer();
    const { port } = server;
    const hosts = foreignHosts(port);
    const origins = foreignOrigins(port);
    expect(hosts.length + origins.length).toBeGreaterThanOrEqual(60);
    for (const Host of hosts) {
      const lines = Host === null ? [] : [Host].flat().map((each) => `Host: ${each}`);
      const page = await exchange(
        port,
        `GET / HTTP/1.1\r\n${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n`,
      );
      expect([400, 403], `${Host}`).toContain(statusOf(page));
      expect(page).not.toContain("doctype");
      expect([400, 403], `${Host}`).toContain(statusOf(await exchange(port, handshake(server, { Host }))));
    }
    for (const Origin of origins) {
      const lines = [Origin].flat().map((each) => `Origin: ${each}`);
      const page = await get(port, "/", lines);
      expect([400, 403], `${Origin}`).toContain(statusOf(page));
      expect(page.toLowerCase()).not.toContain("access-control-allow");
      expect([400, 403], `${Origin}`).toContain(
        statusOf(await exchange(port, handshake(server, { Origin }))),
      );
    }
    expect(server.stats().clients).toBe(0);
    for (const name of ["127.0.0.1", "localhost"]) {
      const own = { Host: `${name}:${port}`, Origin: `http://${name}:${port}` };
      (await RawSocket.open(server, own)).socket.destroy();
    }
    // Programs other than browsers send no Origin. They need the token.
    (await RawSocket.open(server, { Origin: null })).socket.destroy();
  });

  it("accepts only its own token, and answers any other with the same 401", async () => {
    const server = await startServer();
    const { token } = server;
    const old = await startServer();
    expect(token).toMatch(/^[\w-]{43}$/);
    const tokens = [
      "",
      "?token=",
      "?token",
      `?token=${old.token}`,
      `?token=${token.slice(0, -1)}`,
      `?token=${token}A`,
      `?token=${"A".repeat(43)}`,
      `?token=${token.toLowerCase()}x`,
      `?Token=${token}`,
      `?x=1&token=${token}`,
      `?token=${token}&x=1`,
      `?token=%${token}`,
      `?token[]=${token}`,
    ];
    const answers = new Set<string>();
    for (const each of tokens) {
      const answer = await exchange(server.port, handshake(server, { target: SOCKET_PATH + each }));
      expect(statusOf(answer), each).toBe(401);
      answers.add(answer);
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).not.toContain(token);
    expect(server.stats().clients).toBe(0);
    await PageClient.connect(server);
    expect(server.stats().clients).toBe(1);
  });

  it("never sends the token, and has it in the address's fragment only", async () => {
    const server = await startServer();
    for (const target of [
      "/",
      `/?token=${server.token}`,
      "/assets/main-1a2b.js",
      "/nothing",
      `/${server.token}`,
    ]) {
      expect(await get(server.port, target)).not.toContain(server.token);
    }
    expect(new URL(server.address).hash).toBe(`#token=${server.token}`);
    expect(await get(server.port, "/")).toContain("Referrer-Policy: no-referrer");
  });

  it("sends security headers with every answer, and allows no method but GET and HEAD", async () => {
    const { port } = await startServer();
    for (const target of ["/", "/assets/main-1a2b.js", "/nothing"]) {
      const answer = await get(port, target);
      expect(answer).toContain("X-Content-Type-Options: nosniff");
      expect(answer).toMatch(
        /Content-Security-Policy: default-src 'none'; script-src 'self';.*frame-ancestors 'none'/,
      );
      expect(answer).not.toMatch(/unsafe-|X-Powered-By/);
      expect(answer).toMatch(/Content-Type: text\/(html|javascript|plain); charset=utf-8/);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]) {
      const answer = await exchange(
        port,
        `${method} / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 0\r\n\r\n`,
      );
      expect(statusOf(answer), method).toBe(405);
    }
  });

  it("serves the page's files only, and rejects 200 paths that lead out of it", async () => {
    const { port } = await startServer();
    expect(await get(port, "/index.html?x=1")).toContain("<title>steadyarm</title>");
    expect(await get(port, "/assets/main-1a2b.css")).toContain("body {}");
    const paths = traversals();
    expect(paths.length).toBeGreaterThanOrEqual(200);
    for (const path of paths) {
      const answer = await get(port, path);
      expect([400, 404], path).toContain(statusOf(answer));
      expect(answer, path).not.toMatch(/SECRET|root:|"name"/);
    }
  });

  it("does not follow links that lead out of the page", () => {
    const page = writePage(temporaryFolder());
    symlinkSync(join(page, "..", "secret.html"), join(page, "linked.html"));
    symlinkSync(join(page, "..", "page-secret"), join(page, "linked"));
    expect(existsSync(join(page, "linked", "index.html"))).toBe(true);
    expect([...readPageFiles(page).keys()].sort()).toEqual([
      "/",
      "/assets/main-1a2b.css",
      "/assets/main-1a2b.js",
      "/index.html",
    ]);
  });

  it("reports how to build the page if it is missing", () => {
    expect(refusal(() => readPageFiles(temporaryFolder()))).toContain("npm run build");
  });

  it("accepts 256 pages and answers others with 503", async () => {
    const server: WatchServer = await startServer();
    const pages = await Promise.all(Array.from({ length: 256 }, () => PageClient.connect(server)));
    expect(server.stats().clients).toBe(256);
    expect(statusOf(await exchange(server.port, handshake(server)))).toBe(503);
    pages[0]?.socket.close();
    await untilClients(server, 255);
    await PageClient.connect(server);
  });
});

/** Paths to files outside the page: every secret by every spelling of `../`. */
function traversals(): string[] {
  const ups = [
    "..",
    "%2e%2e",
    ".%2e",
    "%252e%252e",
    "..%00",
    "....",
    "..;",
    "%c0%ae%c0%ae",
    "..%5c..",
    "..\\..",
  ];
  const slashes = ["/", "%2f", "%5c", "\\", "//", "/./", "%252f"];
  const targets = ["secret.html", "page-secret/index.html", "etc/passwd"];
  const climbing = ups.flatMap((up) =>
    slashes.flatMap((slash) => targets.map((target) => `/${up}${slash}${target}`)),
  );
  return [
    ...climbing,
    "/.env",
    "/.hidden.js",
    "/.git/config",
    "/assets",
    "/assets/",
    "/assets/main-1a2b.js.map",
    "/assets/../.env",
    "/assets/%2e%2e/.env",
    "/assets/main-1a2b.js/",
    "/assets/main-1a2b.js%00",
    "/ASSETS/main-1a2b.js",
    "//etc/passwd",
    "///etc/passwd",
    "/etc/passwd",
    "etc/passwd",
    "file:///etc/passwd",
    "http://evil.example/",
    "/C:/windows/win.ini",
    "/C:%5cwindows",
    "/index.html#/../../secret.html",
    "/#/../secret.html",
    "/index.html/../../secret.html",
    "/page-secret/index.html",
    "/../page-secret/index.html",
    "/./index.html",
    "//index.html",
    "/index.html/",
    "/index.htm",
    "/%69ndex.html",
    "/package.json",
    "/__proto__",
    "/constructor",
    "*",
    "/socket",
    `/${"a".repeat(8000)}`,
  ];
}
