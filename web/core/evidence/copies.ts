/**
 * The copies in a package that carry C2PA: each is its film with one box put in. Twin of fanlight.custody.{c2pa_form,c2pa_checks}.
 *
 * In:     films, copies, the certificate that a package states.
 * Out:    whether a copy is a film with one box put in; the text about the signer.
 * Absent: the manifest in that box: a program for it is larger than all else here. `fanlight verify` reads it, and so does
 *         any reader of C2PA.
 */

import { type Bytes, equal, hex, readB64, utf8 } from "../bytes.ts";
import { sha256 } from "../seal/keys.ts";

const HEAD = 8;
const LONG_HEAD = 16;
const MOST_MANIFEST = 1 << 20;
const MOST_BOXES = 200_000;
const USER_TYPE = Uint8Array.of(0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81);
const TEXT = (fingerprint: string): string => `Who signed the C2PA manifests in this folder
============================================

The certificate in signer.pem, with this SHA-256 fingerprint:

${fingerprint}

An agency that has no certificate that others know makes one for itself; its name then says
"self-made", and every C2PA reader shows an unknown signer. That is right: the manifest then
shows that the copy did not change since this certificate signed it, and not who holds it.
Ask the agency for its fingerprint in another way than by this package, and compare.

Each .mp4 here is items/ID/clip.mp4 with one box put in, which holds the manifest. The clip
itself, as the household sealed it, stays as it is.
`;

interface Box {
  readonly first: number;
  readonly end: number;
  readonly kind: string;
}

/** The fingerprint of the first certificate of a PEM text; null if there is none. */
export function fingerprint(pem: string): string | null {
  const found = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.[1];
  const der = found === undefined ? null : readB64(found.replace(/\s/g, ""));
  return der && hex(sha256(der as Bytes));
}

export const signerText = (digest: string): Bytes => utf8(TEXT(digest));

/** A film's index of places (`mfra`) is let be: its places move with the box. */
export function isCopy(film: Uint8Array, copy: Uint8Array): boolean {
  const boxes = boxesOf(film);
  const more = copy.length - film.length;
  const [first] = boxes ?? [];
  if (!boxes || first?.kind !== "ftyp" || more <= HEAD + USER_TYPE.length || more > MOST_MANIFEST) return false;
  const at = first.end;
  const head = view(copy);
  if (head.getUint32(at) !== more || kindAt(copy, at) !== "uuid" || !equal(copy.subarray(at + HEAD, at + HEAD + USER_TYPE.length), USER_TYPE)) return false;
  const same = (start: number, end: number, moved: number): boolean => equal(film.subarray(start, end), copy.subarray(start + moved, end + moved));
  let start = at;
  for (const { first: from, end } of boxes.filter(({ kind }) => kind === "mfra")) {
    if (!same(start, from + HEAD, more)) return false;
    start = end;
  }
  return same(0, at, 0) && same(start, film.length, more);
}

/** The boxes at the top; null if there is no row of them. */
function boxesOf(film: Uint8Array): Box[] | null {
  const boxes: Box[] = [];
  const read = view(film);
  let at = 0;
  while (at < film.length) {
    if (boxes.length === MOST_BOXES || film.length - at < HEAD) return null;
    let [length, least] = [read.getUint32(at), HEAD];
    if (length === 1) {
      if (film.length - at < LONG_HEAD) return null;
      [length, least] = [Number(read.getBigUint64(at + HEAD)), LONG_HEAD];
    }
    if (length < least || length > film.length - at) return null;
    boxes.push({ first: at, end: at + length, kind: kindAt(film, at) });
    at += length;
  }
  return boxes;
}

const view = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);
const kindAt = (data: Uint8Array, at: number): string => String.fromCharCode(...data.subarray(at + 4, at + HEAD));
