import { describe, expect, it } from "vitest";
import { describeServerError, isLostConnection } from "../../../experiments/queue/server-error.ts";
import { errorWithCode } from "./error-with-code.ts";

describe("isLostConnection", () => {
  it("distinguishes lost connections from rejected requests", () => {
    for (const code of ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "57P01", "57P03", "08006"]) {
      expect(isLostConnection(errorWithCode(code)), code).toBe(true);
    }
    for (const code of ["28P01", "3D000", "42501", "23505"]) {
      expect(isLostConnection(errorWithCode(code)), code).toBe(false);
    }
    expect(isLostConnection(new Error("Connection terminated unexpectedly"))).toBe(true);
    expect(isLostConnection(new AggregateError([errorWithCode("ECONNREFUSED")]))).toBe(true);
    expect(isLostConnection(new Error("Missing lock for job j1"))).toBe(false);
  });
});

describe("describeServerError", () => {
  it("returns one line in words", () => {
    expect(describeServerError(errorWithCode("28P01"))).toMatch(/password.*\(28P01\)$/);
    expect(describeServerError(new Error("one\ntwo"))).toMatch(/: one$/);
    expect(describeServerError(errorWithCode("EODD"))).toBe("failed (EODD)");
  });
});
