// Talking and listening: started by tests/journey/test_talk.py, which says who the cameras are and what the microphone hears.
import live from "./playwright.live.config.ts";

const { use } = live;
const microphone = `--use-file-for-fake-audio-capture=${process.env["FANLIGHT_MICROPHONE"] ?? ""}`;

export default {
  ...live,
  testMatch: "talk.spec.ts",
  timeout: 1_500_000, // within its starter's bound
  use: { ...use, launchOptions: { ...use.launchOptions, args: [...use.launchOptions.args, microphone] } },
};
