import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["{core,ui,apps,oversight}/**/*.test.ts"],
    environment: "node",
    // Post-quantum keys in JavaScript take a while on a busy machine.
    testTimeout: 30_000,
  },
});
