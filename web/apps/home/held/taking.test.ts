// Taking everything along, in more than one file, over a network that breaks: real sealed clips, a server in memory.
import { strFromU8, unzipSync } from "fflate";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import { openAge, sealAge } from "../../../core/seal/age.ts";
import { b64, hex, unhex } from "../../../core/seal/bytes.ts";
import { identityRecipient, memberKeys, sha256 } from "../../../core/seal/keys.ts";
import type { Session } from "../../../ui/session.ts";
import type { House } from "../household/house.ts";
import { Archive } from "./archive.ts";
import { type Part, Taking } from "./taking.ts";

const FOLDER = new URL("../../../../vectors/seal/", import.meta.url);
const bytes = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(name, FOLDER)));
const load = (name: string): any => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
const [CLIP, FILLER] = [load("clip.json"), load("filler.json")];
const day = (n: number): string => `2026-11-0${n}`;
const DAYS = [1, 2, 3, 4, 5].map(day);
const told = { account: { account: "a", sign_pub: "", age_recipient: "", households: [], passkeys: 0, sessions: 0, notices: 0 }, passkeys: { passkeys: [] }, sessions: { sessions: [] }, notices: { notices: [] } };

/** Lists one clip and one filler each day; `breaks` are numbers of calls that get no answer. `anew`: what the clip's description was
 *  sealed anew to once a list was asked for; lists say so from then on, or where `silent`, never. */
function serverOf(breaks: readonly number[], anew: Uint8Array<ArrayBuffer> | null = null, silent = false): { api: Client; calls: () => number } {
  let [calls, lists] = [0, 0];
  const json = (value: unknown): Response => new Response(JSON.stringify(value), { status: 200 });
  const rowOf = (facts: any, name: string) => ({ clip: facts.clip, card: readFileSync(new URL(`${name}/card.json`, FOLDER), "utf8"), sig: b64(unhex(facts.card_sig)) });
  const api = new Client(async (url, init) => {
    if (breaks.includes(++calls)) throw new TypeError("network");
    const { pathname, searchParams } = new URL(url, "http://here");
    if (pathname === "/v1/account") return json(told.account);
    if (pathname === "/v1/passkeys") return json(told.passkeys);
    if (pathname === "/v1/sessions/mine") return json(told.sessions);
    if (pathname === "/v1/account/notices") return json(told.notices);
    if (pathname === "/v1/clips") {
      const readers = anew && lists++ > 0 && !silent ? "to people" : null;
      return json({ clips: DAYS.includes(searchParams.get("day") ?? "") ? [{ ...rowOf(CLIP, "clip"), readers }, rowOf(FILLER, "filler")] : [], after: null });
    }
    if (pathname.endsWith("/note")) return new Response(JSON.stringify({ code: "vault.no_note", what: "No.", kept: "All.", do: "Go." }), { status: 404 });
    const part = /^\/v1\/clips\/([a-z2-7]{26})\/(manifest|hdr|pay)$/.exec(pathname);
    if (!part) return new Response(JSON.stringify({ code: "none", what: "No.", kept: "All.", do: "Go." }), { status: 404 });
    if (anew && part[1] === CLIP.clip && part[2] === "manifest") return new Response(anew);
    const whole = bytes(`${part[1] === FILLER.clip ? "filler" : "clip"}/${{ manifest: "manifest.age", hdr: "clip.hdr", pay: "clip.pay" }[part[2] ?? ""]}`);
    const range = /bytes=(\d+)-(\d+)/.exec((init?.headers as Record<string, string>)["Range"] ?? "");
    return range ? new Response(whole.slice(Number(range[1]), Number(range[2]) + 1), { status: 206 }) : new Response(whole);
  });
  return { api, calls: () => calls };
}

async function takingOf(api: Client, full: number, days = DAYS, locked = false): Promise<Taking> {
  const session = { api, keys: await memberKeys(new Uint8Array(32)), seed: new Uint8Array(32), more: [] } as unknown as Session;
  const identities = new Map([[0, CLIP.identity], [1, FILLER.identity]]);
  const home = { household: CLIP.household, hubKeys: new Map([0, 1].map((n) => [n, [unhex(CLIP.hub)]])), identities };
  const house = { told: { household: CLIP.household, epochs: [] }, notes: null, chain: [], home } as unknown as House;
  return new Taking(session, house, { days, keys: false, locked }, full);
}

const filesOf = async (part: Part): Promise<Record<string, Uint8Array>> => unzipSync(new Uint8Array(await part.zip.arrayBuffer()));

