// Builds the programs and the one style sheet of the public pages. Runs after the apps' build, which empties
// the folder above. Names are fixed: the pages are rendered by the server and name them.
import { copyFileSync, mkdirSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

const here = import.meta.dirname;
const out = `${here}/../src/fanlight/server/static/oversight`;

const mark: Plugin = {
  name: "mark",
  closeBundle() {
    mkdirSync(out, { recursive: true });
    copyFileSync(`${here}/ui/mark.svg`, `${out}/mark.svg`);
  },
};

export default defineConfig({
  root: here,
  base: "/static/oversight/",
  publicDir: false,
  plugins: [mark],
  worker: { format: "es", rolldownOptions: { output: { entryFileNames: "[name].js", assetFileNames: "[name][extname]" } } },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { verify: `${here}/oversight/verify.ts`, simulate: `${here}/oversight/simulate.ts` },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: ({ names }) => (names.some((name) => name.endsWith(".css")) ? "oversight.css" : "[name][extname]"),
      },
    },
  },
});
