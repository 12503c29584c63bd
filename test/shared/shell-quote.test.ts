/** @file Commands in messages can be pasted into a shell. */

import { describe, expect, it } from "vitest";
import { setFlags, shellQuoted } from "../../shared/shell-quote.ts";

describe("a word of a command", () => {
  it("is quoted only if a shell would change it", () => {
    for (const plain of ["runs/x-1", "env.urdf.tip=tool0", "a,b:c@d", "50%"])
      expect(shellQuoted(plain)).toBe(plain);
    expect(shellQuoted("my arms/arm.urdf")).toBe("'my arms/arm.urdf'");
    expect(shellQuoted("Ann's $HOME")).toBe("'Ann'\\''s $HOME'");
    expect(shellQuoted("")).toBe("''");
    expect(shellQuoted("[0,1]")).toBe("'[0,1]'");
    expect(shellQuoted("größe")).toBe("'größe'");
  });

  it("that sets a setting has its value in YAML", () => {
    expect(
      setFlags({ "env.urdf.tip": "tool 0", "env.urdf.effort": [1, 2.5], "env.urdf.density": 1000 }),
    ).toBe("--set 'env.urdf.tip=tool 0' --set 'env.urdf.effort=[1,2.5]' --set env.urdf.density=1000");
    expect(setFlags({})).toBe("");
  });
});
