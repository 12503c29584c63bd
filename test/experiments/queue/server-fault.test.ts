import { describe, expect, it } from "vitest";
import { FaultWatch } from "../../../experiments/queue/fault-watch.ts";
import { describeFault, isLostConnection, parseQueueUrl } from "../../../experiments/queue/server-fault.ts";

const fault = (code: string, message = "") => Object.assign(new Error(message), { code });
const address = parseQueueUrl("postgres://me:secret@db.example/x", "--queue");

describe("a queue's address", () => {
  it("is read with its usual port, and shown without its password", () => {
    expect(address).toMatchObject({ kind: "postgres", shown: "postgres at db.example:5432" });
    expect(parseQueueUrl("rediss://:secret@cache:7000/1", "--queue").shown).toBe("redis at cache:7000");
  });

  it.each(["", "db.example", "http://me:secret@x", "postgres://", "redis:x", "mysql://me:secret@h/d"])(
    "%j is refused without telling a password",
    (text) => {
      expect(() => parseQueueUrl(text, "--queue")).toThrow(
        /^--queue: expected redis:\/\/host:6379 or postgres:/,
      );
      expect(() => parseQueueUrl(text, "--queue")).not.toThrow("secret");
    },
  );
});

describe("a server's fault", () => {
  it("is told apart: gone, or refusing us", () => {
    for (const code of ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "57P01", "57P03", "08006"]) {
      expect(isLostConnection(fault(code)), code).toBe(true);
    }
    for (const code of ["28P01", "3D000", "42501", "23505"])
      expect(isLostConnection(fault(code)), code).toBe(false);
    expect(isLostConnection(new Error("Connection terminated unexpectedly"))).toBe(true);
    expect(isLostConnection(new AggregateError([fault("ECONNREFUSED")]))).toBe(true);
    expect(isLostConnection(new Error("Missing lock for job j1"))).toBe(false);
  });

  it("is one line in words", () => {
    expect(describeFault(fault("28P01"))).toBe("does not accept the password (28P01)");
    expect(describeFault(new Error("one\ntwo"))).toBe("says: one");
    expect(describeFault(fault("EODD"))).toBe("failed (EODD)");
  });
});

describe("a watch over a server", () => {
  const watched = () => {
    const said: string[] = [];
    return { said, watch: new FaultWatch(address, (line) => said.push(line)) };
  };

  it("takes no notice of what was asked before it went or came back", async () => {
    const { said, watch } = watched();
    const late = { failure: () => {}, answer: () => {} };
    let tries = 0;
    const failing = watch.ask(() => {
      tries += 1;
      return tries > 1
        ? Promise.resolve("in the end")
        : new Promise<string>((_, no) => (late.failure = () => no(fault("ECONNRESET"))));
    });
    const answered = watch.ask(() => new Promise<string>((yes) => (late.answer = () => yes("late"))));
    let asked = 0;
    const other = watch.ask(async () => {
      asked += 1;
      if (asked === 1) throw fault("ECONNREFUSED");
      return "here";
    });
    await Promise.resolve();
    late.answer();
    expect(await answered).toBe("late");
    expect([watch.lost, said.length]).toEqual([true, 1]);
    expect(await other).toBe("here");
    late.failure();
    expect(await failing).toBe("in the end");
    expect(said).toEqual([
      "postgres at db.example:5432 does not listen there (ECONNREFUSED); trying again until it is back",
      "postgres at db.example:5432 is back",
    ]);
  });

  it("says once that it is gone and once that it is back, however often it was asked", async () => {
    const { said, watch } = watched();
    let asked = 0;
    const answer = await watch.ask(async () => {
      asked += 1;
      if (asked < 3) throw fault("ECONNREFUSED");
      return "here";
    });
    watch.hear(new Error("Missing lock for job j1. moveToFinished"));
    expect(answer).toBe("here");
    expect(said).toEqual([
      "postgres at db.example:5432 does not listen there (ECONNREFUSED); trying again until it is back",
      "postgres at db.example:5432 is back",
    ]);
  });

  it("gives up when stopped, and passes a refusal on", async () => {
    const { watch } = watched();
    const stop = new AbortController();
    stop.abort();
    expect(await watch.ask(() => Promise.reject(fault("ECONNREFUSED")), stop.signal)).toBeUndefined();
    await expect(watch.ask(() => Promise.reject(fault("42501", "no")))).rejects.toThrow("no");
  });
});