/** Calls `next` until all is taken, as a person does who presses *Go on* after each failure. */
async function all(taking: Taking): Promise<{ parts: Part[]; failures: number }> {
  const parts: Part[] = [];
  let failures = 0;
  while (!taking.done) {
    try {
      parts.push(await taking.next(() => undefined, new AbortController().signal));
    } catch (error) {
      expect(error).toMatchObject({ away: true });
      failures++;
    }
  }
  return { parts, failures };
}

test("R52 each file opens by itself, together they hold each clip once, and noise is in none", async () => {
  const { parts } = await all(await takingOf(serverOf([]).api, 300_000));
  expect(parts.map(({ number, last }) => [number, last])).toEqual([[1, false], [2, false], [3, true]]);
  const films: string[] = [];
  for (const part of parts) {
    const files = await filesOf(part);
    expect(Object.keys(files)).toContain("READ-ME-FIRST.txt");
    expect("account.json" in files).toBe(part.number === 1);
    expect(strFromU8(files["READ-ME-FIRST.txt"] as Uint8Array)).toContain(part.last ? `file ${part.number}, the last one` : `file ${part.number}; more follow`);
    for (const [name, data] of Object.entries(files)) if (name.endsWith(".mp4")) films.push(`${name.split("/")[1]} ${hex(sha256(data))}`);
  }
  const film = createHash("sha256").update(Buffer.concat(Array.from({ length: 160_800 / 32 }, (_, n) => createHash("sha256").update(`clip 1 ${n}`).digest()))).digest("hex");
  expect(films).toEqual(DAYS.map((one) => `${one} ${film}`));
});

test("R52 a network that breaks at any call costs nothing but a press of the button", async () => {
  const days = DAYS.slice(0, 2);
  // What is asked of the account; a list; a manifest, a header, a film; the same of the second day.
  for (const at of [1, 9, 10, 12, 14]) {
    const taking = await takingOf(serverOf([at, at + 1]).api, 200_000, days);
    const { parts, failures } = await all(taking);
    expect(failures).toBeGreaterThan(0);
    expect(taking.failed).toEqual([]);
    const names = (await Promise.all(parts.map(filesOf))).flatMap((files) => Object.keys(files).filter((name) => name.endsWith(".mp4")));
    expect(names.map((name) => name.split("/")[1])).toEqual(days);
  }
});

test("two clips of one name are both there", async () => {
  const archive = new Archive();
  for (const text of ["one", "two"]) archive.text("clips/Door.mp4", text);
  archive.text("clips/Door", "three");
  const files = unzipSync(new Uint8Array(await (await archive.done()).arrayBuffer()));
  expect(Object.entries(files).map(([name, data]) => [name, strFromU8(data)])).toEqual([["clips/Door.mp4", "one"], ["clips/Door (2).mp4", "two"], ["clips/Door", "three"]]);
});

test("R02 a locked copy has each clip as the server keeps it, a whole age file, and says how the sheet opens it", async () => {
  const { api } = serverOf([]);
  const taking = await takingOf(api, Number.MAX_SAFE_INTEGER, [day(1)], true);
  const { parts } = await all(taking);
  const files = await filesOf(parts[0] as Part);
  const [hdr, pay] = [bytes("clip/clip.hdr"), bytes("clip/clip.pay")];
  expect(Object.keys(files).filter((name) => /\.(mp4|age)$/.test(name))).toEqual([`clips/${CLIP.clip}.age`]);
  expect(files[`clips/${CLIP.clip}.age`]).toEqual(new Uint8Array([...hdr, ...pay]));
  expect(strFromU8(files["READ-ME-FIRST.txt"] ?? new Uint8Array())).toContain("node open.mjs");
});

test("R52 a clip that is sealed anew between its day's list and its turn is in the zip, and another's sealed form is not", async () => {
  const anew = await sealAge(await openAge(bytes("clip/manifest.age"), [CLIP.identity]), [await identityRecipient(CLIP.identity)]);
  for (const [silent, films, failed] of [[false, 1, 0], [true, 0, 1]] as const) {
    const taking = await takingOf(serverOf([], anew, silent).api, Number.MAX_SAFE_INTEGER, [day(1)]);
    const { parts } = await all(taking);
    const names = Object.keys(await filesOf(parts[0] as Part));
    expect([names.filter((name) => name.endsWith(".mp4")).length, taking.failed.length]).toEqual([films, failed]);
  }
});
