import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte({ configFile: `${import.meta.dirname}/svelte.config.js` })], // for `.svelte.ts`
  test: {
    root: import.meta.dirname,
    include: ["{core,ui,apps,oversight}/**/*.test.ts"],
    environment: "node",
    // No test is timed: post-quantum keys in JavaScript take a while on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
