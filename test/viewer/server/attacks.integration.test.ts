/** @file Hundreds of invalid handshakes and frames are rejected without harm. The long test sends thousands. */

import { describe, expect, it } from "vitest";
import { attackFrames, attackHandshakes, expectHealthy } from "./attacks.ts";
import { PageClient, startServer } from "./page-client.ts";
import { frame, RawSocket, textFrame } from "./raw-client.ts";

describe("a server under attack", () => {
  it("rejects 200 invalid handshakes", async () => {
    const server = await startServer();
    await attackHandshakes(server, 200, 1);
    await expectHealthy(server);
  });

  it("closes each of 400 sockets that send invalid frames with the right code", async () => {
    const server = await startServer();
    await attackFrames(server, 400, 2);
    await expectHealthy(server);
    expect(server.stats().sessions).toBe(0);
  });

  it("closes a page that floods the server and keeps serving another one", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    page.send({ op: "live", request: 1, slots: [{ source: "builtin:no torque, planar2-reach" }], seed: 1 });
    await page.untilMessage("session");
    const raw = await RawSocket.open(server);
    const flood = Buffer.concat(Array.from({ length: 10_000 }, () => textFrame('{"op":"ack","seq":1}')));
    expect(await raw.closeCodeAfter(flood)).toBe(1008);
    const { seq } = await page.untilFrame(() => true);
    await page.untilFrame((each) => each.seq > seq + 5);
  });

  it("closes fifty sockets that send endless fragments", async () => {
    const server = await startServer();
    const fragments = Buffer.concat(
      Array.from({ length: 2000 }, (_, i) => frame(i === 0 ? 1 : 0, Buffer.from("x"), { fin: false })),
    );
    const codes = await Promise.all(
      Array.from({ length: 50 }, async () => (await RawSocket.open(server)).closeCodeAfter(fragments)),
    );
    expect(new Set(codes)).toEqual(new Set([1008]));
    await expectHealthy(server);
  });

  it("survives pages that disconnect during a request", async () => {
    const server = await startServer();
    for (let i = 0; i < 60; i++) {
      const raw = await RawSocket.open(server);
      raw.socket.write(
        textFrame(
          `{"op":"live","request":1,"slots":[{"source":"builtin:no torque, planar2-reach"}],"seed":${i}}`,
        ),
      );
      if (i % 3 === 0) raw.socket.resetAndDestroy();
      else if (i % 3 === 1) raw.socket.end();
      else raw.socket.destroy();
    }
    await expectHealthy(server);
  });

  it("closes a page of another protocol version and tells it to reload", async () => {
    const server = await startServer();
    const { WebSocket } = await import("ws");
    const url = `ws://127.0.0.1:${server.port}/socket?token=${server.token}`;
    const socket = new WebSocket(url, "steadyarm.v999");
    const [code, reason] = await new Promise<[number, string]>((resolve) =>
      socket.on("close", (code, reason) => resolve([code, String(reason)])),
    );
    expect(code).toBe(1002);
    expect(reason).toMatch(/steadyarm\.v2.*reload/);
  });

  it("negotiates no compression", async () => {
    const server = await startServer();
    const page = new PageClient(server);
    await page.untilMessage("hello");
    expect(page.socket.extensions).toBe("");
  });

  it("closes all pages when it ends, and ends even if a page does not answer", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const mute = await RawSocket.open(server);
    mute.socket.pause();
    const closed = page.closed();
    await server.close();
    expect(await closed).toMatchObject({ code: 1001 });
  });
});
