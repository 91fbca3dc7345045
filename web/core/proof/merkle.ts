/**
 * Checks of Merkle proofs as RFC 9162 defines them. Twin of fanlight.proof.merkle.
 *
 * Sizes and indexes are whole numbers below 2^53, so they are halved by division: `>>` would cut them to 32 bits.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equal, type Bytes } from "./bytes.ts";
import { attempt, malformed, unproven, type Result } from "./result.ts";

export type TreeHead = { size: number; root: Uint8Array };
export type Proven = { kind: "proven" };

const MAX_PATH = 63;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const PROVEN: Proven = { kind: "proven" };
export const EMPTY_ROOT = sha256(new Uint8Array(0)) as Bytes;

/** SHA-256(00 || leaf). */
export const hashLeaf = (leaf: Uint8Array): Bytes => sha256(concat([LEAF, leaf])) as Bytes;

/** SHA-256(01 || left || right). */
export const hashNode = (left: Uint8Array, right: Uint8Array): Bytes => sha256(concat([NODE, left, right])) as Bytes;

const half = (n: number): number => Math.floor(n / 2);
const odd = (n: number): boolean => n % 2 === 1;
const isPowerOfTwo = (n: number): boolean => {
  let at = n;
  while (at > 1 && !odd(at)) at = half(at);
  return at === 1;
};

/** Root over leaf hashes; of none, SHA-256 of nothing. */
export function rootOfHashes(hashes: readonly Uint8Array[]): Bytes {
  const only = hashes[0];
  if (only === undefined) return EMPTY_ROOT;
  if (hashes.length === 1) return only.slice() as Bytes;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return hashNode(rootOfHashes(hashes.slice(0, split)), rootOfHashes(hashes.slice(split)));
}

export function checkHead(head: TreeHead): void {
  if (!Number.isSafeInteger(head.size) || head.size < 0) malformed("a tree's size is out of range");
  if (head.root.length !== 32) malformed("a root is not 32 bytes long");
  if (head.size === 0 && !equal(head.root, EMPTY_ROOT)) malformed("an empty tree has another root");
}

function checkPath(proof: readonly Uint8Array[]): void {
  if (proof.length > MAX_PATH || proof.some((step) => step.length !== 32)) {
    malformed("a proof is too long or holds something that is no hash");
  }
}

/** Walks up a path; `each` says what to do with a sibling on the left or on the right. */
function climb(
  from: number,
  to: number,
  steps: readonly Uint8Array[],
  each: (step: Uint8Array, left: boolean) => void,
): void {
  let at = from;
  let last = to;
  for (const step of steps) {
    if (last === 0) unproven("the path to the root is too long");
    if (odd(at) || at === last) {
      each(step, true);
      while (at !== 0 && !odd(at)) {
        at = half(at);
        last = half(last);
      }
    } else each(step, false);
    at = half(at);
    last = half(last);
  }
  if (last !== 0) unproven("the path to the root is too short");
}

/**
 * Checks that a leaf is in the tree that `head` commits to.
 *
 * `proof` has the sibling hashes, nearest the leaf first. The signature over `head` is checked elsewhere.
 */
export function verifyInclusion(
  leafHash: Uint8Array,
  index: number,
  proof: readonly Uint8Array[],
  head: TreeHead,
): Result<Proven> {
  return attempt(() => {
    checkHead(head);
    checkPath([leafHash]);
    checkPath(proof);
    if (!Number.isSafeInteger(index) || index < 0 || index >= head.size) malformed("no such leaf in a tree of that size");
    let total = leafHash;
    climb(index, head.size - 1, proof, (step, left) => {
      total = left ? hashNode(step, total) : hashNode(total, step);
    });
    if (!equal(total, head.root)) unproven(`leaf ${index} is not in the tree of ${head.size}`);
    return PROVEN;
  });
}

/** Checks that the tree of `to` begins with the whole tree of `from`. */
export function verifyConsistency(from: TreeHead, to: TreeHead, proof: readonly Uint8Array[]): Result<Proven> {
  return attempt(() => {
    checkHead(from);
    checkHead(to);
    checkPath(proof);
    if (from.size > to.size) malformed("a tree cannot shrink");
    if (from.size === 0 || from.size === to.size) {
      if (proof.length > 0) unproven("a proof where none can be");
      if (from.size !== 0 && !equal(from.root, to.root)) unproven(`two trees of ${from.size} leaves have different roots`);
      return PROVEN;
    }
    if (proof.length === 0) unproven("the proof is empty");
    const [first, ...steps] = isPowerOfTwo(from.size) ? [from.root, ...proof] : proof;
    let at = from.size - 1;
    let last = to.size - 1;
    while (odd(at)) {
      at = half(at);
      last = half(last);
    }
    let before = first as Uint8Array;
    let after = before;
    climb(at, last, steps, (step, left) => {
      if (left) before = hashNode(step, before);
      after = left ? hashNode(step, after) : hashNode(after, step);
    });
    if (!equal(before, from.root) || !equal(after, to.root)) {
      unproven(`the tree of ${to.size} does not begin with the tree of ${from.size}`);
    }
    return PROVEN;
  });
}
