import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Json, jcs } from "../jcs.ts";
import { openHeader, rewrapHeader } from "./age.ts";
import { type Bytes, b64, hex, text, unhex, utf8 } from "./bytes.ts";
import { chunkHash, treeRoot } from "./chunktree.ts";
import { type ClipOffer, ClipReader, type Household, Order, checkClip, openManifest } from "./clip.ts";
import { openDisclosure, sealDisclosure } from "./disclosure.ts";
import { accept } from "./book.ts";
import { type EpochWire, openEpoch } from "./epoch.ts";
import { hubStatement, isAdmitted, signHub } from "./hub.ts";
import { caseSigningKey, memberKeys, newIdentity, sha256, sign, verify } from "./keys.ts";
import { copyLength, keyCommitment, openContainer, paddedLength, parseClip, parseDisclosure, readContainer } from "./manifest.ts";

const FOLDER = new URL("../../../vectors/seal/", import.meta.url);
const bytes = (name: string): Bytes => new Uint8Array(readFileSync(new URL(name, FOLDER)));
const load = (name: string): any => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));

const [KEYS, HUB, TREE, EPOCH, CLIP, MANIFEST, DISCLOSURE] = ["keys", "hub", "tree", "epoch", "clip", "manifest", "disclosure"].map(
  (name) => load(`${name}.json`),
);

interface Change {
  file?: string;
  flip?: number;
  set?: [number, number];
  swap?: [number, number, number];
  cut?: number;
}

function change(data: Bytes, how: Change = {}): Bytes {
  if (how.file) return bytes(`clip/${how.file}`);
  const changed = data.slice();
  if (how.flip !== undefined) changed[how.flip] = (changed[how.flip] as number) ^ 1;
  if (how.set) changed[how.set[0]] = how.set[1];
  if (how.swap) {
    const [one, two, length] = how.swap;
    changed.set(data.subarray(two, two + length), one);
    changed.set(data.subarray(one, one + length), two);
  }
  return changed.slice(0, how.cut);
}

const HOME: Household = {
  household: CLIP.household,
  hubKeys: new Map([[0, [unhex(CLIP.hub)]]]),
  identities: new Map([[0, CLIP.identity]]),
};

it("a seed gives the same keys everywhere", async () => {
  const seed = unhex(KEYS.seed);
  const member = await memberKeys(seed);
  expect(member.age).toEqual({ secret: KEYS.identity, recipient: KEYS.recipient });
  expect(hex(member.signing.public)).toBe(KEYS.sign_public);
  expect(hex(caseSigningKey(seed, KEYS.case_recipient).public)).toBe(KEYS.case_sign_public);
  expect(hex(sign(member.signing, KEYS.context, unhex(KEYS.data)))).toBe(KEYS.signature);
  expect(() => verify(member.signing.public, "card", unhex(KEYS.data), unhex(KEYS.signature))).toThrow(/bad_signature/);
  expect(hex(keyCommitment(unhex(KEYS.file_key)))).toBe(KEYS.kc);
});

it("R03: a hub counts by its owner's signature for this household only", async () => {
  const { signing } = await memberKeys(unhex(HUB.owner_seed));
  const owner = unhex(HUB.owner);
  expect(text(hubStatement(HUB.household, HUB.hub))).toBe(HUB.statement);
  expect(signHub(signing, HUB.household, HUB.hub)).toBe(HUB.hub.signature);
  expect(isAdmitted(HUB.hub, owner, HUB.household)).toBe(true);
  for (const { why, change } of HUB.left_out) expect(isAdmitted({ ...HUB.hub, ...change }, owner, HUB.household), why).toBe(false);
});

it("the tree has the roots of Certificate Transparency", async () => {
  const hashes = await Promise.all(TREE.leaves.map((leaf: string) => chunkHash(unhex(leaf))));
  expect(TREE.roots.map((_: string, n: number) => hex(treeRoot(hashes.slice(0, n))))).toEqual(TREE.roots);
});

describe("household keys", () => {
  const known = { trusted: [b64(unhex(EPOCH.owner))], pin: null, seen: {} };
  const chainOf = (wires: readonly EpochWire[]) => accept(wires, { household: EPOCH.household, known, now: 0 }).chain;

  it("open as a chain", async () => {
    const chain = chainOf(EPOCH.wires);
    expect(await Promise.all(chain.map((link) => openEpoch(link, [EPOCH.member_identity])))).toEqual(EPOCH.secrets);
  });

  it.each(EPOCH.bad as { why: string; error: string; wires: EpochWire[] }[])("are refused: $why", ({ error, wires }) => {
    expect(() => chainOf(wires)).toThrow(expect.objectContaining({ code: error }));
  });
});

