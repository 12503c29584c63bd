/**
 * @file Inserts the verdicts and figures of completed cases into docs/why-actors-fail.md.
 *
 *     npx steadyarm case vanishing && npx tsx bench/chapter.ts cases/vanishing [cases/…] --into docs/why-actors-fail.md
 *
 * The table of a case goes between the marks `<!-- case <name> -->`. A figure is written to images/case-<name>-<id>.svg
 * if the document links to it. Nothing is trained, but the miniatures are measured again. Without --into the tables are
 * printed.
 */

import "./help.ts";

import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { loadEngine } from "../agent/engine/select.ts";
import { openArmRuns } from "../experiments/cases/arm-runs.ts";
import { findCase } from "../experiments/cases/case-list.ts";
import { figuresOf } from "../experiments/report/page.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { replaceMarked } from "./marked-text.ts";

const Case = z.object({ case: z.string(), seeds: z.array(z.int()), steps: z.int() });

const { values: flags, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: { into: { type: "string" } },
});

const engine = await loadEngine("onnx");
for (const folder of folders) {
  const numbers = Case.parse(JSON.parse(readFileSync(join(folder, "case.json"), "utf8")));
  const { case: name, seeds, steps } = numbers;
  const measured = await findCase(name).measure(engine);
  const { verdicts, sections } = measured.report(openArmRuns(join(folder, "runs"), seeds, steps));
  const rows = verdicts.map(
    ({ claim, verdict, because }) => `| ${claim} | **${verdict}** | ${because.replaceAll("|", "\\|")} |`,
  );
  const table = [
    `| \`case ${name} --seeds ${seeds.length}\` | verdict | because |`,
    "|---|---|---|",
    ...rows,
  ].join("\n");
  if (flags.into === undefined) {
    console.log(`${table}\n`);
    continue;
  }
  replaceMarked(flags.into, `case ${name}`, table);
  const images = join(dirname(flags.into), "images");
  const text = readFileSync(flags.into, "utf8");
  mkdirSync(images, { recursive: true });
  for (const { id, svg } of figuresOf(sections)) {
    const file = `case-${name}-${id}.svg`;
    if (text.includes(file)) writeFileAtomically(join(images, file), svg);
  }
}
