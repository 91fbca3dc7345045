// Plays films in Chromium, as a page does, and tells what came of each.
// In (stdin): [{name, path, mse: null | {mime, init: [at, size], segments: [[at, size, ...], ...]}}, ...]
// Out: [{name, error, duration, ended, at, pictures, soundBytes, first, buffered: [[from, to], ...]}, ...]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../../web/package.json", import.meta.url))("@playwright/test");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--autoplay-policy=no-user-gesture-required",
];
const cases = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({ executablePath: process.env.FANLIGHT_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const results = [];
try {
  const page = await browser.newPage();
  for (const { name, path, mse } of cases) {
    const data = readFileSync(path).toString("base64");
    results.push({ name, ...(await page.evaluate(play, { data, mse })) });
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(results));

async function play({ data, mse }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const video = document.createElement("video");
  video.muted = true;
  document.body.replaceChildren(video);
  const event = (target, name) => new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));
  const failed = event(video, "error").then(() => video.error?.message || "error");
  const stopped = (ms) => new Promise((resolve) => setTimeout(resolve, ms, "it stopped in the middle"));
  let first = null;
  video.requestVideoFrameCallback((_, frame) => (first = frame.mediaTime));

  async function fill() {
    if (!mse) {
      video.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
      return;
    }
    if (!MediaSource.isTypeSupported(mse.mime)) throw new Error(`not played here: ${mse.mime}`);
    const source = new MediaSource();
    video.src = URL.createObjectURL(source);
    await event(source, "sourceopen");
    const buffer = source.addSourceBuffer(mse.mime);
    for (const [at, size] of [mse.init, ...mse.segments]) {
      buffer.appendBuffer(bytes.subarray(at, at + size));
      await event(buffer, "updateend");
      if (source.readyState !== "open") return;
    }
    source.endOfStream();
  }

  async function whole() {
    await fill();
    video.playbackRate = 4;
    const ended = event(video, "ended");
    await video.play();
    await ended;
    return null;
  }

  const error = await Promise.race([failed, whole().catch((e) => String(e)), stopped(30_000)]);
  const buffered = Array.from({ length: video.buffered.length }, (_, n) => [video.buffered.start(n), video.buffered.end(n)]);
  return {
    error, buffered, first, duration: video.duration, ended: video.ended, at: video.currentTime,
    pictures: video.getVideoPlaybackQuality().totalVideoFrames, soundBytes: video.webkitAudioDecodedByteCount,
  };
}
