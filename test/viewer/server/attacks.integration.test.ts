/** @file Hundreds of broken handshakes and frames: none gets through, none harms; the long form sends thousands. */

import { describe, expect, it } from "vitest";
import { attackFrames, attackHandshakes, expectHealthy } from "./attacks.ts";
import { PageClient, startServer } from "./page-client.ts";
import { frame, RawSocket, textFrame } from "./raw-client.ts";

describe("a server under attack", () => {
  it("lets none of 200 broken handshakes through", async () => {
    const server = await startServer();
    await attackHandshakes(server, 200, 1);
    await expectHealthy(server);
  });

  it("closes each of 400 broken sockets with the code that says why", async () => {
    const server = await startServer();
    await attackFrames(server, 400, 2);
    await expectHealthy(server);
    expect(server.stats()).toMatchObject({ watchers: 0, sessions: 0 });
  });

  it("ends a flood of messages, while another page is served on", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    page.send({ op: "live", request: 1, slots: [{ source: "builtin:no torque, planar2-reach" }], seed: 1 });
    await page.heard("session");
    const raw = await RawSocket.open(server);
    const flood = Buffer.concat(Array.from({ length: 10_000 }, () => textFrame('{"op":"ack","seq":1}')));
    expect(await raw.closeCodeAfter(flood)).toBe(1008);
    const { seq } = await page.saw(() => true);
    await page.saw((each) => each.seq > seq + 5);
  });

  it("ends endless fragments at once, fifty times, without keeping them", async () => {
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

  it("survives pages that vanish in the midst of everything", async () => {
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

  it("tells a page of another version so, in a code and a sentence", async () => {
    const server = await startServer();
    const { WebSocket } = await import("ws");
    const url = `ws://127.0.0.1:${server.port}/socket?token=${server.token}`;
    const socket = new WebSocket(url, "steadyarm.v999");
    const [code, reason] = await new Promise<[number, string]>((resolve) =>
      socket.on("close", (code, reason) => resolve([code, String(reason)])),
    );
    expect([code, reason]).toEqual([1002, "the server speaks steadyarm.v2: reload the page"]);
  });

  it("negotiates no compression, however often it is offered", async () => {
    const server = await startServer();
    const page = new PageClient(server);
    await page.heard("hello");
    expect(page.socket.extensions).toBe("");
  });

  it("says goodbye when it ends, and ends though a page does not answer", async () => {
    const server = await startServer();
    const page = await PageClient.connect(server);
    const mute = await RawSocket.open(server);
    mute.socket.pause();
    const goodbye = page.closed();
    await server.close();
    expect(await goodbye).toEqual({ code: 1001, reason: "the viewer's server ends" });
  });
});
