import { describe, expect, it } from "vitest";
import { ConnectionMonitor } from "../../../experiments/queue/connection-monitor.ts";
import { parseQueueUrl } from "../../../experiments/queue/queue-address.ts";
import { errorWithCode } from "./error-with-code.ts";

const address = parseQueueUrl("postgres://me:secret@db.example/x", "--queue");

function makeMonitor() {
  const lines: string[] = [];
  return { lines, monitor: new ConnectionMonitor(address, (line) => lines.push(line)) };
}

/** One line for the loss of the connection, one for its return. */
const LOST_AND_BACK = [
  expect.stringMatching(/^postgres at db\.example:5432 .*\(ECONNREFUSED\); retrying until it is back$/),
  "postgres at db.example:5432 is back",
];

describe("ConnectionMonitor", () => {
  it("ignores outcomes of requests that were sent before the last loss or return", async () => {
    const { lines, monitor } = makeMonitor();
    const pending = { reject: () => {}, resolve: () => {} };
    let attempts = 0;
    const failing = monitor.retry(() => {
      attempts += 1;
      return attempts > 1
        ? Promise.resolve("second attempt")
        : new Promise<string>((_, reject) => {
            pending.reject = () => reject(errorWithCode("ECONNRESET"));
          });
    });
    const slow = monitor.retry(
      () =>
        new Promise<string>((resolve) => {
          pending.resolve = () => resolve("late");
        }),
    );
    let otherAttempts = 0;
    const other = monitor.retry(async () => {
      otherAttempts += 1;
      if (otherAttempts === 1) throw errorWithCode("ECONNREFUSED");
      return "response";
    });
    await Promise.resolve();
    pending.resolve();
    expect(await slow).toBe("late");
    expect([monitor.lost, lines.length]).toEqual([true, 1]);
    expect(await other).toBe("response");
    pending.reject();
    expect(await failing).toBe("second attempt");
    expect(lines).toEqual(LOST_AND_BACK);
  });

  it("logs the loss and the return once each, however many requests fail", async () => {
    const { lines, monitor } = makeMonitor();
    let attempts = 0;
    const response = await monitor.retry(async () => {
      attempts += 1;
      if (attempts < 3) throw errorWithCode("ECONNREFUSED");
      return "response";
    });
    monitor.report(new Error("Missing lock for job j1. moveToFinished"));
    expect(response).toBe("response");
    expect(lines).toEqual(LOST_AND_BACK);
  });

  it("stops retrying when aborted, and throws errors other than a lost connection", async () => {
    const { monitor } = makeMonitor();
    const refused = () => Promise.reject(errorWithCode("ECONNREFUSED"));
    expect(await monitor.retry(refused, AbortSignal.abort())).toBeUndefined();
    await expect(monitor.retry(() => Promise.reject(errorWithCode("42501", "no")))).rejects.toThrow("no");
  });
});
