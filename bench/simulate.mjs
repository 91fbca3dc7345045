// Decides the log under <address>/log/ again in the worker that the public page starts, and tells how long it took.
// Usage: node simulate.mjs <address>; the packs' texts are <address>/pack.json and against.json. Prints
// {"seconds": s, "found": {...}, "csv_bytes": n, "csv_sha256": "…"}.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("@playwright/test");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const [address] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.FANLIGHT_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
try {
  const page = await browser.newPage();
  await page.goto(`${address}/index.html`);
  const coming = page.waitForEvent("download", { timeout: 0 });
  const answer = await page.evaluate(async () => {
    const text = async (path) => (await fetch(path)).text();
    const question = { pack: await text("/pack.json"), against: await text("/against.json"), chosen: { agency: null, first: null, last: null } };
    const began = performance.now();
    const worker = new Worker("/static/oversight/past.worker.js", { type: "module" });
    const told = (kind, asked) =>
      new Promise((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }) => data.kind === kind && resolve(data);
        worker.postMessage(asked);
      });
    const { found } = await told("done", { kind: "decide", base: new URL("/log/", location.href).href, vkey: null, question });
    const seconds = (performance.now() - began) / 1000;
    const { file } = await told("csv", { kind: "csv", id: 1 });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = "rows.csv";
    link.click();
    return { seconds, found, csv_bytes: file.size };
  });
  const hash = createHash("sha256");
  for await (const part of await (await coming).createReadStream()) hash.update(part);
  console.log(JSON.stringify({ ...answer, csv_sha256: hash.digest("hex") }));
} finally {
  await browser.close();
}
