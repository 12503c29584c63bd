/** @file Builds the page: one script and one style sheet, so that an exported file can hold both. Read by vite. */

export default {
  root: import.meta.dirname,
  base: "./",
  logLevel: "warn",
  build: {
    outDir: "../../dist/viewer/web",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { output: { codeSplitting: false } },
  },
};
