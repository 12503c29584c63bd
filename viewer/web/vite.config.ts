/** @file Builds the page: one script and one style sheet, so that an exported file can hold both. Read by vite. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** Writes each text file of the page compressed beside it, for the server to send. */
const compress = {
  name: "compress",
  writeBundle({ dir = "" }: { readonly dir?: string }, bundle: Readonly<Record<string, unknown>>): void {
    for (const name of Object.keys(bundle).filter((each) => /\.(html|js|css)$/.test(each))) {
      const path = join(dir, name);
      const bytes = readFileSync(path);
      writeFileSync(`${path}.br`, brotliCompressSync(bytes));
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
};

export default {
  root: import.meta.dirname,
  base: "./",
  logLevel: "warn",
  plugins: [compress],
  build: {
    outDir: "../../dist/viewer/web",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1200,
    // Compression takes longer than the build itself, which is not worth a warning.
    rolldownOptions: { output: { codeSplitting: false }, checks: { pluginTimings: false } },
  },
};
