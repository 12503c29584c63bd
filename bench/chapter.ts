/**
 * @file What docs/why-actors-fail.md shows of finished cases: their verdicts as Markdown, their figures as SVG files.
 *
 *     npx steadyarm case vanishing && npx tsx bench/chapter.ts cases/vanishing [cases/…] --into docs/why-actors-fail.md
 *
 * Nothing is trained; the miniatures are measured again. Without --into it prints the tables.
 */

import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { loadEngine } from "../agent/engine/select.ts";
import { openArmRuns } from "../experiments/cases/arm-runs.ts";
import { findCase } from "../experiments/cases/case-list.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { fillIn } from "./marked-text.ts";

const Case = z.object({ case: z.string(), seeds: z.array(z.int()), steps: z.int() });

const { values: flags, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: { into: { type: "string" } },
});

const engine = await loadEngine("onnx");
for (const folder of folders) {
  const {
    case: name,
    seeds,
    steps,
  } = Case.parse(JSON.parse(readFileSync(join(folder, "case.json"), "utf8")));
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
  fillIn(flags.into, `case ${name}`, table);
  const images = join(dirname(flags.into), "images");
  const text = readFileSync(flags.into, "utf8");
  mkdirSync(images, { recursive: true });
  for (const block of sections.flatMap(({ blocks }) => blocks)) {
    if (block.kind !== "figure") continue;
    const { svg } = block.figure;
    const title = /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? "";
    const slug = title
      .toLowerCase()
      .replaceAll(/(&[a-z#0-9]+;|[^a-z0-9])+/g, "-")
      .replaceAll(/^-|-$/g, "");
    const file = `case-${name}-${slug}.svg`;
    if (text.includes(file)) writeFileAtomically(join(images, file), svg);
  }
}
