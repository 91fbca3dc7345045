// Builds the static apps into the server's package: /home/, /agency/, /operator/, /register/ and so on, with one common /assets/.
// Nothing is inlined (the server's content policy allows no inline script or style) and nothing is remote.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { namesLater } from "./later.ts";

const here = import.meta.dirname;

export default defineConfig({
  root: `${here}/apps`,
  base: "/",
  publicDir: false,
  plugins: [svelte({ configFile: `${here}/svelte.config.js` }), namesLater("/home/index.html")],
  worker: { format: "es" },
  build: {
    outDir: `${here}/../src/fanlight/server/static`,
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: "parts.json",
    // The map and the rules' engine are large by nature and loaded only where they are shown.
    chunkSizeWarningLimit: 5000,
    rolldownOptions: {
      input: ["home", "agency", "operator", "link", "ask", "register", "clerk", "auditor", "counsel", "moderator", "neighbors", "rules"].map((app) => `${here}/apps/${app}/index.html`),
      // Words do nothing but stand there: each page's travel with the page.
      treeshake: { moduleSideEffects: [{ test: /\/words\/[a-z-]+\.ts$/, sideEffects: false }] },
      output: {
        codeSplitting: {
          groups: [
            // Cryptography and the drawings of icons change seldom: in files of their own, which browsers keep from one release to the next.
            { name: "keys", test: /node_modules\/(@noble|@scure\/base|age-encryption)\// },
            // What tells a cell from a place, large: with pages that have areas, never with the frame.
            { name: "cells", test: /node_modules\/h3-js\// },
            { name: "svelte", test: /node_modules\/(svelte|esm-env|clsx)\// },
            // What every door needs, small as each is: one file takes less than five.
            { name: "door", test: /(ui\/(passkey|server|tab|times|url64|trouble|virtual|route\.svelte)\.ts|ui\/(LongList|Skeleton|ErrorNote|Note|Button)\.svelte|core\/api\/calls\.ts)$/ },
            // What many pages have and each is small: the frame lists every file of every page by name.
            { name: "common", test: /ui\/((Switch|EqualChoice|Checks|Qr)\.svelte|(qr|save|csv|follow)\.ts)/ },
            { name: "frame", test: /ui\/(Skip|Skeleton)\.svelte/ },
            { name: "icons", test: /ui\/icons(\.ts|\/)/ },
          ],
        },
      },
    },
  },
  server: {
    fs: { allow: [here] },
    proxy: Object.fromEntries(
      ["/v1", "/record", "/log", "/healthz"].map((path) => [path, process.env["FANLIGHT_SERVER"] ?? "http://localhost:8420"]),
    ),
  },
});
