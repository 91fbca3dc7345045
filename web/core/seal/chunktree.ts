/** The Merkle tree over a payload's chunks (RFC 6962, section 2.1). Twin of fanlight.seal.chunktree. */

import { sha256 } from "@noble/hashes/sha2.js";
import { CHUNK_SEALED, NONCE_LENGTH } from "./age.ts";
import type { Bytes } from "./bytes.ts";

/** Leaf hash of one ciphertext chunk: SHA-256(0x00 || chunk). */
export async function chunkHash(chunk: Uint8Array): Promise<Bytes> {
  const leaf = new Uint8Array(chunk.length + 1);
  leaf.set(chunk, 1);
  // WebCrypto hashes 64 KiB some twenty times faster than JavaScript does.
  return new Uint8Array(await crypto.subtle.digest("SHA-256", leaf));
}

/** Leaf hashes of a whole payload (nonce and chunks). */
export async function chunkHashes(payload: Uint8Array): Promise<Bytes[]> {
  const hashes: Bytes[] = [];
  for (let at = NONCE_LENGTH; at < payload.length; at += CHUNK_SEALED) {
    hashes.push(await chunkHash(payload.subarray(at, at + CHUNK_SEALED)));
  }
  return hashes;
}

/** Root over leaf hashes; of none, SHA-256 of nothing. */
export function treeRoot(hashes: readonly Uint8Array[]): Bytes {
  if (hashes.length === 0) return sha256(new Uint8Array(0)) as Bytes;
  const only = hashes[0];
  if (hashes.length === 1 && only) return only.slice() as Bytes;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  const node = new Uint8Array(65);
  node[0] = 1;
  node.set(treeRoot(hashes.slice(0, split)), 1);
  node.set(treeRoot(hashes.slice(split)), 33);
  return sha256(node) as Bytes;
}
