/** @file A process to compare: it takes requests and gives answers, one JSON object per line each. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { refuse, unquoted } from "../../shared/errors.ts";
import { validate } from "../../shared/validate.ts";
import { parseJson } from "../../storage/strict-json.ts";
import type { Measurement } from "./comparison.ts";
import { lastLine } from "./python-packages.ts";

const Answer = z.strictObject({ seconds: z.number().positive(), cpuSeconds: z.number().nonnegative() });

/** Characters of standard error that are kept. */
const KEPT_ERRORS = 4000;

/** Ticks a second of the times in /proc. */
const CLOCK_TICKS = 100;

/** Keeps numerical libraries on one thread; PyTorch is also told by the scripts. */
const ONE_THREAD = {
  OMP_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  JAX_PLATFORMS: "cpu",
  XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false",
};

/** Returns whether processes can be confined to these numbers of cores. */
export function canConfine(cores: number): boolean {
  return spawnSync("taskset", ["--cpu-list", cpuList(cores), "true"]).status === 0;
}

function cpuList(cores: number): string {
  return cores === 1 ? "0" : `0-${cores - 1}`;
}

export class PeerProcess {
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  /** How the process ended, in words. */
  readonly #ended: Promise<string>;
  #errors = "";

  /**
   * Starts a program of this repository.
   *
   * @param name    for errors
   * @param command program and arguments
   * @param cores   confines it to the first cores, where `taskset` is available
   */
  constructor(name: string, command: readonly string[], cores: number) {
    this.#name = name;
    const [program = "", ...args] = canConfine(cores)
      ? ["taskset", "--cpu-list", cpuList(cores), ...command]
      : command;
    const child = spawn(program, args, {
      cwd: join(import.meta.dirname, "../.."),
      env: { ...process.env, ...(cores === 1 ? ONE_THREAD : {}) },
    });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on("data", (text) => {
      this.#errors = (this.#errors + text).slice(-KEPT_ERRORS);
    });
    // A write to a process that has ended: the missing answer reports it.
    child.stdin.on("error", () => undefined);
    this.#ended = new Promise((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("close", (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
    });
  }

  /** Resolves with the next line of its output. Rejects with InputError if it ends first. */
  async nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done !== true) return value;
    const ended = await this.#ended;
    throw refuse(this.#name, "an answer", unquoted(`${ended}: ${lastLine(this.#errors)}`));
  }

  /** Resolves with the next line as JSON. Rejects with InputError if it does not have the schema. */
  async nextMessage<T>(schema: z.ZodType<T>): Promise<T> {
    return validate(schema, parseJson(Buffer.from(await this.nextLine()), this.#name), this.#name);
  }

  /** Sends a request; resolves with its measurement. */
  measure(request: object): Promise<Measurement> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.nextMessage(Answer);
  }

  /** Returns the CPU time of its threads so far, seconds; NaN on other systems than Linux. */
  cpuSeconds(): number {
    try {
      const fields =
        readFileSync(`/proc/${this.#child.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
    } catch {
      return Number.NaN;
    }
  }

  /** Kills the process, if it still runs, and waits for its end. */
  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}
