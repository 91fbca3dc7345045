// Two members watch at once: started by tests/journey/test_live.py, which says who they are.
import base from "./playwright.config.ts";

const { use } = base;
const args = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

export default {
  ...base,
  testMatch: "live.spec.ts",
  use: { ...use, launchOptions: { ...use?.launchOptions, args: [...(use?.launchOptions?.args ?? []), ...args] } },
};
