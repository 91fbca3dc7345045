/** Signed notes and their keys, as C2SP signed-note has them. Twin of fanlight.proof.note. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { asText, concat, equal, hex, unb64, utf8, type Bytes } from "./bytes.ts";
import { attempt, badSignature, malformed, type Result } from "./result.ts";

export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
const MAX_NOTE = 1_000_000;
const MAX_SIGNATURES = 100;

/** A public key and the name it signs under; `id` is the 4 bytes that stand for it in a signature line. */
export type VerifierKey = {
  kind: "key";
  name: string;
  type: typeof ED25519 | typeof COSIGNATURE;
  publicKey: Bytes;
  id: Bytes;
};
export type Signature = { name: string; id: Bytes; payload: Bytes };
/** A note as it came; its text means nothing until a signature over it is checked. */
export type Note = { kind: "note"; text: string; signatures: readonly Signature[] };
export type Verified = { kind: "verified" };

export function badCharacters(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return /[\u0000-\u0009\u000b-\u001f]/.test(text);
}

function checkName(name: string): string {
  if (name === "" || name.includes("+") || name.includes("\n") || /\p{White_Space}/u.test(name) || badCharacters(name)) {
    malformed("a key's name is empty or holds a space or a plus sign");
  }
  return name;
}

export function readVkey(text: string): VerifierKey {
  const [name, id, data] = splitTwice(text);
  const raw = unb64(data);
  const type = raw[0];
  if ((type !== ED25519 && type !== COSIGNATURE) || raw.length !== 33) malformed("a key is of a kind not known here");
  checkName(asText(name));
  const wanted = sha256(concat([utf8(`${name}\n`), raw])).slice(0, 4) as Bytes;
  if (hex(wanted) !== id) malformed("a vkey's id is not that of its key");
  return { kind: "key", name, type: type as VerifierKey["type"], publicKey: raw.slice(1), id: wanted };
}

function splitTwice(text: string): [string, string, string] {
  const one = text.indexOf("+");
  const two = text.indexOf("+", one + 1);
  if (one < 0 || two < 0) malformed("a vkey has not three parts");
  return [text.slice(0, one), text.slice(one + 1, two), text.slice(two + 1)];
}

/** Reads `name+id+key`. */
export function parseVkey(text: string): Result<VerifierKey> {
  return attempt(() => readVkey(text));
}

export function readNote(raw: Uint8Array | string): Note {
  if (raw.length > MAX_NOTE) malformed("a note is too long");
  const whole = asText(raw);
  const split = whole.lastIndexOf("\n\n");
  if (split < 0 || !whole.endsWith("\n")) malformed("a note has no signature lines");
  const text = whole.slice(0, split + 1);
  const lines = whole.slice(split + 2, -1).split("\n");
  if (split + 2 >= whole.length || lines.length > MAX_SIGNATURES) malformed("a note has no or too many signatures");
  if (badCharacters(text)) malformed("a note's text holds control characters");
  return { kind: "note", text, signatures: lines.map(readSignature) };
}

function readSignature(line: string): Signature {
  const parts = line.split(" ");
  const [dash, name, data] = parts;
  if (parts.length !== 3 || dash !== "\u2014" || name === undefined || data === undefined) {
    return malformed("a signature line has another form");
  }
  const raw = unb64(data);
  if (raw.length <= 4) malformed("a signature is empty");
  return { name: checkName(name), id: raw.slice(0, 4), payload: raw.slice(4) };
}

/** Reads a note's bytes, or its text if it came inside other text. */
export function parseNote(raw: Uint8Array | string): Result<Note> {
  return attempt(() => readNote(raw));
}

/** The signatures that claim to be of `key`: name and id both match. */
export function signaturesBy(note: Note, key: VerifierKey): Signature[] {
  return note.signatures.filter((s) => s.name === key.name && equal(s.id, key.id));
}

/** Whether `signature` is over exactly `message`; never throws. */
export function signatureHolds(key: VerifierKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    return ed25519.verify(signature, message, key.publicKey, { zip215: false });
  } catch {
    return false; // the library throws for bytes that are no point or no scalar
  }
}

export function mustBeSigned(note: Note, key: VerifierKey): void {
  const found = signaturesBy(note, key);
  if (key.type !== ED25519 || found.length === 0) badSignature(`${key.name} has not signed the note`);
  const message = utf8(note.text);
  if (!found.every((s) => signatureHolds(key, message, s.payload))) {
    badSignature(`the signature of ${key.name} is not over this text`);
  }
}

/** Checks that `key` signed the note's text. */
export function verifyNote(note: Note, key: VerifierKey): Result<Verified> {
  return attempt(() => {
    mustBeSigned(note, key);
    return { kind: "verified" };
  });
}
