/** @file 2,000 invalid handshakes and 10,000 invalid frames: all are rejected and the server does not leak memory. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { attackFrames, attackHandshakes, expectHealthy } from "./attacks.ts";
import { startServer } from "./page-client.ts";

const MEBIBYTE = 2 ** 20;

it("rejects 2,000 invalid handshakes and 10,000 invalid frames without leaking memory", async () => {
  const server = await startServer();
  await attackHandshakes(server, 200, 10);
  await attackFrames(server, 500, 11);
  await expectHealthy(server);
  const before = heapInUse();
  await attackHandshakes(server, 2000, 12);
  await attackFrames(server, 10_000, 13);
  await expectHealthy(server);
  expect(server.stats().sessions).toBe(0);
  expect(heapInUse() - before).toBeLessThan(5 * MEBIBYTE);
});

function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}
