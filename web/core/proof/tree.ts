/**
 * Proofs computed from a log's own tiles, fetched as they are needed. Twin of fanlight.proof.tiles.TileReader.
 *
 * In:     a tree's size, a function that gives a file below the log.
 * Out:    inclusion and consistency paths. They are believed only once core/proof has checked them.
 * Holds:  works against any static copy of the log: no part of it is asked of a program.
 */
import { hashNode, rootOfHashes } from "./merkle.ts";
import { malformed } from "./result.ts";
import { tilePath, tileWidth, WIDTH } from "./tiles.ts";

export type GetFile = (path: string) => Promise<Uint8Array>;

const HASH = 32;
const LEVELS = 8; // a tile holds 2^8 hashes

export class Tree {
  readonly size: number;
  readonly #get: GetFile;
  readonly #tiles = new Map<string, Promise<Uint8Array[]>>();

  constructor(size: number, get: GetFile) {
    this.size = size;
    this.#get = get;
  }

  /** Sibling hashes from leaf `index` to the root, nearest first (RFC 9162, 2.1.3.1). */
  async inclusion(index: number): Promise<Uint8Array[]> {
    if (index < 0 || index >= this.size) malformed("no such leaf in a tree of that size");
    const path: Promise<Uint8Array>[] = [];
    let first = 0;
    let end = this.size;
    while (end - first > 1) {
      const middle = first + split(end - first);
      if (index < middle) {
        path.push(this.#root(middle, end));
        end = middle;
      } else {
        path.push(this.#root(first, middle));
        first = middle;
      }
    }
    return (await Promise.all(path)).reverse();
  }

  /** Hashes showing that this tree begins with its first `old` leaves (RFC 9162, 2.1.4.1). */
  async consistency(old: number): Promise<Uint8Array[]> {
    if (old > this.size) malformed("a tree cannot shrink");
    if (old === 0 || old === this.size) return [];
    const path: Promise<Uint8Array>[] = [];
    let first = 0;
    let end = this.size;
    let whole = true;
    while (old !== end) {
      const middle = first + split(end - first);
      if (old <= middle) {
        path.push(this.#root(middle, end));
        end = middle;
      } else {
        path.push(this.#root(first, middle));
        first = middle;
        whole = false;
      }
    }
    if (!whole) path.push(this.#root(first, end));
    return (await Promise.all(path)).reverse();
  }

  async #root(first: number, end: number): Promise<Uint8Array> {
    const count = end - first;
    const level = Math.log2(count);
    if (Number.isInteger(level)) return this.#node(level, first / count);
    const middle = first + split(count);
    return hashNode(...((await Promise.all([this.#root(first, middle), this.#root(middle, end)])) as [Uint8Array, Uint8Array]));
  }

  /** Hash of the whole subtree over leaves [index * 2^level, (index + 1) * 2^level). */
  async #node(level: number, index: number): Promise<Uint8Array> {
    const height = level % LEVELS;
    const first = index * 2 ** height;
    const tile = await this.#tile(Math.floor(level / LEVELS), Math.floor(first / WIDTH));
    return rootOfHashes(tile.slice(first % WIDTH, (first % WIDTH) + 2 ** height));
  }

  #tile(level: number, index: number): Promise<Uint8Array[]> {
    const key = `${level}/${index}`;
    const known = this.#tiles.get(key);
    if (known) return known;
    const fetched = this.#fetch(level, index);
    this.#tiles.set(key, fetched);
    return fetched;
  }

  async #fetch(level: number, index: number): Promise<Uint8Array[]> {
    const width = tileWidth(this.size, level, index);
    let data: Uint8Array;
    try {
      data = await this.#get(tilePath(level, index, width));
    } catch (error) {
      if (width === WIDTH) throw error;
      data = await this.#get(tilePath(level, index)); // a log may drop a partial file once the full one exists
    }
    if (data.length < width * HASH) malformed("a tile is cut short");
    return Array.from({ length: width }, (_, i) => data.subarray(i * HASH, (i + 1) * HASH));
  }
}

/** The largest power of two below `count`, which is at least 2. */
function split(count: number): number {
  let half = 1;
  while (half * 2 < count) half *= 2;
  return half;
}
