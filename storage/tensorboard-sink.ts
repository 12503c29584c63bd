/**
 * @file events.out.tfevents.*: metrics for TensorBoard and `wandb sync`.
 *
 * Messages are tensorflow/core/util/event.proto and framework/summary.proto: scalars as `simple_value`.
 */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { refuse, unquoted } from "../shared/errors.ts";
import { ProtobufWriter } from "../shared/protobuf-writer.ts";
import { AppendFile } from "./append-file.ts";
import { diskError } from "./disk-error.ts";
import type { MetricRow, MetricSink, SinkLocation } from "./metrics.ts";
import { frameRecord } from "./tfrecord.ts";

/** Field numbers of Event, Summary and Summary.Value. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2 } as const;

/**
 * Opens the run's event file. A row becomes one event with 32-bit floats; NaN and ±Infinity are kept.
 *
 * @param now wall-clock time in seconds since 1970, for events and the name of a new file
 * @throws InputError if the file cannot be opened, is missing on resume, or is shorter than at the checkpoint
 */
export function openTensorboardSink({ folder, resumeAt }: SinkLocation, now: () => number): MetricSink {
  const existing = resumeAt === undefined ? undefined : findEvents(folder);
  if (resumeAt && existing === undefined)
    throw refuse(folder, "an events.out.tfevents file", unquoted("none"));
  const name = existing ?? `events.out.tfevents.${Math.floor(now())}.steadyarm`;
  const file = new AppendFile(join(folder, name), resumeAt);
  if (file.length === 0) {
    const version = new ProtobufWriter()
      .double(EVENT.wallTime, now())
      .string(EVENT.fileVersion, "brain.Event:2");
    file.append(frameRecord(version.finish()));
  }
  return {
    name: "tensorboard",
    write: (row) => file.append(frameRecord(encodeScalars(row, now()))),
    flush: () => file.flush(),
    close: () => file.close(),
  };
}

function encodeScalars({ step, values }: MetricRow, wallTime: number): Uint8Array {
  return new ProtobufWriter()
    .double(EVENT.wallTime, wallTime)
    .varint(EVENT.step, step)
    .message(EVENT.summary, (summary) => {
      for (const [tag, value] of Object.entries(values)) {
        summary.message(SUMMARY_VALUE, (entry) => {
          entry.string(VALUE.tag, tag).float(VALUE.simpleValue, value);
        });
      }
    })
    .finish();
}

function findEvents(folder: string): string | undefined {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => /^events\.out\.tfevents\.\d+\.steadyarm$/.test(name));
  } catch (error) {
    throw diskError(error, folder, "read");
  }
  if (names.length > 1) throw refuse(folder, "one events.out.tfevents file", names.length);
  return names[0];
}
