import { describe, expect, it } from "vitest";
import { formatJson, parseJson } from "../../storage/strict-json.ts";
import { refusal } from "../temporary-folder.ts";

const parse = (text: string) => parseJson(new TextEncoder().encode(text), "f.json");

describe("strict JSON", () => {
  it("is read exactly as it was written, including −0 and the order of keys", () => {
    const value = {
      z: -0,
      a: [0.1, 1e-300, 2 ** 53, -1],
      text: 'line\nbreak, "quote", \ud800 and 🤖: {[',
      nested: [{ x: null }, [], {}, [[true, false]]],
      "10": "a key that looks like a number",
    };
    const back = parse(formatJson(value, "f"));
    expect(back).toEqual(value);
    expect(JSON.stringify(back)).toBe(JSON.stringify(value));
    expect(Object.is(Reflect.get(Object(back), "z"), -0)).toBe(true);
  });

  it("omits undefined properties and is valid for any JSON reader", () => {
    const text = formatJson({ a: 1, gone: undefined, list: [1, 2], deep: { b: [{}] } }, "f");
    expect(text).toBe('{\n  "a": 1,\n  "list": [1, 2],\n  "deep": {\n    "b": [\n      {}\n    ]\n  }\n}');
    expect(JSON.parse(text)).toEqual({ a: 1, list: [1, 2], deep: { b: [{}] } });
  });

  it.each([
    ["NaN", { a: [1, { loss: Number.NaN }] }, "internal: f.a[1].loss is NaN"],
    ["infinity", Number.POSITIVE_INFINITY, "internal: f is Infinity"],
    ["a typed array", { w: new Float32Array(2) }, "internal: f.w is not plain data"],
    ["a map", new Map(), "internal: f is not plain data"],
    ["a hole in a list", [undefined], "internal: f[0] is not plain data"],
    ["a function", { f: () => 1 }, "internal: f.f is not plain data"],
    ["a big integer", 1n, "internal: f is not plain data"],
  ])("cannot contain %s", (_what, value, message) => {
    expect(() => formatJson(value, "f")).toThrow(message);
  });

  it("is not written deeper than it can be read", () => {
    const nest = (depth: number) => {
      let value: unknown = 1;
      for (let i = 0; i < depth; i++) value = [value];
      return value;
    };
    expect(parse(formatJson(nest(64), "f"))).toEqual(nest(64));
    expect(() => formatJson(nest(65), "f")).toThrow("nested more than 64 deep");
    expect(refusal(() => parse(JSON.stringify(nest(65))))).toContain("nested at most 64 deep, got 65");
  });

  it.each([
    ["a repeated key", '{"a":1,"b":{"c":2,"c":2}}', "each key once"],
    ["a prototype", '{"a":{"__proto__":{"x":1}}}', '"__proto__"'],
    ["a prototype by escape", '{"\\u005f_proto__":1}', '"__proto__"'],
    ["a constructor", '[{"constructor":1}]', '"constructor"'],
    ["an empty text", "", "expected JSON"],
    ["a truncated text", '{"a":', "expected JSON"],
    ["two values", "{}{}", "expected JSON"],
    ["a byte order mark", "\ufeff{}", "expected JSON"],
    ["a number beyond a double", "1e400", "numbers that a double can hold"],
  ])("is rejected with %s", (_what, text, message) => {
    expect(refusal(() => parse(text))).toContain(message);
  });

  it.each([
    ["a byte that UTF-8 does not have", [0x22, 0xff, 0x22]],
    ["half a character", [0x22, 0xe2, 0x82, 0x22]],
    ["an encoded surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])("is rejected as no UTF-8 text with %s", (_what, bytes) => {
    expect(refusal(() => parseJson(Uint8Array.from(bytes), "f"))).toBe(
      "f: expected UTF-8 text, got other bytes",
    );
  });

  it("ignores brackets, colons and quotes in strings", () => {
    const value = { 'k"}:{': "\\", "[[[[": ':::"' };
    expect(parse(JSON.stringify(value))).toEqual(value);
  });
});
