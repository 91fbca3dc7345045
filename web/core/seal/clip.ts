/**
 * A sealed clip as a household reads it: five checks in the seal's order, then plaintext piece by piece.
 *
 * In:     what the server hands out (card, sealed manifest, header, payload ranges) and the household's keys.
 * Out:    five results, one a pane; plaintext of pieces that hash to the signed tree.
 * Holds:  no byte is given out before its piece was checked against the tree and its tag.
 * Absent: fetching. `fetchRange` is the caller's.
 */

import { CHUNK_PLAIN, CHUNK_SEALED, ChunkCipher, NONCE_LENGTH, openAge, openHeader } from "./age.ts";
import { type Bytes, concat, equal, hex, utf8 } from "./bytes.ts";
import { chunkHash } from "./chunktree.ts";
import { SealError } from "./errors.ts";
import { sha256 } from "./keys.ts";
import {
  type Card,
  type ClipManifest,
  type MediaFacts,
  type SealFacts,
  checkContainer,
  type Signed,
  keyCommitment,
  openCard,
  parseClip,
  readContainer,
} from "./manifest.ts";
import { noteKey } from "./note.ts";

/** The panes of the seal, in the order they are checked. */
export const PANES = ["signature", "order", "key", "pieces", "record"] as const;
export type Pane = (typeof PANES)[number];

/** What came of one check. `unknown`: not reached, because a check before it failed. */
export type PaneResult =
  | { readonly pane: Pane; readonly state: "holds" }
  | { readonly pane: Pane; readonly state: "fails"; readonly error: SealError }
  | { readonly pane: Pane; readonly state: "unknown" };

/** One entry of the clip list, and its header, as the server hands them out. */
export interface ClipOffer {
  readonly clip: string;
  readonly card: string;
  readonly sig: Bytes;
  readonly manifestAge: Uint8Array;
  readonly hdr: Uint8Array;
  /** A member's device sealed header and description anew: the card's hash is of the description as the hub sealed it. */
  readonly anew?: boolean;
  /** The UTC day that it is listed under, which must be the signed one: days' counts are compared. */
  readonly day?: string;
}

/** What the household's own device knows. */
export interface Household {
  readonly household: string;
  /** By epoch number, the keys of the hubs whose clips of that epoch count. */
  readonly hubKeys: ReadonlyMap<number, readonly Uint8Array[]>;
  /** By epoch number, from the checked epoch chain. */
  readonly identities: ReadonlyMap<number, string>;
  /** One's own identities: a hub seals to a guest, who has no household's key; what is kept is sealed anew to people. */
  readonly own?: readonly string[];
  /** Numbers of the epochs whose secret was destroyed, of those that we had or may see. */
  readonly destroyed?: ReadonlySet<number>;
}

export interface OpenedClip {
  readonly manifest: ClipManifest;
  /** The exact text the hub signed. */
  readonly signed: string;
}

export type CheckedClip =
  | { readonly kind: "opened"; readonly panes: readonly PaneResult[]; readonly opened: OpenedClip; readonly reader: ClipReader }
  | { readonly kind: "refused"; readonly panes: readonly PaneResult[]; readonly failed: Pane; readonly error: SealError };

/** Gives bytes [first, end) of the payload, as an HTTP range request would. */
export type FetchRange = (first: number, end: number) => Promise<Uint8Array>;

/** Newest first, which most clips are sealed to; one's own last, which few are. */
export const keysOf = (home: Household): string[] => [...[...home.identities.values()].reverse(), ...(home.own ?? [])];

