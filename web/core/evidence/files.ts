/**
 * The files of an evidence package, as a zip or as a folder, refusing everything a package never holds.
 *
 * In:     a zip or the files of an unpacked folder, read piece by piece as they are asked for.
 * Out:    names and bytes.
 * Holds:  nothing is compressed, so that no entry unpacks to more than lies in the file; each name is one of the
 *         package's own, once; every entry's CRC-32 is looked at when it is read.
 * Absent: what the files say. Twin of fanlight.custody.{archive,zip_form}.
 */

import { type Bytes, equal, readUtf8, utf8 } from "../bytes.ts";

/** The file is no evidence package, or is built to do harm. The message is a clause without full stop. */
export class BadPackage extends Error {}

/** A file of a package is missing or damaged. The message is a sentence. */
export class Damaged extends Error {}

/** Bytes that lie somewhere: a File of the browser is one. */
export interface Store {
  readonly size: number;
  slice(first: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export interface PackageFiles {
  /** Sorted. */
  readonly names: readonly string[];
  /** One file's bytes; throws Damaged. */
  read(name: string): Promise<Bytes>;
  /** Whether the zip has the one form that its files can have, to the last byte; null of a folder, which has none. */
  isExact(): Promise<boolean | null>;
  /** Where a file's bytes lie, unread; null if there is none. */
  place(name: string): { readonly store: Store; readonly first: number; readonly end: number } | null;
}

const MOST = 10_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*(?:\/[A-Za-z0-9][A-Za-z0-9.-]*){0,2}$/;
const END = 22;
const LISTED = 46;
const LOCAL = 30;
const ZIP64 = 0xffffffff;
const DAY = 0x21; // 1980-01-01, as zips write it; its time is 0
const VERSION = 20;
const UNIX = 3;
const MODE = (0o644 << 16) >>> 0;

interface Entry {
  readonly name: string;
  readonly crc: number;
  readonly size: number;
  readonly first: number;
}

const bytesOf = async (store: Store, first: number, end: number): Promise<Bytes> => new Uint8Array(await store.slice(first, end).arrayBuffer());
const refuse = (why: string): never => {
  throw new BadPackage(why);
};

/** Opens a zip; throws BadPackage. */
export async function openZip(store: Store): Promise<PackageFiles> {
  const entries = await listed(store);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const named = new Set<string>();
  for (const { name } of entries) {
    if (!NAME.test(name)) refuse("a file in it has a name that no package uses");
    if (named.has(name)) refuse("it lists too many files, or one twice");
    named.add(name);
  }
  if (entries.reduce((sum, entry) => sum + entry.size, 0) > store.size) refuse("its files claim more bytes than it has");
  return {
    names: [...named].sort(),
    place: (name) => {
      const entry = byName.get(name);
      return entry ? { store, first: entry.first, end: entry.first + entry.size } : null;
    },
    read: async (name) => {
      const entry = byName.get(name);
      if (!entry) throw new Damaged(`${name} is missing.`);
      const data = await bytesOf(store, entry.first, entry.first + entry.size);
      if (data.length !== entry.size || crc32(data) !== entry.crc) throw new Damaged("It is damaged.");
      return data;
    },
    isExact: async () => {
      let end = 0;
      for (const [at, wanted] of frame(entries)) {
        end = at + wanted.length;
        if (!equal(await bytesOf(store, at, end), wanted)) return false;
      }
      return end === store.size;
    },
  };
}

/** The files of an unpacked folder, path -> file, the folder's own name left out; throws BadPackage. */
export function openFolder(files: ReadonlyMap<string, Store>): PackageFiles {
  if (files.size > MOST) refuse("it lists too many files, or one twice");
  return {
    names: [...files.keys()].sort(),
    place: (name) => {
      const store = files.get(name);
      return store ? { store, first: 0, end: store.size } : null;
    },
    read: async (name) => {
      const store = files.get(name);
      if (!store) throw new Damaged(`${name} is missing.`);
      return bytesOf(store, 0, store.size);
    },
    isExact: async () => null,
  };
}

/** Reads the list at a zip's end, and each entry's own head for where its bytes begin. */
async function listed(store: Store): Promise<Entry[]> {
  const none = "it is no zip file, or it was cut short";
  if (store.size < END) refuse(none);
  const end = view(await bytesOf(store, store.size - END, store.size));
  const [count, length, start] = [end.getUint16(10, true), end.getUint32(12, true), end.getUint32(16, true)];
  if (end.getUint32(0, true) !== 0x06054b50 || start + length + END > store.size) refuse(none);
  if (count > MOST) refuse("it lists too many files, or one twice");
  const list = await bytesOf(store, start, start + length);
  const entries: Entry[] = [];
  let at = 0;
  for (let n = 0; n < count; n++) {
    if (at + LISTED > list.length) refuse(none);
    const one = view(list.subarray(at, at + LISTED));
    if (one.getUint32(0, true) !== 0x02014b50) refuse(none);
    const [nameLength, more] = [one.getUint16(28, true), one.getUint16(30, true) + one.getUint16(32, true)];
    const name = readUtf8(list.subarray(at + LISTED, at + LISTED + nameLength));
    const [packed, size, local] = [one.getUint32(20, true), one.getUint32(24, true), one.getUint32(42, true)];
    if (one.getUint16(10, true) !== 0 || (one.getUint16(8, true) & 1) !== 0) refuse("a file in it is compressed or encrypted, which packages never are");
    if (packed !== size || size === ZIP64 || local === ZIP64) refuse("a file in it claims another size than it has");
    if (name === null || list.length < at + LISTED + nameLength + more) return refuse(none);
    const head = view(await bytesOf(store, local, local + LOCAL));
    if (head.byteLength !== LOCAL || head.getUint32(0, true) !== 0x04034b50) refuse(none);
    const first = local + LOCAL + head.getUint16(26, true) + head.getUint16(28, true);
    if (first + size > store.size) refuse("its files claim more bytes than it has");
    entries.push({ name, crc: one.getUint32(16, true), size, first });
    at += LISTED + nameLength + more;
  }
  return entries;
}

/** Every run of bytes that is no file's, with its offset; the last one ends the zip. */
function frame(entries: readonly Entry[]): [number, Bytes][] {
  const runs: [number, Bytes][] = [];
  const rows: Bytes[] = [];
  let at = 0;
  for (const { name, crc, size } of [...entries].sort((one, two) => (one.name < two.name ? -1 : 1))) {
    const raw = utf8(name);
    const head = new Uint8Array(LOCAL + raw.length);
    const row = new Uint8Array(LISTED + raw.length);
    const [h, r] = [view(head), view(row)];
    for (const [into, from] of [
      [h, 4],
      [r, 6],
    ] as const) {
      into.setUint16(from, VERSION, true);
      into.setUint16(from + 8, DAY, true);
      into.setUint32(from + 10, crc, true);
      into.setUint32(from + 14, size, true);
      into.setUint32(from + 18, size, true);
      into.setUint16(from + 22, raw.length, true);
    }
    h.setUint32(0, 0x04034b50, true);
    head.set(raw, LOCAL);
    r.setUint32(0, 0x02014b50, true);
    r.setUint16(4, (UNIX << 8) | VERSION, true);
    r.setUint32(38, MODE, true);
    r.setUint32(42, at, true);
    row.set(raw, LISTED);
    rows.push(row);
    runs.push([at, head]);
    at += head.length + size;
  }
  const length = rows.reduce((sum, row) => sum + row.length, 0);
  const tail = new Uint8Array(length + END);
  let put = 0;
  for (const row of rows) {
    tail.set(row, put);
    put += row.length;
  }
  const end = view(tail.subarray(length));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, rows.length, true);
  end.setUint16(10, rows.length, true);
  end.setUint32(12, length, true);
  end.setUint32(16, at, true);
  return [...runs, [at, tail]];
}

const view = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

function crc32(data: Uint8Array): number {
  let rest = 0xffffffff;
  for (let at = 0; at < data.length; at++) rest = (TABLE[(rest ^ (data[at] as number)) & 255] as number) ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}
