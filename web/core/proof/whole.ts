/**
 * Checks a whole log from its files, as an outsider would: every entry, every tile, the root. Twin of fanlight.proof.verify_log.
 *
 * In:     a function that gives a file below the log, and rejects for one that cannot be had; the key trusted, if one is.
 * Out:    what holds, or the first thing that does not and where.
 * Holds:  `whole` is said only of hashes computed here from entries; a file that cannot be had leaves it unknown. Whoever is
 *         handed the entries on the way (`seen`) has them in order, and must wait for `whole` before believing them.
 * Absent: fetching, and the document: it runs in a worker (oversight/whole.worker.ts).
 */
import { sha256 } from "@noble/hashes/sha2.js";

import { asText, equal } from "./bytes.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { parseWitnesses, witnessSentence } from "./cosignature.ts";
import { changesFor, cosigners, handedOver } from "./handover.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { parseVkey } from "./note.ts";
import { attempt } from "./result.ts";
import { bundlePath, tilePath, tileWidth, WIDTH } from "./tiles.ts";
import type { GetFile } from "./tree.ts";

export type Whole =
  | { kind: "whole"; origin: string; size: number; witnesses: string }
  | { kind: "fails"; what: string; where: string }
  | { kind: "unknown"; where: string };

/** Hashes of a tile's place as computed here, the tile, and at the lowest level the bundle they are of. */
type Part = { readonly hashes: Uint8Array; readonly entries: Uint8Array | null; readonly tile: Uint8Array };

const HASH = 32;
const AHEAD = 12; // files asked for at once

class Stop extends Error {
  constructor(readonly found: Whole) {
    super(found.kind);
  }
}

const fails = (what: string, where: string): never => {
  throw new Stop({ kind: "fails", what, where });
};

/** Is handed entries as they pass: those from `first` on. */
export type Seen = (first: number, entries: readonly Uint8Array[]) => void;

/** Checks everything; `progress` is told how many of how many entries were looked at. Never rejects for outside bytes. */
export async function verifyWhole(get: GetFile, trusted: string | null, progress: (done: number, all: number) => void, seen?: Seen): Promise<Whole> {
  const asked = async (path: string): Promise<Uint8Array> => {
    try {
      return await get(path);
    } catch {
      throw new Stop({ kind: "unknown", where: path });
    }
  };
  try {
    const [vkey, note, list] = await Promise.all(["vkey", "checkpoint", "witness.vkeys"].map(asked));
    const texts = attempt(() => ({ kind: "texts" as const, named: asText(vkey as Uint8Array), list: asText(list as Uint8Array) }));
    if (texts.kind === "refused") return fails(texts.detail, "vkey");
    const [named, known] = [parseVkey(texts.named.trim()), trusted === null ? null : parseVkey(trusted.trim())];
    if (known?.kind === "refused") return fails(known.detail, "vkey");
    const newer = known === null || (named.kind === "key" && (await handedOver(get, known, named)));
    const key = newer ? named : known;
    if (key.kind === "refused") return fails(key.detail, "vkey");
    const checkpoint = openCheckpoint(note as Uint8Array, key);
    if (checkpoint.kind === "refused") return fails(checkpoint.detail, "checkpoint");
    const listed = parseWitnesses(texts.list);
    if (listed.kind === "refused") return fails(listed.detail, "witness.vkeys");
    const signed = cosigners(checkpoint.note, listed.all, await changesFor(get, checkpoint.note, listed.all));
    if (signed.kind === "refused") return fails(signed.detail, "checkpoint");
    const { size, root } = checkpoint.head;
    const computed = await rootOf(asked, size, progress, seen);
    if (!equal(computed, root)) return fails("the signed root is not that of these entries", "checkpoint");
    return { kind: "whole", origin: checkpoint.origin, size, witnesses: witnessSentence(signed.all, key) };
  } catch (error) {
    if (error instanceof Stop) return error.found;
    throw error;
  }
}

const NODE = Uint8Array.of(1);
const pair = new Uint8Array(1 + 2 * HASH);
pair.set(NODE);

function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1);
  pair.set(right, 1 + HASH);
  return sha256(pair);
}

