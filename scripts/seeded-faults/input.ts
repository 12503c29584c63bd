/** @file Faults in input from users, dependencies and the machine. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the program.

import { fault, type SeededFault } from "./fault.ts";

const SETTINGS = "cli/settings-file.test.ts › ";

export const INPUT_FAULTS: readonly SeededFault[] = [
  fault(
    "shared/config.test.ts › names both of two settings that are valid only separately",
    "shared/config.ts",
    "if (agent.batchSize > agent.replayCapacity) {",
    "if (false) {",
  ),
  fault(
    "architecture.test.ts › does not use Math.random or the clock in seeded folders",
    "env/tasks/reward.ts",
    "export const SUCCESS_DISTANCE",
    "void Math.random();\nexport const SUCCESS_DISTANCE",
  ),
  fault(
    `${SETTINGS}nested too deep by %s is refused`,
    "cli/yaml-limits.ts",
    "if (brackets > MAX_DEPTH || dashes > MAX_DEPTH)",
    "if (false)",
  ),
  fault(
    `${SETTINGS}with more than 100 aliases is refused before they are read`,
    "cli/yaml-limits.ts",
    "++aliases > MAX_ALIASES",
    "false",
  ),
  fault(
    `${SETTINGS}indented too far is refused with its line`,
    "cli/yaml-limits.ts",
    "token.length > MAX_INDENT",
    "false",
  ),
  fault(
    `${SETTINGS}with %s is refused without a warning of the process`,
    "cli/yaml-limits.ts",
    'if (type === "directive-line")',
    "if (false)",
  ),
  fault(
    `${SETTINGS}show control characters and line breaks of keys, and cut long keys`,
    "shared/errors.ts",
    "return text.replace(UNPRINTABLE, (character) => {",
    "return text.replace(/^$/g, (character) => {",
  ),
  fault(
    `${SETTINGS}are at most ten, with the number of the others`,
    "shared/errors.ts",
    "export const MAX_FAULTS = 10;",
    "export const MAX_FAULTS = 1000;",
  ),
  fault(
    "dependencies.test.ts › names every package with an install script, and no other, in allowScripts",
    "package.json",
    '    "core-js": false,\n',
    "",
  ),
  fault(
    "dependencies.test.ts › pins the direct dependencies to one version, as the lockfile has it",
    "package.json",
    '"ws": "8.23.0"',
    '"ws": "^8.23.0"',
  ),
  fault(
    "architecture.test.ts › evaluates no text and reads no format that contains code",
    "storage/strict-json.ts",
    "value = JSON.parse(text);",
    "value = eval(`(${text})`);",
  ),
  fault(
    "cli/small-machine.integration.test.ts › names the version of Node that is too old",
    "dist/cli/main.js",
    "if (major < MIN_NODE[0] ||",
    "if (false && major < MIN_NODE[0] ||",
  ),
  fault(
    "shared/config.test.ts › suggests a name for the misspelt setting in %j",
    "shared/config.ts",
    "const elsewhere = known.find((name) => name.endsWith(`.${key}`)) ?? nearest(full, known);",
    "const elsewhere = undefined;",
  ),
  fault(
    "shared/config.test.ts › rejects NaN, infinity, text, null, lists and negative values for every number",
    "shared/setting.ts",
    "within(z.number(), range).default(defaultValue).register(notes, note);",
    "within(z.coerce.number(), range).default(defaultValue).register(notes, note);",
  ),
  fault(
    "agent/engine/missing-engine.test.ts › onnx: the error names the package, the install command and the other engine",
    "agent/engine/onnx.ts",
    "Install it with `npm install onnxruntime-node`, or use `--engine tfjs`",
    "Install it",
  ),
  fault(
    "env/urdf/bad-urdf.test.ts › %s is rejected",
    "env/urdf/urdf-values.ts",
    "if (!(Math.abs(value) <= MAX_NUMBER)) {",
    "if (false) {",
  ),
  fault(
    "cli/exit-codes.integration.test.ts › a process given %j exits with 0",
    "dist/cli/main.js",
    "process.exitCode = await run(process.argv.slice(2));",
    "process.exitCode = (await run(process.argv.slice(2))) || 1;",
  ),
  fault(
    "cli/small-machine.integration.test.ts › names the size of a heap of %i MiB",
    "dist/cli/main.js",
    "if (heap < MIN_HEAP) {",
    "if (false) {",
  ),
  fault(
    "cli/bad-input.integration.test.ts › reports all invalid flags at once",
    "dist/cli/print-error.js",
    'const lines = error.message.split("\\n").map(',
    'const lines = error.message.split("\\n").slice(0, 1).map(',
  ),
  fault(
    "cli/bad-input.integration.test.ts › may have a byte order mark and CRLF, be empty, be JSON, and have a path with spaces and umlauts",
    "dist/cli/settings-file.js",
    "if (value === null || value === undefined)",
    "if (value === 0)",
  ),
  fault(
    "cli/damaged-run.integration.test.ts › whose manifest was edited is refused with the settings that differ",
    "dist/training/resume-check.js",
    "    if (changes.length === 0)\n        return;",
    "    if (changes.length > 0)\n        return;",
  ),
  fault(
    "cli/damaged-run.integration.test.ts › whose checkpoints are gone is refused, with its logs unchanged",
    "dist/training/resume-check.js",
    "    if (listCheckpoints(checkpoints).length > 0)\n        return;",
    "    if (listCheckpoints(checkpoints).length >= 0)\n        return;",
  ),
  fault(
    "cli/damaged-run.integration.test.ts › whose result is torn gets the same result again",
    "dist/storage/run-result.js",
    "    renameSync(path, aside);\n",
    "",
  ),
  fault(
    "cli/watch-faults.integration.test.ts › starts without %s, and names it in a warning",
    "dist/cli/watch-command.js",
    "    for (const line of library.unreadable)\n        process.stderr.write(`warning: ${line}\\n`);\n",
    "",
  ),
  fault(
    "cli/lost-output.integration.test.ts › does not stop training, which says so on stderr",
    "dist/cli/main.js",
    "    guardOutput();\n",
    "",
  ),
];