describe("a clip", () => {
  interface Case {
    why: string;
    error: string | null;
    pane: string | null;
    change: { pay?: Change; hdr?: Change; manifest?: Change; card?: Change };
    before?: string[];
  }

  it.each(CLIP.cases as Case[])("$why", async (given) => {
    const order = new Order();
    for (const name of given.before ?? []) order.add(await openManifest(bytes(`clip/${name}`), HOME));
    const offer: ClipOffer = {
      clip: CLIP.clip,
      card: text(change(bytes("clip/card.json"), given.change.card)),
      sig: unhex(CLIP.card_sig),
      manifestAge: change(bytes("clip/manifest.age"), given.change.manifest),
      hdr: change(bytes("clip/clip.hdr"), given.change.hdr),
    };
    const checked = await checkClip(offer, HOME, order);
    const pay = change(bytes("clip/clip.pay"), given.change.pay);
    if (given.pane === "pieces" && checked.kind === "opened") {
      await expect(checked.reader.whole(pay)).rejects.toMatchObject({ code: given.error });
    } else if (given.error === null && checked.kind === "opened") {
      expect(checked.panes.map(({ state }) => state)).toEqual(Array(5).fill("holds"));
      expect(hex(sha256(await checked.reader.whole(pay)))).toBe(CLIP.plain_sha256);
    } else {
      expect(checked).toMatchObject({ kind: "refused", failed: given.pane, error: { code: given.error } });
      expect(checked.panes).toHaveLength(5);
    }
  });

  it("plays a segment from the pieces that hold it, and no other", async () => {
    const manifest = parseClip(CLIP.manifest);
    const reader = await ClipReader.open(manifest, manifest.seal, bytes("clip/clip.hdr"), [CLIP.identity]);
    const pay = bytes("clip/clip.pay");
    const asked: [number, number][] = [];
    const fetchRange = async (first: number, end: number) => {
      asked.push([first, end]);
      return pay.slice(first, end);
    };
    expect([0, 1_999, 2_000, 3_999, 9_999].map((ms) => reader.segmentAt(ms))).toEqual([0, 0, 1, 1, 1]);
    expect(hex(sha256(await reader.segment(1, fetchRange)))).toBe(CLIP.segment_1_sha256);
    expect(await reader.init(fetchRange)).toHaveLength(800);
    expect(asked).toEqual([
      [16 + 65_552, 16 + 3 * 65_552],
      [16, 16 + 65_552],
    ]);
    expect(reader.checked).toBe(3);
  });
});

it("R52 a kept clip's header is sealed anew: the new key opens the same clip, the old one no header any more", async () => {
  const next = await newIdentity();
  const manifest = parseClip(CLIP.manifest);
  const hdr = await rewrapHeader(bytes("clip/clip.hdr"), [CLIP.identity], [next.recipient]);
  const reader = await ClipReader.open(manifest, manifest.seal, hdr, [next.secret]);
  expect(hex(sha256(await reader.whole(bytes("clip/clip.pay"))))).toBe(CLIP.plain_sha256);
  await expect(openHeader(hdr, [CLIP.identity])).rejects.toMatchObject({ code: "not_for_us" });
  await expect(rewrapHeader(hdr, [CLIP.identity], [next.recipient])).rejects.toMatchObject({ code: "not_for_us" });
  const both = await rewrapHeader(hdr, [next.secret], [next.recipient, (await newIdentity()).recipient]);
  expect(await openHeader(both, [next.secret])).toEqual(await openHeader(hdr, [next.secret]));
});

describe("a manifest", () => {
  it("is read, and its box opened", () => {
    const manifest = parseClip(MANIFEST.manifest);
    expect(manifest.cameraName).toBe("Front door · Haustür");
    const pad = "0".repeat(
      MANIFEST.container_length - jcs({ manifest: MANIFEST.manifest, sig: b64Of(MANIFEST.sig), pad: "" }).length,
    );
    const box = jcs({ manifest: MANIFEST.manifest, sig: b64Of(MANIFEST.sig), pad });
    expect(hex(sha256(box))).toBe(MANIFEST.container_sha256);
    expect(openContainer("clip", box, unhex(MANIFEST.hub))).toBe(MANIFEST.manifest);
  });

  it.each(MANIFEST.bad as { why: string; manifest: string }[])("is refused: $why", ({ manifest }) => {
    expect(() => parseClip(manifest)).toThrow(expect.objectContaining({ code: "malformed" }));
  });

  it.each(MANIFEST.bad_containers as { why: string; error: string; box: Json }[])("in a bad box: $why", (given) => {
    expect(() => openContainer("clip", jcs(given.box), unhex(MANIFEST.hub))).toThrow(
      expect.objectContaining({ code: given.error }),
    );
  });
});

