// Watches one camera in turn by the home app and by aiortc's page, and tells which picture was on the screen when.
// Usage: node live_screen.mjs <resident's card> <address of the peer> <turns> <seconds>
// Prints {"ours" | "player" | "plain": [[number of the picture, ms since 1970], ...]}.
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("@playwright/test");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];
const SETTLE_MS = 5_000;
const WAIT_MS = 60_000;

const [card, peer, turns, seconds] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.FANLIGHT_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const found = { ours: [], player: [], plain: [] };

/** Reads the number drawn into a picture; in every page before its own scripts. */
function reading() {
  const [field, bits] = [64, 10];
  const count = bits + 2;
  const pen = new OffscreenCanvas(count, 1).getContext("2d", { willReadFrequently: true });
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  const drawOff = OffscreenCanvasRenderingContext2D.prototype.drawImage;
  const seen = (globalThis.seen = []);
  globalThis.read = (source) => {
    for (let i = 0; i < count; i++) drawOff.call(pen, source, i * field + field / 4, field / 4, field / 2, field / 2, i, 0, 1, 1);
    const { data } = pen.getImageData(0, 0, count, 1);
    const lit = Array.from({ length: count }, (_, i) => data[i * 4] > 127);
    if (!lit[0] || lit[1]) return null;
    return lit.slice(2).reduce((number, one) => number * 2 + Number(one), 0);
  };
  globalThis.note = (number, at) => {
    if (number !== null) seen.push([number, performance.timeOrigin + at]);
  };
  // The app draws a picture; what was drawn is composed with the page's next frame.
  CanvasRenderingContext2D.prototype.drawImage = function (source, ...rest) {
    draw.call(this, source, ...rest);
    if (!(source instanceof VideoFrame)) return;
    const number = globalThis.read(source);
    requestAnimationFrame(() => globalThis.note(number, performance.now()));
  };
}

/** aiortc's page: a picture counts from when it was handed over for composition. */
async function connect(by) {
  const video = document.querySelector("video");
  const connection = (globalThis.connection = new RTCPeerConnection());
  const h264 = RTCRtpReceiver.getCapabilities("video").codecs.filter(({ mimeType }) => mimeType === "video/H264");
  connection.addTransceiver("video", { direction: "recvonly" }).setCodecPreferences(h264); // else aiortc takes VP8
  connection.ontrack = ({ track, receiver }) => {
    receiver.jitterBufferTarget = 0;
    video.srcObject = new MediaStream([track]);
  };
  const look = (_, { presentationTime }) => {
    globalThis.note(globalThis.read(video), presentationTime);
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  await connection.setLocalDescription(await connection.createOffer());
  await new Promise((resolve) => {
    if (connection.iceGatheringState === "complete") resolve();
    connection.onicegatheringstatechange = () => connection.iceGatheringState === "complete" && resolve();
    setTimeout(resolve, 3_000);
  });
  const answer = await fetch(`/offer/${by}`, { method: "POST", body: connection.localDescription.sdp });
  await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
}

async function watch(page, name) {
  await page.waitForFunction(() => globalThis.seen.length > 5);
  await page.waitForTimeout(SETTLE_MS);
  await page.evaluate(() => globalThis.seen.splice(0));
  await page.waitForTimeout(Number(seconds) * 1_000);
  found[name].push(...(await page.evaluate(() => globalThis.seen)));
}

try {
  const app = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  await app.addInitScript(reading);
  const home = await app.newPage();
  home.setDefaultTimeout(WAIT_MS);
  await home.goto(card);
  await home.getByRole("heading", { level: 1 }).first().waitFor();
  for (let turn = 0; turn < Number(turns); turn++) {
    await home.evaluate(() => (location.hash = "#/live"));
    await watch(home, "ours");
    await home.evaluate(() => (location.hash = "#/"));
    for (const by of ["player", "plain"]) {
      const theirs = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
      await theirs.addInitScript(reading);
      const page = await theirs.newPage();
      page.setDefaultTimeout(WAIT_MS);
      await page.goto(peer);
      await page.evaluate(connect, by);
      await watch(page, by);
      await page.evaluate(() => fetch("/close", { method: "POST" }));
      await theirs.close();
    }
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
