/** Makes a log from its entries the plain way, for tests: every hash, every tile. */
import { sha256 } from "@noble/hashes/sha2.js";
import { ed25519 } from "@noble/curves/ed25519.js";

import { b64 } from "../seal/bytes.ts";
import { concat, hex, utf8 } from "./bytes.ts";
import { hashLeaf, rootOfHashes } from "./merkle.ts";
import { bundlePath, tilePath, tileWidth, WIDTH } from "./tiles.ts";

export type Files = Map<string, Uint8Array>;

const SEED = new Uint8Array(32).fill(3);
const PUBLIC = ed25519.getPublicKey(SEED);
const keyId = sha256(concat([utf8("log.test\n"), Uint8Array.of(1), PUBLIC])).slice(0, 4);
export const vkey = `log.test+${hex(keyId)}+${b64(concat([Uint8Array.of(1), PUBLIC]))}`;

/** The files of a log, signed by `vkey`. */
export function makeLog(entries: readonly Uint8Array[]): Files {
  const size = entries.length;
  const files: Files = new Map([["witness.vkeys", new Uint8Array()], ["vkey", utf8(`${vkey}\n`)]]);
  let row: Uint8Array[] = entries.map((entry) => hashLeaf(entry));
  const root = rootOfHashes(row);
  for (let level = 0; row.length; level++) {
    for (let index = 0; index * WIDTH < row.length; index++) {
      const width = tileWidth(size, level, index);
      files.set(tilePath(level, index, width), concat(row.slice(index * WIDTH, index * WIDTH + width)));
      const some = entries.slice(index * WIDTH, index * WIDTH + width);
      if (!level) files.set(bundlePath(index, width), concat(some.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 255), entry])));
    }
    row = Array.from({ length: Math.floor(row.length / WIDTH) }, (_, n) => rootOfHashes(row.slice(n * WIDTH, (n + 1) * WIDTH)));
  }
  const text = `log.test\n${size}\n${b64(root)}\n`;
  files.set("checkpoint", utf8(`${text}\n— log.test ${b64(concat([keyId, ed25519.sign(utf8(text), SEED)]))}\n`));
  return files;
}
