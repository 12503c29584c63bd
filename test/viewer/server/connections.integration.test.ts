/** @file The server frees the connections of clients that never close theirs, and idle ones keep no page out. */

import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { maxOpenFiles } from "../../../storage/open-files.ts";
import { PageClient, startServer } from "./page-client.ts";
import { exchange, frame, handshake, holdOpen, RawSocket, statusOf } from "./raw-client.ts";

describe("a connection whose client never closes it", () => {
  it.each([
    ["a wrong token", { target: "/socket?token=x" }],
    ["another path", { target: "/sockets" }],
    ["a foreign Host", { Host: "evil.example" }],
    ["a foreign Origin", { Origin: "http://evil.example" }],
    ["an old WebSocket version", { "Sec-WebSocket-Version": "8" }],
    ["an invalid key", { "Sec-WebSocket-Key": "short" }],
    ["an unknown subprotocol", { "Sec-WebSocket-Protocol": "mqtt" }],
    ["another method", { method: "POST" }],
  ])("is freed after %s", async (_, changes) => {
    const server = await startServer();
    const sockets = Array.from({ length: 20 }, () => holdOpen(server.port, handshake(server, changes)));
    await Promise.all(sockets.map((socket) => once(socket, "end")));
    await expect.poll(() => server.stats().connections).toBe(0);
  });

  it.each([
    ["bytes that are not HTTP", "\x16\x03\x01 hello\r\n\r\n"],
    ["headers that are too long", `GET / HTTP/1.1\r\nX: ${"x".repeat(17_000)}\r\n\r\n`],
    ["headers without the body", "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n"],
  ])("is freed after %s", async (_, bytes) => {
    const server = await startServer();
    const sockets = Array.from({ length: 5 }, () => holdOpen(server.port, bytes));
    await Promise.all(sockets.map((socket) => once(socket, "end")));
    await expect.poll(() => server.stats().connections).toBe(0);
  });

  // Together, since each is freed only after the time limit of a request.
  it("is freed after no request, and after a part of one", async () => {
    const server = await startServer();
    const sockets = ["", "GET / HTTP/1.1\r\nHost: 127"].flatMap((bytes) =>
      Array.from({ length: 5 }, () => holdOpen(server.port, bytes)),
    );
    await Promise.all(sockets.map((socket) => once(socket, "end")));
    await expect.poll(() => server.stats().connections).toBe(0);
  });

  it("does not keep the server from ending", async () => {
    const server = await startServer();
    holdOpen(server.port, "");
    holdOpen(server.port, "GET / HT");
    holdOpen(server.port, handshake(server, { target: "/socket?token=x" }));
    await expect.poll(() => server.stats().connections).toBeGreaterThan(1);
    await server.close();
    await expect.poll(() => server.stats().connections).toBe(0);
  });
});

// Client and server are in this process.
it.skipIf(maxOpenFiles() < 4096)(
  "lets a page in while more idle connections are held than the server accepts",
  async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    for (let i = 0; i < 1500; i++) holdOpen(server.port, "GET / HTTP/1.1\r\n");
    await expect.poll(() => server.stats().connections).toBe(1024);
    expect(
      await exchange(
        server.port,
        `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`,
      ),
    ).toContain("<title>steadyarm</title>");
    await PageClient.connect(server);
    expect(server.stats().clients).toBe(2);
    page.send({ op: "open", request: 1, slots: [{ source: "builtin:no torque, planar2-reach" }], seed: 1 });
    await page.untilMessage("opened");
  },
);

describe("a handshake", () => {
  it.each([
    [{ "Sec-WebSocket-Version": "8" }, 426],
    [{ "Sec-WebSocket-Version": "0" }, 426],
    [{ "Sec-WebSocket-Version": "14" }, 426],
    [{ "Sec-WebSocket-Version": "13.0" }, 426],
    [{ "Sec-WebSocket-Version": "0xd" }, 426],
    [{ "Sec-WebSocket-Version": ["13", "13"] }, 426],
    [{ "Sec-WebSocket-Version": null }, 426],
    [{ "Sec-WebSocket-Extensions": ';;;=,"' }, 400],
    [{ "Sec-WebSocket-Extensions": "" }, 400],
    [{ "Sec-WebSocket-Extensions": "," }, 400],
    [{ "Sec-WebSocket-Extensions": "a;" }, 400],
    [{ "Sec-WebSocket-Extensions": "a b" }, 400],
    [{ "Sec-WebSocket-Extensions": 'a; b="' }, 400],
    [{ "Sec-WebSocket-Extensions": `a${" ".repeat(10_000)}b` }, 400],
    [{ "Sec-WebSocket-Extensions": ";".repeat(10_000) }, 400],
    [{ method: "PUT" }, 405],
    [{ method: "HEAD" }, 405],
  ] as const)("with %j is rejected with %i", async (changes, status) => {
    const server = await startServer();
    expect(statusOf(await exchange(server.port, handshake(server, changes)))).toBe(status);
    expect(server.stats().clients).toBe(0);
  });

  it.each([
    "permessage-deflate; client_max_window_bits",
    'x-a;b = c , d; e="f"'.replace(" = ", "="),
    ["a", "b; c"],
  ])("with valid extensions %j is accepted without them", async (offered) => {
    const server = await startServer();
    const answer = await exchange(
      server.port,
      handshake(server, { "Sec-WebSocket-Extensions": offered }),
      200,
    );
    expect(statusOf(answer)).toBe(101);
    expect(answer.toLowerCase()).not.toContain("sec-websocket-extensions");
  });

  it.each([{ Origin: "http://evil.example" }, { Host: "evil.example" }, { "Sec-WebSocket-Version": "8" }])(
    "whose last header is %j, behind many others, is rejected",
    async (last) => {
      const server = await startServer();
      for (const before of [50, 60, 64, 100, 500, 2000]) {
        const filler = Object.fromEntries(Array.from({ length: before }, (_, i) => [`X${i}`, ""]));
        const [[name, value] = ["", ""]] = Object.entries(last);
        const bytes = handshake(server, { ...filler }).replace(/\r\n\r\n$/, `\r\n${name}: ${value}\r\n\r\n`);
        expect(statusOf(await exchange(server.port, bytes)), `${before}`).toBeGreaterThanOrEqual(400);
      }
      expect(server.stats().clients).toBe(0);
    },
  );

  it("with more than 64 headers is rejected, as is a page's request", async () => {
    const server = await startServer();
    const lines = Array.from({ length: 64 }, (_, i) => `X${i}: 1`);
    const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n${lines.join("\r\n")}\r\n\r\n`;
    expect(statusOf(await exchange(server.port, request))).toBe(431);
    expect(statusOf(await exchange(server.port, handshake(server, { X: lines })))).toBe(431);
  });
});

it.each([
  ["pings", 9],
  ["pongs", 10],
])("closes a page that sends 5,000 %s", async (_, opcode) => {
  const server = await startServer();
  const raw = await RawSocket.open(server);
  const flood = Buffer.concat(Array.from({ length: 5000 }, () => frame(opcode, Buffer.alloc(0))));
  // ws has a limit of its own, after which it drops the connection without a code.
  expect([0, 1008]).toContain(await raw.closeCodeAfter(flood));
  await expect.poll(() => server.stats().connections).toBe(0);
});
