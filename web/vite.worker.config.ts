// Builds the home app's service worker into one plain script at a fixed address, /home/worker.js: browsers look there for a
// newer one, and some take no modules. Runs after vite.config.ts, which empties the folder. `public` holds the app's icons.
import { defineConfig } from "vite";

const here = import.meta.dirname;

export default defineConfig({
  root: `${here}/apps/home`,
  publicDir: "public",
  build: {
    outDir: `${here}/../src/fanlight/server/static/home`,
    emptyOutDir: false,
    target: "es2023",
    reportCompressedSize: false,
    lib: { entry: `${here}/apps/home/push/worker.ts`, formats: ["iife"], name: "fanlight", fileName: () => "worker.js" },
  },
});
