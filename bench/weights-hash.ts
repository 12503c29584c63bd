/**
 * @file Prints the SHA-256 of a policy file's tensors: `npx tsx bench/weights-hash.ts runs/x/policies/step-6000.safetensors …`.
 *
 * Two runs are bit-identical if the hashes are equal. The file's metadata, such as the config, is not hashed.
 */

import "./help.ts";

import { createHash } from "node:crypto";
import { InputError } from "../shared/errors.ts";
import { readSafetensors } from "../storage/safetensors.ts";

try {
  for (const path of process.argv.slice(2)) {
    const { tensors } = readSafetensors(path);
    const hash = createHash("sha256");
    for (const name of Object.keys(tensors).sort()) {
      const { shape, data } = tensors[name]!;
      hash.update(`${name} ${shape.join("x")}\n`);
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    console.log(`${hash.digest("hex")}  ${path}`);
  }
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
