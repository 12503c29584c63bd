import { describe, expect, it } from "vitest";
import { parseQueueUrl } from "../../../experiments/queue/queue-address.ts";

describe("parseQueueUrl", () => {
  it("uses the default port, and a label without the password", () => {
    const postgres = parseQueueUrl("postgres://me:secret@db.example/x", "--queue");
    expect(postgres).toMatchObject({ kind: "postgres", label: "postgres at db.example:5432" });
    expect(parseQueueUrl("rediss://:secret@cache:7000/1", "--queue").label).toBe("redis at cache:7000");
  });

  it.each(["", "db.example", "http://me:secret@x", "postgres://", "redis:x", "mysql://me:secret@h/d"])(
    "rejects %j without printing a password",
    (text) => {
      expect(() => parseQueueUrl(text, "--queue")).toThrow(
        /^--queue: expected redis:\/\/host:6379 or postgres:/,
      );
      expect(() => parseQueueUrl(text, "--queue")).not.toThrow("secret");
    },
  );
});
