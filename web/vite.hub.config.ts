// Builds the hub's own page into the hub's package, where the hub serves it at / of its own origin.
// As for the other apps: nothing is inlined, nothing is remote. FANLIGHT_HUB names a running hub for `vite dev`.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const here = import.meta.dirname;

export default defineConfig({
  root: `${here}/apps/hub`,
  base: "/",
  publicDir: false,
  plugins: [svelte({ configFile: `${here}/svelte.config.js` })],
  build: {
    outDir: `${here}/../src/fanlight/hub/page/static`,
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    fs: { allow: [here] },
    proxy: Object.fromEntries(["/api", "/metrics", "/healthz"].map((path) => [path, process.env["FANLIGHT_HUB"] ?? "http://127.0.0.1:8430"])),
  },
});
