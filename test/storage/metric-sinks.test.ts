import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCsvSink } from "../../storage/csv-sink.ts";
import { readMetricRows } from "../../storage/jsonl-reader.ts";
import { openJsonlSink } from "../../storage/jsonl-sink.ts";
import type { MetricRow, MetricSink, SinkLocation } from "../../storage/metrics.ts";
import { openTensorboardSink } from "../../storage/tensorboard-sink.ts";
import { refusal, temporaryFolder } from "../temporary-folder.ts";

const NAMES = ["eval/success_rate", "train/critic_loss"];
const ROWS: readonly MetricRow[] = [
  { step: 1000, values: { "eval/success_rate": 0.5, "train/critic_loss": Number.NaN } },
  { step: 2000, values: { "train/critic_loss": Number.NEGATIVE_INFINITY } },
  { step: 3000, values: { "eval/success_rate": 1, "train/critic_loss": 1e-7 } },
  { step: 4000, values: {} },
];

/** A constant clock. */
const now = () => 1_700_000_000.5;

const SINKS: Readonly<Record<string, (place: SinkLocation) => MetricSink>> = {
  jsonl: openJsonlSink,
  csv: (place) => openCsvSink(place, NAMES),
  tensorboard: (place) => openTensorboardSink(place, now),
};

/** The bytes of the only file in a folder. */
function bytesIn(folder: string): Buffer {
  return readFileSync(pathIn(folder));
}

function pathIn(folder: string): string {
  const [name, ...others] = readdirSync(folder);
  if (name === undefined || others.length > 0) throw new Error(`${folder} does not have exactly one file`);
  return join(folder, name);
}

describe.each(Object.entries(SINKS))("the %s sink", (name, open) => {
  it("has the same bytes after a kill and resume as without", () => {
    const uninterrupted = temporaryFolder();
    const sink = open({ folder: uninterrupted });
    for (const row of ROWS) sink.write(row);
    sink.close();

    for (let saved = 0; saved <= ROWS.length; saved++) {
      const folder = temporaryFolder();
      const first = open({ folder });
      expect(first.name).toBe(name);
      for (const row of ROWS.slice(0, saved)) first.write(row);
      const position = first.flush();
      expect(position).toBe(statSync(pathIn(folder)).size);
      for (const row of ROWS.slice(saved)) first.write(row);
      first.close();
      appendFileSync(pathIn(folder), '{"step":50'); // a torn line

      const second = open({ folder, resumeAt: position });
      for (const row of ROWS.slice(saved)) second.write(row);
      second.close();
      second.close();
      expect(bytesIn(folder)).toEqual(bytesIn(uninterrupted));
    }
  });

  it("starts over if the run was killed before its first checkpoint", () => {
    const uninterrupted = temporaryFolder();
    const folder = temporaryFolder();
    for (const place of [{ folder: uninterrupted }, { folder, resumeAt: 0 }, { folder, resumeAt: 0 }]) {
      const sink = open(place);
      for (const row of ROWS) sink.write(row);
      sink.close();
    }
    expect(bytesIn(folder)).toEqual(bytesIn(uninterrupted));
  });

  it("makes each row readable at once, without a flush", () => {
    const folder = temporaryFolder();
    const sink = open({ folder });
    const before = bytesIn(folder).length;
    sink.write(ROWS[0]!);
    expect(bytesIn(folder).length).toBeGreaterThan(before + 10);
    sink.close();
  });

  it("does not overwrite an existing file, nor resume one that is missing or too short", () => {
    const folder = temporaryFolder();
    expect(refusal(() => open({ folder, resumeAt: 10 }))).toMatch(/no such file|expected an events/);
    open({ folder }).close();
    const before = bytesIn(folder);
    expect(refusal(() => open({ folder }))).toContain("already exists");
    expect(refusal(() => open({ folder, resumeAt: 10_000 }))).toMatch(
      /expected at least 10000 bytes.*truncated/,
    );
    expect(bytesIn(folder)).toEqual(before);
  });
});

