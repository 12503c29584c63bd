import { expect, it } from "vitest";
import { parseConfig } from "../../shared/config.ts";
import { createManifest } from "../../storage/manifest.ts";

it("a manifest has the engine's name and the versions of its native libraries", () => {
  const engine = { name: "tfjs-node", libraries: { libtensorflow: "2.12.1" } };
  const manifest = createManifest(parseConfig({}, "test"), engine);
  expect(manifest.engine).toBe("tfjs-node");
  expect(manifest.versions).toMatchObject({ node: process.versions.node, libtensorflow: "2.12.1" });
});
