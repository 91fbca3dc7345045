import { defineConfig } from "@playwright/test";

// The town under test is started by whoever runs this (tests/journey/test_browser.py); it gives the addresses.
const url = process.env["FANLIGHT_URL"] ?? "http://localhost:8420";

const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-gl=angle",
  "--use-angle=swiftshader-webgl", // maps have WebGL; pages are put together without it, in a quarter less time
  "--enable-unsafe-swiftshader",
  "--autoplay-policy=no-user-gesture-required",
];

// A hub's own page is another origin with another starter (tests/journey/test_hub_page.py).
const hub = process.env["FANLIGHT_HUB_LINK"];

// And what has a starter of its own beside those.
const alone = process.env["FANLIGHT_SPEC"];

// Looking at every page, or a long walk, says nothing of how fast they come: on a machine that does much else it waits, within its starter's bound.
const LONG = ["app.spec.ts", "rules.spec.ts", "register.spec.ts", "case.spec.ts", "process.spec.ts", "c2pa.spec.ts", "neighbors.spec.ts", "moderation.spec.ts", "members.spec.ts"];
const patient = alone?.startsWith("pages") || LONG.includes(alone ?? "");

export default defineConfig({
  testDir: "e2e",
  testMatch: alone ?? (hub ? "hub*.spec.ts" : "journey.spec.ts"),
  outputDir: process.env["FANLIGHT_E2E_OUT"] ?? "test-results",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: patient ? 1_500_000 : hub ? 420_000 : 240_000,
  expect: { timeout: patient ? 300_000 : 90_000 },
  reporter: [["list"]],
  use: {
    baseURL: url,
    locale: "en-GB",
    timezoneId: "America/Los_Angeles",
    screenshot: "only-on-failure",
    trace: "off",
    actionTimeout: hub ? 30_000 : patient ? 300_000 : 120_000,
    launchOptions: { executablePath: process.env["FANLIGHT_CHROMIUM"] ?? "/usr/bin/chromium", args: flags },
  },
  projects: [
    { name: "desk", use: { viewport: { width: 1280, height: 900 }, colorScheme: "light" } },
    {
      name: "phone",
      use: { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, isMobile: true },
    },
  ],
});
