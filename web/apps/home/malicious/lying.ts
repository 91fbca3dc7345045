/** For tests: a household, and a server that is honest until a test tells it to lie. What the app reads with is real. */
import { ApiError, Client } from "../../../core/api/client.ts";
import { clipHeader, clipManifest, clipRange } from "../../../core/api/calls.ts";
import { newHeader, sealAge, sealPayload, payloadLength, NONCE_LENGTH } from "../../../core/seal/age.ts";
import { nextEpoch } from "../../../core/seal/book.ts";
import { b64, type Bytes, concat, hex, text, unb64, utf8 } from "../../../core/seal/bytes.ts";
import { chunkHashes, treeRoot } from "../../../core/seal/chunktree.ts";
import { checkClip, type CheckedClip, type Household as Home, Order } from "../../../core/seal/clip.ts";
import type { GiftWire } from "../../../core/seal/earlier.ts";
import type { Epoch } from "../../../core/seal/epoch.ts";
import { type Identity, type MemberKeys, memberKeys, sha256, sign } from "../../../core/seal/keys.ts";
import { keyCommitment, makeContainer, padFmp4 } from "../../../core/seal/manifest.ts";
import type { Member, Role, Roll, RolledHub } from "../../../core/seal/roll.ts";
import { newSheet, type Sheet } from "../../../core/seal/sheet.ts";
import { jcs } from "../../../core/jcs.ts";
import type { Session } from "../../../ui/session.ts";
import { Listing } from "../timeline/listing.ts";
import { summarise } from "../timeline/summary.ts";

export const HOUSEHOLD = "a".repeat(26);
export const CAMERA = "c".repeat(26);
export const DAY = "2026-11-21";
export const id = (letter: string): string => letter.repeat(26);
export const halvesOf = ({ signing, age }: MemberKeys) => ({ sign_pub: b64(signing.public), age_recipient: age.recipient });
export const member = (keys: MemberKeys, letter: string, role: Role): Member => ({ account: id(letter), ...halvesOf(keys), role });

export interface People {
  readonly alice: MemberKeys;
  readonly bob: MemberKeys;
  readonly thief: MemberKeys;
  readonly hub: MemberKeys;
  readonly sheet: Sheet;
}

export async function invent(): Promise<People> {
  const [alice, bob, thief, hub] = (await Promise.all([7, 8, 9, 10].map((fill) => memberKeys(new Uint8Array(32).fill(fill))))) as [MemberKeys, MemberKeys, MemberKeys, MemberKeys];
  return { alice, bob, thief, hub, sheet: await newSheet() };
}

/** A device's memory that is not a browser's. */
export function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as unknown as Storage;
}

export const rolledHub = (people: People): RolledHub => ({ hub: id("h"), ...halvesOf(people.hub) });

/** The page of the book after `after`, and the secret of its key. */
export async function page(people: People, after: Epoch | undefined, signer: MemberKeys, members: readonly Member[], change: Partial<Roll> = {}): Promise<{ epoch: Epoch; identity: Identity }> {
  const roll: Roll = { members, hubs: [rolledHub(people)], recovery: people.sheet.public, ...change };
  const notes = { why: "changed" as const, names: Object.fromEntries(members.map(({ account }) => [account, "Somebody"])), guests: {}, mandated: [] };
  return nextEpoch({ household: HOUSEHOLD, after, roll, notes, signer: signer.signing, day: "2026-11-22" });
}

/** What the server says of the household. */
export const answer = (chain: readonly Epoch[], more: object = {}): object => ({
  household: HOUSEHOLD,
  cell: "88283082b9fffff",
  role: "owner",
  members: chain.at(-1)?.book?.members ?? [],
  hubs: (chain.at(-1)?.book?.hubs ?? []).map((one) => ({ ...one, signature: null })),
  epochs: chain.map(({ wire }) => wire),
  pending: null,
  invites: [],
  ...more,
});

/** A session of somebody's to whom the server says `said` about the household; what they send it comes into `sent`. */
export const toldTo = <T>(keys: MemberKeys, said: unknown, sent: T[] = []): Session => {
  const answered = async (_: string, init?: RequestInit): Promise<Response> => {
    if (init?.method === undefined || init.method === "GET") return Response.json(said);
    sent.push(JSON.parse(String(init.body)) as T);
    return new Response(null, { status: 204 });
  };
  return { keys, api: new Client(answered) } as unknown as Session;
};

/** One clip as the server has it. */
export interface Stored {
  readonly clip: string;
  card: string;
  sig: string;
  manifest: Bytes;
  hdr: Bytes;
  pay: Bytes;
  /** A member keeps it; by which page, and to whom, it was sealed anew. */
  keep?: boolean;
  epoch?: number;
  readers?: string;
}

export interface Made extends Stored {
  readonly chainHash: string;
}

