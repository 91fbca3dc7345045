/** Leaves that say some things and commit to others, and openings of those. Twin of fanlight.proof.openings. */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { BadJson, jcs, parseJcs, type Json } from "../jcs.ts";
import { asText, equal, unhex32, type Bytes } from "./bytes.ts";
import type { Proven } from "./merkle.ts";
import { attempt, malformed, unproven, type Result } from "./result.ts";

export type Leaf = {
  kind: "leaf";
  type: string;
  pub: { readonly [key: string]: Json };
  commit: ReadonlyMap<string, Bytes>;
};
/** What shows one committed field, as it travels: `salt` is 32 bytes in hex. */
export type Opening = { field: string; salt: string; value: Json };

const FIELD = /^[a-z][a-z0-9_]{0,63}$/;
const TYPE = /^[a-z][a-z0-9-]{0,63}$/;

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether every reader sees the same number: whole ones past 2^53 - 1 are read differently. */
function travels(value: Json): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21;
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every((inner: Json) => travels(inner));
}

function canonical<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (error) {
    // RangeError: nested deeper than the stack; no leaf of ours is.
    if (error instanceof BadJson || error instanceof RangeError) return malformed(what);
    throw error;
  }
}

function readLeaf(raw: Uint8Array | string): Leaf {
  const text = asText(raw);
  const value = canonical(() => {
    const read = parseJcs(text);
    return travels(read) ? read : malformed("a leaf holds a number that readers disagree on");
  }, "a leaf is not a canonical JSON object");
  if (Object.keys(value).join() !== "commit,pub,type,v") malformed("a leaf has other members");
  const { v, type, pub, commit } = value;
  if (v !== 1) malformed("a leaf is of another version");
  if (typeof type !== "string" || !TYPE.test(type)) return malformed("a leaf's type has another form");
  if (!isObject(pub) || !isObject(commit)) return malformed("a leaf's fields are no objects");
  const fields = Object.entries(commit).map(([name, digest]): [string, Bytes] => {
    if (!FIELD.test(name)) malformed("a leaf's commitment has another form");
    return [name, unhex32(digest)];
  });
  return { kind: "leaf", type, pub, commit: new Map(fields) };
}

/** Reads an entry of the log. */
export function parseLeaf(raw: Uint8Array | string): Result<Leaf> {
  return attempt(() => readLeaf(raw));
}

/** Checks that `opening` shows what a leaf committed to. The leaf's place in the log is proved elsewhere. */
export function checkOpening(raw: Uint8Array | string, opening: Opening): Result<Proven> {
  return attempt(() => {
    const leaf = readLeaf(raw);
    const wanted = leaf.commit.get(opening.field);
    if (wanted === undefined) return unproven("the leaf commits to no such field");
    const salt = unhex32(opening.salt);
    const message = canonical(() => jcs([leaf.type, opening.field, opening.value]), "a value has no canonical form");
    if (!equal(hmac(sha256, salt, message), wanted)) unproven(`the leaf commits to another ${opening.field}`);
    return { kind: "proven" };
  });
}