describe("metrics.jsonl", () => {
  it("has null for non-finite values and is read as it was written", () => {
    const folder = temporaryFolder();
    const sink = openJsonlSink({ folder });
    for (const row of ROWS) sink.write(row);
    sink.close();
    const path = join(folder, "metrics.jsonl");
    expect(readFileSync(path, "utf8")).toBe(
      '{"step":1000,"eval/success_rate":0.5,"train/critic_loss":null}\n' +
        '{"step":2000,"train/critic_loss":null}\n' +
        '{"step":3000,"eval/success_rate":1,"train/critic_loss":1e-7}\n' +
        '{"step":4000}\n',
    );
    const rows = readMetricRows(path);
    expect(rows[0]).toEqual(ROWS[0]);
    expect(rows[1]).toEqual({ step: 2000, values: { "train/critic_loss": Number.NaN } });
    expect(rows.slice(2)).toEqual(ROWS.slice(2));
  });

  it("is read up to a last line torn at any byte", () => {
    const path = join(temporaryFolder(), "metrics.jsonl");
    const text = '{"step":1,"a":2}\n{"step":2,"a":3}\n';
    for (let length = 0; length <= text.length; length++) {
      writeFileSync(path, text);
      truncateSync(path, length);
      expect(readMetricRows(path)).toHaveLength(length < 17 ? 0 : length < text.length ? 1 : 2);
    }
  });

  it("is rejected with the number of a damaged line", () => {
    const path = join(temporaryFolder(), "metrics.jsonl");
    for (const line of ['{"step":2,"a":"x"}', '{"a":1}', "", "nonsense", '{"step":2,"__proto__":1}']) {
      writeFileSync(path, `{"step":1}\n${line}\n`);
      expect(refusal(() => readMetricRows(path))).toContain(`${path}:2: expected`);
    }
  });
});

describe("progress.csv", () => {
  it("has the columns it was opened with", () => {
    const folder = temporaryFolder();
    const sink = openCsvSink({ folder }, [...NAMES, 'odd, "name"']);
    for (const row of ROWS) sink.write(row);
    expect(() => sink.write({ step: 5000, values: { "train/new": 1 } })).toThrow(
      "internal: progress.csv has no column train/new",
    );
    sink.close();
    expect(readFileSync(join(folder, "progress.csv"), "utf8")).toBe(
      'step,eval/success_rate,train/critic_loss,"odd, ""name"""\n' +
        "1000,0.5,nan,\n2000,,-inf,\n3000,1,1e-7,\n4000,,,\n",
    );
  });

  it("is not resumed with other columns", () => {
    const folder = temporaryFolder();
    const sink = openCsvSink({ folder }, NAMES);
    const resumeAt = sink.flush();
    sink.close();
    expect(refusal(() => openCsvSink({ folder, resumeAt }, [...NAMES].reverse()))).toContain("other columns");
  });
});

describe("the event file", () => {
  it("has the bytes of TensorBoard's own writer", () => {
    const folder = temporaryFolder();
    let time = now();
    const sink = openTensorboardSink({ folder }, () => time);
    time += 1;
    sink.write(ROWS[0]!);
    sink.close();
    // tensorboard 2.21.0 for Python: RecordWriter over Event(…).SerializeToString(). Its tags are those of ROWS[0].
    expect(bytesIn(folder).toString("hex")).toBe(
      "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b35311042000000000000" +
        "0079f36eaa0900006040fc54d94110e8072a340a180a116576616c2f737563636573735f72617465150000003f0a18" +
        "0a11747261696e2f6372697469635f6c6f7373150000c07f22d740bd",
    );
    expect(readdirSync(folder)).toEqual(["events.out.tfevents.1700000000.steadyarm"]);
  });

  it("is found by name on resume and must be the only one", () => {
    const folder = temporaryFolder();
    const sink = openTensorboardSink({ folder }, now);
    const resumeAt = sink.flush();
    sink.close();
    openTensorboardSink({ folder, resumeAt }, () => now() + 3600).close();
    expect(readdirSync(folder)).toEqual(["events.out.tfevents.1700000000.steadyarm"]);
    writeFileSync(join(folder, "events.out.tfevents.1800000000.steadyarm"), "");
    expect(refusal(() => openTensorboardSink({ folder, resumeAt }, now))).toContain(
      "expected one events.out",
    );
  });
});
