// Sealed things in a real browser, whose own cryptography opens them, beside Node, where JavaScript does: R01. No town is needed.
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { openHeader, sealAge } from "../core/seal/age.ts";
import { SealError } from "../core/seal/errors.ts";
import { newIdentity } from "../core/seal/keys.ts";

type Inside = typeof import("./sealed.ts");

const HERE = "http://localhost:1/"; // nobody is asked: the browser's cryptography wants a safe place
const FOLDER = new URL("../../vectors/seal/", import.meta.url);
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, FOLDER)));
const load = (name: string): any => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));

interface Change {
  readonly file?: string;
  readonly flip?: number;
  readonly set?: readonly [number, number];
  readonly cut?: number;
}
function changed(data: Uint8Array, how: Change = {}): number[] {
  const copy = [...(how.file ? bytes(`clip/${how.file}`) : data)];
  if (how.flip !== undefined) copy[how.flip] = (copy[how.flip] as number) ^ 1;
  if (how.set) copy[how.set[0]] = how.set[1];
  return copy.slice(0, how.cut);
}

test.beforeEach(async ({ page }) => {
  const { build } = await import("vite");
  const entry = new URL("./sealed.ts", import.meta.url).pathname;
  const built = await build({ configFile: false, logLevel: "error", build: { write: false, target: "es2023", lib: { entry, formats: ["es"], fileName: "seal" } } });
  const [{ output }] = built as unknown as [{ output: { code: string }[] }];
  await page.route(`${HERE}**`, (route) =>
    route.request().url().endsWith(".js") ? route.fulfill({ contentType: "text/javascript", body: output[0]?.code ?? "" }) : route.fulfill({ contentType: "text/html", body: "<!doctype html>" }),
  );
  await page.goto(HERE);
});

test("R01 the browser's own keys are those of everywhere, and open and refuse what a hub sealed as every reader does", async ({ page }) => {
  const [keys, clip] = [load("keys.json"), load("clip.json")];
  const found = await page.evaluate(
    async ({ seed, identity }) => {
      const name = "/seal.js";
      const inside = (await import(name)) as Inside;
      const own = await inside.memberKeys(Uint8Array.from(seed));
      return { own: typeof (await inside.opener(identity)), recipient: own.age.recipient, secret: own.age.secret, sign: [...own.signing.public] };
    },
    { seed: [...Buffer.from(keys.seed, "hex")], identity: keys.identity as string },
  );
  expect(found).toEqual({ own: "object", recipient: keys.recipient, secret: keys.identity, sign: [...Buffer.from(keys.sign_public, "hex")] });

  const cases = (clip.cases as { why: string; change: { hdr?: Change; manifest?: Change; card?: Change }; before?: string[]; pane: string | null; error: string | null }[])
    .filter(({ pane }) => pane !== "pieces")
    .map(({ change, before = [], ...rest }) => ({
      ...rest,
      before: before.map((name) => changed(bytes(`clip/${name}`))),
      card: Buffer.from(changed(bytes("clip/card.json"), change.card)).toString(),
      manifest: changed(bytes("clip/manifest.age"), change.manifest),
      hdr: changed(bytes("clip/clip.hdr"), change.hdr),
    }));
  const said = await page.evaluate(
    async ({ cases, clip, sig, hub, household, identity }) => {
      const name = "/seal.js";
      const { checkClip, openManifest, Order } = (await import(name)) as Inside;
      const home = { household, hubKeys: new Map([[0, [Uint8Array.from(hub)]]]), identities: new Map([[0, identity]]) };
      const out: (readonly [string | null, string | null])[] = [];
      for (const { before, card, manifest, hdr } of cases) {
        const order = new Order();
        for (const one of before) order.add(await openManifest(Uint8Array.from(one), home));
        const checked = await checkClip({ clip, card, sig: Uint8Array.from(sig), manifestAge: Uint8Array.from(manifest), hdr: Uint8Array.from(hdr) }, home, order);
        out.push(checked.kind === "opened" ? [null, null] : [checked.failed, checked.error.code]);
      }
      return out;
    },
    { cases, clip: clip.clip, sig: [...Buffer.from(clip.card_sig, "hex")], hub: [...Buffer.from(clip.hub, "hex")], household: clip.household, identity: clip.identity },
  );
  expect(said.length).toBeGreaterThan(5);
  expect(said).toEqual(cases.map(({ pane, error }) => [pane, error]));
});

test("R01 headers to several people, altered at any letter, fare in the browser as they do without its cryptography", async ({ page }) => {
  const [mine, other] = [await newIdentity(), await newIdentity()];
  const sealed = await sealAge(new Uint8Array(10), [other.recipient, mine.recipient]);
  const end = sealed.length - 16 - 10 - 16;
  const headers = [sealed.slice(0, end), ...Array.from({ length: 60 }, (_, i) => sealed.slice(0, end).with(Math.floor((i * end) / 60), 0x41 + (i % 26)))];
  const fare = async (header: Uint8Array, open: typeof openHeader): Promise<string> => {
    try {
      return Buffer.from(await open(header, [mine.secret])).toString("hex");
    } catch (error) {
      return (error as SealError).code;
    }
  };
  const here: string[] = [];
  for (const header of headers) here.push(await fare(header, openHeader));
  const there = await page.evaluate(
    async ({ headers, secret }) => {
      const name = "/seal.js";
      const { openHeader } = (await import(name)) as Inside;
      const out: string[] = [];
      for (const header of headers) {
        try {
          out.push(Array.from(await openHeader(Uint8Array.from(header), [secret]), (byte) => byte.toString(16).padStart(2, "0")).join(""));
        } catch (error) {
          out.push((error as SealError).code);
        }
      }
      return out;
    },
    { headers: headers.map((header) => [...header]), secret: mine.secret },
  );
  expect(there).toEqual(here);
  expect(new Set(here).size).toBeGreaterThan(2);
});
