/** @file The long roll-out of a policy that does not hold. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../doctor/diagnose.ts";
import { probeHolding } from "../../doctor/hold-probe.ts";
import type { RunRecord } from "../../doctor/run-record.ts";
import { readPolicy } from "../../storage/policy-file.ts";
import { chosenPolicy } from "../../storage/policy-folder.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** The plain preset oscillates and does not hold. */
const ZOO = join(import.meta.dirname, "../../zoo/panda-reach-plain");

describe("the doctor's long roll-out", () => {
  it("finds that a policy with a high success rate does not hold, and where it ends", async () => {
    const rows = [1, 1, 1].map((rate, i) => ({ step: 1000 * i, values: { "eval/success_rate": rate } }));
    const { config } = readPolicy(chosenPolicy(ZOO));
    const record: RunRecord = {
      run: ZOO,
      config,
      rows,
      complete: true,
      agent: undefined,
      ahead: undefined,
      unrepeatable: undefined,
      remarks: [],
    };
    expect((await diagnose(record, { rollOut: false })).verdict).toBe("healthy");
    const { verdict, findings, hold } = await diagnose(record);
    expect(verdict).toBe("no-hold");
    const [finding] = findings;
    expect(finding?.evidence[0]).toMatchObject({ metric: "doctor/held", trend: hold?.holdCurve });
    expect(finding?.evidence[0]?.trend).toHaveLength(20);
    expect(hold).toMatchObject({ seconds: 20, episodes: 20 });
    expect(hold?.held).toBeLessThan(0.9);
    expect(hold?.lost).toBeGreaterThan(0);
    expect(hold?.lost).toBe(Math.round(20 * (1 - (hold?.holdRate["20"] ?? 1))));
    expect(hold?.lostSpeed).toBeGreaterThan(0);
    // Most of the lost episodes end with this joint at its lower limit.
    expect(hold?.jointsAtLimit[0]?.joint).toBe("panda_joint5");
    expect(hold?.lostAtLimit).toBeGreaterThan(0.3);
    for (const { joint, episodes } of hold?.jointsAtLimit ?? []) {
      expect(joint).toMatch(/joint[1-7]/);
      expect(episodes).toBeLessThanOrEqual(hold?.lost ?? 0);
    }
  });

  it("says what is missing in a run without a policy", async () => {
    expect(await probeHolding(temporaryFolder())).toMatch(/^holding beyond the time limit: .*manifest\.json/);
  });
});