/** A clip as a hub seals it: number `seq` of its camera, after the one with the hash `prev`. */
export async function makeClip(people: People, epoch: Epoch, clip: string, seq: number, prev: string | null, signer = people.hub): Promise<Made> {
  const media = padFmp4(new Uint8Array(70_000).fill(seq + 1));
  const { fileKey, hdr } = await newHeader([epoch.recipient]);
  const pay = await sealPayload(fileKey, media);
  const chunks = await chunkHashes(pay);
  const root = hex(treeRoot(chunks));
  const signed = text(
    jcs({
      v: 1,
      type: "clip",
      start: `${DAY}T18:0${seq}:41.000Z`,
      duration_ms: 4000,
      clock: "hub",
      label: "person",
      mime: 'video/mp4; codecs="avc1.4d401f"',
      width: 640,
      height: 360,
      init: [0, 800],
      segments: [[800, 60_000, 0, 4000]],
      plain_length: media.length,
      pay_length: payloadLength(media.length),
      nonce: hex(pay.slice(0, NONCE_LENGTH) as Bytes),
      tree_root: root,
      chunks: b64(concat(chunks)),
      kc: hex(keyCommitment(fileKey)),
      household: HOUSEHOLD,
      camera: CAMERA,
      camera_name: "Front door",
      clip,
      score: 90,
      thumb: b64(utf8("jpeg")),
      seq,
      prev,
      epoch: epoch.n,
    }),
  );
  const manifest = await sealAge(makeContainer("clip", signed, signer.signing), [epoch.recipient]);
  const card = text(jcs({ clip, day: DAY, epoch: epoch.n, length: pay.length, manifest_sha256: hex(sha256(manifest)), root }));
  return { clip, card, sig: b64(sign(signer.signing, "card", utf8(card))), manifest, hdr, pay, chainHash: hex(sha256(utf8(signed))) };
}

/** Gives out a household's clips. A test changes what is in it. */
export class Server {
  readonly clips: Stored[];
  /** Earlier keys that an owner gave. */
  readonly given: GiftWire[] = [];
  readonly api = new Client(async (url, init) => this.#answer(new URL(url, "http://server.example"), init));

  constructor(clips: readonly Stored[]) {
    this.clips = clips.map((one) => ({ ...one }));
  }

  clip(name: string): Stored {
    const found = this.clips.find((one) => one.clip === name);
    if (!found) throw new Error("no such clip");
    return found;
  }

  #answer({ pathname }: URL, init?: RequestInit): Response {
    if (pathname.startsWith("/v1/households/mine/earlier/")) {
      this.given.push(...(JSON.parse(String(init?.body)) as { keys: GiftWire[] }).keys);
      return new Response(null, { status: 204 });
    }
    if (pathname === "/v1/clips") return Response.json({ clips: this.clips.map(({ clip, card, sig, keep, epoch, readers }) => ({ clip, card, sig, keep, epoch, readers })), after: null });
    const [, name = "", part = ""] = /^\/v1\/clips\/([a-z2-7]{26})\/(manifest|hdr|pay|anew)$/.exec(pathname) ?? [];
    const found = this.clips.find((one) => one.clip === name);
    if (!found) return Response.json({ code: "vault.no_clip", what: "None.", kept: "All.", do: "Go." }, { status: 404 });
    if (init?.method === "PUT") {
      const { hdr, manifest, epoch, readers } = JSON.parse(String(init.body)) as Record<string, string>;
      Object.assign(found, { hdr: unb64(hdr ?? ""), manifest: unb64(manifest ?? ""), epoch: Number(epoch), readers });
      return new Response(null, { status: 204 });
    }
    const body = found[part as "manifest" | "hdr" | "pay"];
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get("Range") ?? "") ?? [];
    return from === undefined ? new Response(body) : new Response(body.slice(Number(from), Number(to) + 1), { status: 206 });
  }
}

/** What became of one clip when the app was asked to show it. */
export type Shown = { readonly clip: string; readonly checked: CheckedClip; readonly bytes: number } | { readonly clip: string; readonly refused: unknown };

/** Lists a day as the timeline does, opens each description, checks each clip as its page does, and reads it to the end. */
export async function look(server: Server, home: Home, order = new Order()): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const row of await new Listing(server.api).of(DAY)) {
    try {
      const manifestAge = await clipManifest(server.api, row.clip);
      const summary = await summarise(row.clip, manifestAge, home);
      if (summary.kind === "refused") throw Object.assign(new Error(summary.why), { code: summary.code });
      order.place(summary.summary);
      const offer = { clip: row.clip, card: row.card, sig: unb64(row.sig), manifestAge, hdr: await clipHeader(server.api, row.clip), anew: row.readers !== null };
      const checked = await checkClip(offer, home, order);
      if (checked.kind === "refused") throw Object.assign(checked.error, { pane: checked.failed });
      const range = (first: number, end: number): Promise<Uint8Array> => clipRange(server.api, row.clip, first, end);
      const plain = await checked.reader.read(0, checked.reader.seal.plainLength, range);
      shown.push({ clip: row.clip, checked, bytes: plain.length });
    } catch (error) {
      if (error instanceof ApiError) throw error;
      shown.push({ clip: row.clip, refused: error });
    }
  }
  return shown;
}
