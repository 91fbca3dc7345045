// Watches one camera in turn by the home app and by aiortc's page, and tells which picture was on the screen when.
// Usage: node live_screen.mjs <resident's card> <address of the peer> <turns> <seconds>
// Prints {"ours" | "player" | "plain": [[number of the picture, ms since 1970], ...], "trace": [{a stage: ms since 1970}, ...]}.
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
const found = { ours: [], player: [], plain: [], trace: [] };

/** Reads the number drawn into what is shown; in every page before its own scripts. */
function reading() {
  const [field, bits] = [64, 10];
  const count = bits + 2;
  const pen = new OffscreenCanvas(count, 1).getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingEnabled = false; // the middle of each field
  const seen = (globalThis.seen = []);
  globalThis.read = (source) => {
    pen.drawImage(source, 0, 0, count * field, field, 0, 0, count, 1); // once: a picture is converted for each
    const { data } = pen.getImageData(0, 0, count, 1);
    const lit = Array.from({ length: count }, (_, i) => data[i * 4] > 127);
    if (!lit[0] || lit[1]) return null;
    return lit.slice(2).reduce((number, one) => number * 2 + Number(one), 0);
  };
  globalThis.note = (number, at) => {
    if (number !== null && number !== seen.at(-1)?.[0]) seen.push([number, performance.timeOrigin + at]);
  };
}

/** Reads a video whenever a picture of it was handed over for composition: the app's, or aiortc's page's. */
function lookAt(select) {
  let seen = null;
  const look = (_, { presentationTime }) => {
    globalThis.note(globalThis.read(seen), presentationTime);
    seen.requestVideoFrameCallback(look);
  };
  const find = () => {
    const video = document.querySelector(select);
    if (video && video !== seen) (seen = video).requestVideoFrameCallback(look);
  };
  new MutationObserver(find).observe(document, { attributes: true, childList: true, subtree: true });
}

/** Stamps each of our pictures in page and worker: came (hub's clock), received, opened, asked (of the decoder), handed (to the screen). */
function tracing() {
  const stamps = (globalThis.stamps = new Map()); // by the decoder's time
  const now = () => performance.timeOrigin + performance.now();
  const stamp = (at, facts) => stamps.set(at, { ...stamps.get(at), ...facts });
  const received = new Map(); // by stream and count
  const name = (data) => new Uint8Array(data).join();
  globalThis.WebSocket = class extends WebSocket {
    constructor(...told) {
      super(...told);
      this.addEventListener("message", ({ data }) => {
        if (data instanceof ArrayBuffer && new Uint8Array(data)[0] === 3) received.set(name(data.slice(1, 13)), now());
      });
    }
  };
  const decrypt = SubtleCrypto.prototype.decrypt;
  SubtleCrypto.prototype.decrypt = async function (how, key, sealed) {
    const plain = await decrypt.call(this, how, key, sealed);
    const nonce = how.name === "AES-GCM" ? name(how.iv) : "";
    if (received.has(nonce)) {
      const [opened, view] = [now(), new DataView(plain)];
      stamp(Number(view.getBigUint64(1)), { came: Number(view.getBigUint64(9)) / 1000, received: received.get(nonce), opened });
      received.delete(nonce);
    }
    return plain;
  };
  const decode = VideoDecoder.prototype.decode;
  VideoDecoder.prototype.decode = function (coded) {
    stamp(coded.timestamp, { asked: now() });
    return decode.call(this, coded);
  };
  const Writer = WritableStreamDefaultWriter.prototype;
  const write = Writer.write;
  Writer.write = function (one) {
    if (one instanceof VideoFrame) stamp(one.timestamp, { handed: now() });
    return write.call(this, one);
  };
  globalThis.stampsSoFar = () => {
    const all = [...stamps];
    stamps.clear();
    return all;
  };
}

/** aiortc's page. */
async function connect(by) {
  const video = document.querySelector("video");
  const connection = (globalThis.connection = new RTCPeerConnection());
  const h264 = RTCRtpReceiver.getCapabilities("video").codecs.filter(({ mimeType }) => mimeType === "video/H264");
  connection.addTransceiver("video", { direction: "recvonly" }).setCodecPreferences(h264); // else aiortc takes VP8
  connection.ontrack = ({ track, receiver }) => {
    receiver.jitterBufferTarget = 0;
    video.srcObject = new MediaStream([track]);
  };
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
  const stamps = () => Promise.all([page, ...page.workers()].map((one) => one.evaluate(() => globalThis.stampsSoFar?.() ?? [])));
  await stamps();
  await page.evaluate(() => globalThis.seen.splice(0));
  await page.waitForTimeout(Number(seconds) * 1_000);
  found[name].push(...(await page.evaluate(() => globalThis.seen)));
  const both = new Map();
  for (const [at, facts] of (await stamps()).flat()) both.set(at, { ...both.get(at), ...facts });
  found.trace.push(...[...both.values()].filter(({ came, handed }) => came && handed));
}

try {
  const app = await browser.newContext({ viewport: { width: 1600, height: 1000 }, serviceWorkers: "block" });
  for (const script of [reading, tracing]) await app.addInitScript(script);
  await app.addInitScript(lookAt, "video.shown");
  await app.route(/\/drawing\.worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `(${tracing})();${await response.text()}` });
  });
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
      await theirs.addInitScript(lookAt, "video");
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