describe("a disclosure", () => {
  const own = [DISCLOSURE.case_identity];

  it("opens for its case", async () => {
    const opened = await openDisclosure(bytes("disclosure/manifest.age"), own, DISCLOSURE.case_recipient);
    expect(opened.signed).toBe(DISCLOSURE.manifest);
    const { manifest } = opened;
    const reader = await ClipReader.open(manifest, manifest.seal, bytes("disclosure/clip.hdr"), own);
    expect(hex(sha256(await reader.whole(bytes("disclosure/clip.pay"))))).toBe(DISCLOSURE.plain_sha256);
    expect(hex(manifest.signer)).toBe(
      hex(caseSigningKey(unhex(DISCLOSURE.member_seed), DISCLOSURE.case_recipient).public),
    );
  });

  it("moved to another case is refused", async () => {
    const other = openDisclosure(
      bytes("disclosure/moved-manifest.age"),
      [DISCLOSURE.other_case_identity],
      DISCLOSURE.other_case_recipient,
    );
    await expect(other).rejects.toMatchObject({ code: "replayed_manifest" });
  });

  it("sealed here opens here, and its manifest is written as Python writes it", async () => {
    const given = parseDisclosure(DISCLOSURE.manifest);
    const kase = await newIdentity();
    const media = utf8("media ".repeat(30_000)).slice(0, 160_800);
    const signer = caseSigningKey(unhex(DISCLOSURE.member_seed), kase.recipient);
    const sealed = await sealDisclosure(media, given, kase.recipient, signer);
    const { manifest } = await openDisclosure(sealed.manifestAge, [kase.secret], kase.recipient);
    const reader = await ClipReader.open(manifest, manifest.seal, sealed.hdr, [kase.secret]);
    expect((await reader.whole(sealed.pay)).slice(0, media.length)).toEqual(media);
    expect(manifest.seal.plainLength).toBe(copyLength(media.length));
    expect([sealed.length, sealed.pay.length]).toEqual([manifest.seal.payLength, manifest.seal.payLength]);
    expect(Object.keys(JSON.parse(sealed.signed))).toEqual(Object.keys(JSON.parse(DISCLOSURE.manifest)));
  });

  it("R09 says that faces were blurred exactly where its giver signed it", async () => {
    const given = parseDisclosure(DISCLOSURE.manifest);
    expect(given.facesBlurred).toBe(false);
    const kase = await newIdentity();
    const signer = caseSigningKey(unhex(DISCLOSURE.member_seed), kase.recipient);
    const sealed = await sealDisclosure(new Uint8Array(100), { ...given, facesBlurred: true }, kase.recipient, signer);
    const { manifest } = await openDisclosure(sealed.manifestAge, [kase.secret], kase.recipient);
    expect(manifest.facesBlurred).toBe(true);
    expect((JSON.parse(sealed.signed) as { faces?: string }).faces).toBe("blurred");
    for (const wrong of ['"kept"', "true", "null", '""']) {
      expect(() => parseDisclosure(sealed.signed.replace('"faces":"blurred"', `"faces":${wrong}`))).toThrow();
    }
  });

  it("is never sealed to a key without post-quantum safety", async () => {
    const classic = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    const signer = caseSigningKey(unhex(KEYS.seed), classic);
    await expect(
      sealDisclosure(new Uint8Array(1), parseDisclosure(DISCLOSURE.manifest), classic, signer),
    ).rejects.toMatchObject({ code: "bad_key" });
  });
});

it("padding has the sizes Python gives", () => {
  expect([0, 262_136, 262_137, 1_000_000, 10_000_000, 300_000_000].map(paddedLength)).toEqual(MANIFEST.padded);
  const copies = [0, 20_971_512, 20_971_513, 83_886_072, 83_886_073, 200_000_000, 267_386_872, 267_386_873];
  expect(copies.map(copyLength)).toEqual(MANIFEST.copies);
});

it("a box of any bytes is refused as malformed", () => {
  for (const data of [new Uint8Array(0), utf8("{}"), utf8("[]"), new Uint8Array([0xff, 0xfe])]) {
    expect(() => readContainer(data)).toThrow(expect.objectContaining({ code: "malformed" }));
  }
});

function b64Of(digits: string): string {
  return btoa(String.fromCharCode(...unhex(digits)));
}