/** The root over a power of two of hashes that lie one behind the other. */
function fold(hashes: Uint8Array): Uint8Array {
  let row = hashes;
  while (row.length > HASH) {
    const next = new Uint8Array(row.length / 2);
    for (let at = 0; at < next.length; at += HASH) {
      next.set(node(row.subarray(2 * at, 2 * at + HASH), row.subarray(2 * at + HASH, 2 * at + 2 * HASH)), at);
    }
    row = next;
  }
  return row;
}

/** A partial file, or the full one that took its place, cut to what is wanted. */
async function part(get: GetFile, path: string, full: string): Promise<{ data: Uint8Array; whole: boolean }> {
  try {
    return { data: await get(path), whole: path === full };
  } catch (error) {
    if (path === full) throw error;
    return { data: await get(full).catch(() => Promise.reject(error)), whole: true };
  }
}

/** Leaf hashes of a bundle, one behind the other. The bytes of `data` are changed on the way. */
function leafHashes(data: Uint8Array, width: number, whole: boolean, path: string): Uint8Array {
  const hashes = new Uint8Array(width * HASH);
  let at = 0;
  for (let count = 0; count < width; count++) {
    const end = at + 2 + (data[at] ?? 0) * 256 + (data[at + 1] ?? 0);
    if (at + 2 > data.length || end > data.length) fails("an entry bundle is cut short", path);
    data[at + 1] = 0; // the second byte of the length makes way for what stands before a leaf
    hashes.set(sha256(data.subarray(at + 1, end)), count * HASH);
    at = end;
  }
  if (!whole && at !== data.length) fails("an entry bundle holds more than it should", path);
  return hashes;
}

/** The entries of a bundle whose lengths leafHashes has looked at. */
function entriesOf(data: Uint8Array, width: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; found.length < width; ) {
    const end = at + 2 + (data[at] as number) * 256 + (data[at + 1] as number);
    found.push(data.subarray(at + 2, end));
    at = end;
  }
  return found;
}

async function rootOf(get: GetFile, size: number, progress: (done: number, all: number) => void, seen?: Seen): Promise<Uint8Array> {
  const edge: Uint8Array[] = [];
  let below = new Uint8Array(0); // what each full tile of the level below hashes to
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / WIDTH)) {
    const tiles = Math.ceil(count / WIDTH);
    const above = new Uint8Array(Math.floor(count / WIDTH) * HASH);
    const waiting: Promise<Part>[] = [];
    const ask = (index: number): Promise<Part> => {
      const width = tileWidth(size, level, index);
      const [bundle, path] = [bundlePath(index, width), tilePath(level, index, width)];
      const ours = level
        ? Promise.resolve({ hashes: below.subarray(index * WIDTH * HASH, (index * WIDTH + width) * HASH), entries: null })
        : part(get, bundle, bundlePath(index)).then(({ data, whole }) => ({ hashes: leafHashes(data.slice(), width, whole && width < WIDTH, bundle), entries: data }));
      const asked = Promise.all([ours, part(get, path, tilePath(level, index))]).then(([mine, { data }]) => ({ ...mine, tile: data.subarray(0, width * HASH) }));
      asked.catch(() => undefined); // it is awaited in its turn
      return asked;
    };
    for (let index = 0; index < tiles; index++) {
      while (waiting.length < AHEAD && index + waiting.length < tiles) waiting.push(ask(index + waiting.length));
      const { hashes, entries, tile } = await (waiting.shift() as (typeof waiting)[number]);
      if (!equal(hashes, tile)) fails(level ? "a tile does not hold the hashes of the tiles below it" : "an entry is not the one its hash stands for", tilePath(level, index, hashes.length / HASH));
      if (entries) seen?.(index * WIDTH, entriesOf(entries, hashes.length / HASH));
      if (hashes.length === WIDTH * HASH) above.set(fold(hashes), index * HASH);
      else edge[level] = hashes;
      if (!level) progress(Math.min(size, (index + 1) * WIDTH), size);
    }
    below = above;
  }
  return foldEdge(edge);
}

/** The root of a tree from the partial tile of each level, lowest first. */
function foldEdge(levels: readonly (Uint8Array | undefined)[]): Uint8Array {
  let total: Uint8Array | null = null;
  for (const row of levels) {
    let end = (row?.length ?? 0) / HASH;
    while (row && end) {
      let width = 1;
      while (end % (width * 2) === 0) width *= 2;
      const side = fold(row.subarray((end - width) * HASH, end * HASH));
      total = total ? node(side, total) : side.slice();
      end -= width;
    }
  }
  return total ?? EMPTY_ROOT;
}
