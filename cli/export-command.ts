/** @file `steadyarm export`: writes a policy in a format that other programs read. */

import { existsSync } from "node:fs";
import { OPSET } from "../agent/engine/onnx-model.ts";
import { onnxPolicy, POLICY_INPUTS, POLICY_OUTPUT } from "../agent/engine/onnx-policy.ts";
import { refuse, unquoted } from "../shared/errors.ts";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { readPolicy } from "../storage/policy-file.ts";
import { chosenPolicy } from "../storage/policy-folder.ts";

export interface ExportFlags {
  readonly onnx?: string | undefined;
  readonly json?: boolean;
}

/** Throws InputError if the run, the policy or a flag is invalid; no file is written then. */
export function exportCommand(run: string, { onnx, json }: ExportFlags): number {
  if (onnx === undefined)
    throw refuse("export", "a format", unquoted("none"), `steadyarm export ${run} --onnx policy.onnx`);
  if (!onnx.endsWith(".onnx")) throw refuse("--onnx", "a name that ends in .onnx", onnx);
  if (existsSync(onnx))
    throw refuse(onnx, "a new file", unquoted("an existing one"), "Choose another --onnx");
  const path = chosenPolicy(run);
  const { config, sizes, step, weights, normalizers } = readPolicy(path);
  const { id, control, reward } = config.env;
  const facts = { env: id, control, reward, steps: String(step) };
  const policy = { config: config.agent, sizes, normalizers, actor: weights.actor };
  const bytes = onnxPolicy(policy, facts);
  writeFileAtomically(onnx, bytes);
  const inputs = { [POLICY_INPUTS.observation]: sizes.observation, [POLICY_INPUTS.goal]: sizes.goal };
  if (json === true) {
    const result = { file: onnx, policy: path, env: id, trainedSteps: step, opset: OPSET, inputs };
    process.stdout.write(`${JSON.stringify({ ...result, outputs: { [POLICY_OUTPUT]: sizes.action } })}\n`);
    return 0;
  }
  const shapes = Object.entries(inputs).map(([name, size]) => `${name} [batch, ${size}]`);
  process.stdout.write(
    `${onnx}: ${shapes.join(", ")} → ${POLICY_OUTPUT} [batch, ${sizes.action}] · opset ${OPSET} · ${bytes.length.toLocaleString("en")} bytes\n${path}: ${id} after ${step.toLocaleString("en")} steps\n`,
  );
  return 0;
}