/** Opens a sealed manifest and checks that one of the household's hubs signed it. For timelines. */
export async function openManifest(manifestAge: Uint8Array, home: Household): Promise<OpenedClip> {
  const box = await openAge(manifestAge, keysOf(home));
  let refusal = new SealError("bad_signature", "the household has no hub");
  let read: Signed | undefined;
  for (const [hub, epochs] of byHub(home.hubKeys)) {
    try {
      const { signed } = (read ??= readContainer(box));
      await checkContainer(read, "clip", hub);
      const manifest = parseClip(signed);
      if (manifest.household !== home.household) throw new SealError("replayed_manifest", "it is another household's");
      if (!epochs.has(manifest.epoch)) throw new SealError("bad_signature", "its hub was not of the household at that time");
      return { manifest, signed };
    } catch (error) {
      if (!(error instanceof SealError) || error.code !== "bad_signature") throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** Each hub's key once, and the epochs it was listed for. */
function byHub(hubKeys: Household["hubKeys"]): Iterable<[Uint8Array, ReadonlySet<number>]> {
  const found = new Map<string, [Uint8Array, Set<number>]>();
  for (const [epoch, keys] of hubKeys) {
    for (const key of keys) {
      const one = found.get(hex(key)) ?? [key, new Set()];
      one[1].add(epoch);
      found.set(hex(key), one);
    }
  }
  return found.values();
}

/** A manifest's place among its camera's clips. `hash`: SHA-256 of the signed text, in hex. */
export interface Link {
  readonly camera: string;
  readonly seq: number;
  readonly prev: string | null;
  readonly clip: string;
  readonly hash: string;
}

export function linkOf({ manifest, signed }: OpenedClip): Link {
  const { camera, seq, prev, clip } = manifest;
  return { camera, seq, prev, clip, hash: hex(sha256(utf8(signed))) };
}

/** The clips of a household in the order their hub signed them. Some may have expired; those held must fit. */
export class Order {
  readonly #links = new Map<string, { hash: string; prev: string | null }>();
  readonly #places = new Map<string, string>();

  /** Takes the next manifest, in any order; throws SealError `replayed_manifest`. */
  add(opened: OpenedClip): void {
    this.place(linkOf(opened));
  }

  /** The same, of a manifest that was opened elsewhere, such as in a worker. */
  place({ camera, seq, prev, clip, hash }: Link): void {
    const place = `${camera}/${seq}`;
    const here = this.#links.get(place);
    if ((here && here.hash !== hash) || (this.#places.get(clip) ?? place) !== place) {
      throw new SealError("replayed_manifest", "two descriptions claim the same place among a camera's clips");
    }
    const before = this.#links.get(`${camera}/${seq - 1}`);
    const after = this.#links.get(`${camera}/${seq + 1}`);
    if ((before && before.hash !== prev) || (after && after.prev !== hash)) {
      throw new SealError("replayed_manifest", "a clip does not fit between its neighbours");
    }
    this.#links.set(place, { hash, prev });
    this.#places.set(clip, place);
  }
}

/** Runs the five checks on one clip. `order` remembers what was opened before. */
export async function checkClip(offer: ClipOffer, home: Household, order: Order): Promise<CheckedClip> {
  const panes: PaneResult[] = [];
  let opened: OpenedClip | undefined;
  let reader: ClipReader | undefined;
  const steps: Record<Pane, () => Promise<void> | void> = {
    signature: async () => {
      try {
        opened = await openManifest(offer.manifestAge, home);
      } catch (error) {
        throw error instanceof SealError && error.code === "not_for_us" ? (whyClosed(offer, home) ?? error) : error;
      }
    },
    order: () => {
      if (known(opened).manifest.clip !== offer.clip) {
        throw new SealError("replayed_manifest", "the server answered with the description of another clip");
      }
      order.add(known(opened));
    },
    key: async () => {
      reader = await ClipReader.open(known(opened).manifest, known(opened).manifest.seal, offer.hdr, keysOf(home));
    },
    // The list of pieces gives the signed root (parseClip saw to it); each piece is compared with the list
    // before it is shown, by the reader, which turns this pane over if one fails.
    pieces: () => undefined,
    record: () => checkCard(offer, known(opened).manifest, home.hubKeys),
  };
  for (const pane of PANES) {
    try {
      await steps[pane]();
      panes.push({ pane, state: "holds" });
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      panes.push({ pane, state: "fails", error });
      for (const rest of PANES.slice(panes.length)) panes.push({ pane: rest, state: "unknown" });
      return { kind: "refused", panes, failed: pane, error };
    }
  }
  return { kind: "opened", panes, opened: known(opened), reader: known(reader) };
}

/** Why what is locked to none of our keys is so: its card is not our hub's word, its key was destroyed, or it is not locked
 *  as the card says. Null for what is simply others': from before we came, or of a camera that a guest may not see. */
export function whyClosed({ clip, card, sig, anew, day }: Pick<ClipOffer, "clip" | "card" | "sig" | "anew" | "day">, home: Household): SealError | null {
  try {
    const said = cardOf(card, sig, home.hubKeys);
    if (said.clip !== clip || said.day !== (day ?? said.day)) return new SealError("altered", "the list your hub signed does not name this clip as it is");
    if (home.destroyed?.has(said.epoch) && !anew) return new SealError("destroyed", "the household's key that it is locked to was destroyed");
    return home.identities.has(said.epoch) || home.destroyed?.has(said.epoch) ? new SealError("not_for_us", "it is locked to another key than its hub says") : null;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return error;
  }
}

/** A clip's card, signed by a hub that may speak of its epoch. Throws SealError `bad_signature`, `malformed`. */
function cardOf(card: string, sig: Bytes, hubKeys: Household["hubKeys"]): Card {
  let refusal = new SealError("bad_signature", "the household has no hub");
  for (const [hub, epochs] of byHub(hubKeys)) {
    try {
      const said = openCard(card, sig, hub);
      if (!epochs.has(said.epoch)) throw new SealError("bad_signature", "its hub was not of the household at that time");
      return said;
    } catch (error) {
      if (!(error instanceof SealError) || error.code !== "bad_signature") throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function checkCard(offer: ClipOffer, manifest: ClipManifest, hubKeys: Household["hubKeys"]): void {
  const card = cardOf(offer.card, offer.sig, hubKeys);
  const { seal } = manifest;
  const agrees =
    card.clip === manifest.clip &&
    card.day === (offer.day ?? card.day) &&
    card.epoch === manifest.epoch &&
    card.length === seal.payLength &&
    card.root === hex(seal.treeRoot) &&
    // The hub signed the description itself too: the hash only tells its sealed form, which is another now.
    (offer.anew || card.manifestSha256 === hex(sha256(offer.manifestAge)));
  if (!agrees) throw new SealError("altered", "the list your hub signed does not name this clip as it is");
}

/** Plaintext of one payload by byte range, segment or time. */
export class ClipReader {
  readonly media: MediaFacts;
  readonly seal: SealFacts;
  /** Pieces checked and opened so far, for the seal's fourth pane. */
  checked = 0;
  readonly #cipher: ChunkCipher;
  /** What a member's note on this clip is sealed under. */
  readonly noteKey: CryptoKey;

  private constructor(media: MediaFacts, seal: SealFacts, cipher: ChunkCipher, note: CryptoKey) {
    this.media = media;
    this.seal = seal;
    this.#cipher = cipher;
    this.noteKey = note;
  }

  /** Opens the header; throws SealError `wrong_file_key` if it is not the one the manifest was signed with. */
  static async open(
    media: MediaFacts,
    seal: SealFacts,
    hdr: Uint8Array,
    identities: readonly string[],
  ): Promise<ClipReader> {
    return ClipReader.withKey(media, seal, await openHeader(hdr, identities));
  }

  static async withKey(media: MediaFacts, seal: SealFacts, fileKey: Bytes): Promise<ClipReader> {
    if (!equal(keyCommitment(fileKey), seal.kc)) throw new SealError("wrong_file_key", "the header was swapped");
    return new ClipReader(media, seal, await ChunkCipher.make(fileKey, seal.nonce), await noteKey(fileKey));
  }

  /** Bytes [first, end) of the payload that hold plaintext [first, end). */
  payRange(first: number, end: number): readonly [number, number] {
    if (!(first >= 0 && first < end && end <= this.seal.plainLength)) {
      throw new SealError("malformed", "a range outside the clip was asked for");
    }
    const low = Math.floor(first / CHUNK_PLAIN);
    const high = Math.floor((end - 1) / CHUNK_PLAIN) + 1;
    return [NONCE_LENGTH + low * CHUNK_SEALED, Math.min(NONCE_LENGTH + high * CHUNK_SEALED, this.seal.payLength)];
  }

  /** Plaintext bytes [first, end); throws SealError `payload_altered` before anything unchecked gets out. */
  async read(first: number, end: number, fetchRange: FetchRange): Promise<Bytes> {
    const [start, stop] = this.payRange(first, end);
    const sealed = await fetchRange(start, stop);
    if (sealed.length !== stop - start) throw new SealError("payload_altered", "it was cut short");
    const low = (start - NONCE_LENGTH) / CHUNK_SEALED;
    const count = Math.ceil(sealed.length / CHUNK_SEALED);
    const opened = await Promise.allSettled(
      Array.from({ length: count }, (_, i) =>
        this.#piece(low + i, sealed.subarray(i * CHUNK_SEALED, (i + 1) * CHUNK_SEALED)),
      ),
    );
    const pieces = opened.map((one) => {
      if (one.status === "rejected") throw one.reason; // the first that does not hold, whichever was done sooner
      return one.value;
    });
    return concat(pieces).subarray(first - low * CHUNK_PLAIN, end - low * CHUNK_PLAIN) as Bytes;
  }

  /** The initialisation segment (ftyp and moov). */
  init(fetchRange: FetchRange): Promise<Bytes> {
    const [offset, length] = this.media.init;
    return this.read(offset, offset + length, fetchRange);
  }

  /** Media segment `index` (moof and mdat). */
  segment(index: number, fetchRange: FetchRange): Promise<Bytes> {
    const segment = this.media.segments[index];
    if (!segment) throw new SealError("malformed", "a segment outside the clip was asked for");
    return this.read(segment.offset, segment.offset + segment.length, fetchRange);
  }

  /** Index of the segment that shows `timeMs` from the clip's start; the last one for times after it. */
  segmentAt(timeMs: number): number {
    const after = this.media.segments.findIndex((segment) => segment.startMs > timeMs);
    return after === -1 ? this.media.segments.length - 1 : Math.max(0, after - 1);
  }

  /** The whole plaintext of a payload (nonce and chunks), padding included. */
  async whole(pay: Uint8Array): Promise<Bytes> {
    if (pay.length !== this.seal.payLength || !equal(pay.subarray(0, NONCE_LENGTH), this.seal.nonce)) {
      throw new SealError("payload_altered", "its length or its beginning is another");
    }
    return this.read(0, this.seal.plainLength, async (first, end) => pay.subarray(first, end));
  }

  async #piece(index: number, sealed: Uint8Array): Promise<Bytes> {
    const said = this.seal.chunks[index];
    if (!said || !equal(await chunkHash(sealed), said)) {
      throw new SealError("payload_altered", `piece ${index} is not the one that was signed`);
    }
    const plain = await this.#cipher.open(index, sealed, index === this.seal.chunks.length - 1);
    this.checked++;
    return plain;
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a check ran before the one it builds on");
  return value;
}
