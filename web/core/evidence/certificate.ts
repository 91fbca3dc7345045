/**
 * X.509 certificates, as much of them as says who stamped a time: signatures by the browser's own cryptography.
 *
 * In:     certificates, DER or PEM; a time.
 * Out:    whether a certificate is vouched for, at that time, by one that is trusted.
 * Holds:  each on the way is an authority (but the first), is valid at the time and signed by the next; the last is one of
 *         those trusted and signed by itself. A critical extension that is not known here ends it.
 * Absent: revocation: whoever checks in ten years has no network either.
 * Source: RFC 5280, section 6.
 */

import { type Bytes, equal, readB64 } from "../bytes.ts";
import { BIT_STRING, BadDer, type Der, OCTET_STRING, SEQUENCE, as, oidText, readDer, timeOf } from "./der.ts";

/** A kind of key or signature that this browser or this program does not know: nothing is said of what it signed. */
export class UnknownKind extends Error {}

export interface Certificate {
  readonly der: Uint8Array;
  readonly serial: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly name: string;
  readonly from: number;
  readonly until: number;
  readonly isAuthority: boolean;
  /** How many authorities may stand between it and the one that signs; null if it does not say. */
  readonly below: number | null;
  readonly mayCertify: boolean;
  /** Of its extended key usage, where that is critical. */
  readonly uses: readonly string[];
  readonly key: Der;
  readonly signed: Uint8Array;
  readonly algorithm: Der;
  readonly signature: Uint8Array;
}

const MOST = 20;
const LONGEST = 8;
const COMMON_NAME = "2.5.4.3";
const [BASIC, USAGE, EXTENDED] = ["2.5.29.19", "2.5.29.15", "2.5.29.37"];
const KEY_CERT_SIGN = 0x04; // bit 5 of the usage

/** Throws BadDer. */
export function readCertificate(der: Uint8Array): Certificate {
  const [body, algorithm, signature] = as(SEQUENCE, readDer(der)).parts;
  const fields = [...as(SEQUENCE, body).parts];
  if (fields[0]?.tag !== 0xa0) throw new BadDer("a certificate is of an earlier version");
  const [, serial, inner, issuer, validity, subject, key, ...rest] = fields;
  if (!serial || !issuer || !subject || !key || !algorithm || !body) throw new BadDer("a certificate lacks a part");
  if (!equal(as(SEQUENCE, inner).whole, algorithm.whole)) throw new BadDer("a certificate names two kinds of signature");
  const extensions = rest.find(({ tag }) => tag === 0xa3)?.parts[0]?.parts ?? [];
  let [isAuthority, mayCertify, below, uses]: [boolean, boolean, number | null, string[]] = [false, true, null, []];
  for (const extension of extensions) {
    const [id, ...more] = as(SEQUENCE, extension).parts;
    const critical = more.length === 2 && more[0]?.content[0] === 0xff;
    const found = readDer(as(OCTET_STRING, more.at(-1)).content);
    const name = oidText(id);
    if (name === BASIC) {
      isAuthority = found.parts[0]?.tag === 1 && found.parts[0].content[0] === 0xff;
      const path = found.parts[1]?.content;
      below = path?.length === 1 ? (path[0] as number) : null;
    } else if (name === USAGE) mayCertify = ((as(BIT_STRING, found).content[1] ?? 0) & KEY_CERT_SIGN) !== 0;
    else if (name === EXTENDED) uses = critical ? found.parts.map(oidText) : [];
    else if (critical) throw new UnknownKind(`a certificate has a critical extension ${name}`);
  }
  return {
    der,
    serial: serial.content,
    issuer: issuer.whole,
    subject: subject.whole,
    name: commonName(subject),
    from: timeOf(validity?.parts[0]),
    until: timeOf(validity?.parts[1]),
    isAuthority,
    below,
    mayCertify,
    uses,
    key: as(SEQUENCE, key),
    signed: body.whole,
    algorithm,
    signature: bits(signature),
  };
}

/** Reads the certificates of a PEM text; throws BadDer if there is none or too many. */
export function readPem(text: string): Certificate[] {
  const found = [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)];
  if (found.length === 0 || found.length > MOST) throw new BadDer("there is no certificate, or there are too many");
  return found.map(([, body]) => readCertificate(readB64((body ?? "").replace(/\s/g, "")) ?? new Uint8Array()));
}

const bits = (node: Der | undefined): Uint8Array => {
  const { content } = as(BIT_STRING, node);
  if (content[0] !== 0) throw new BadDer("a signature is no whole number of bytes");
  return content.subarray(1);
};

function commonName(subject: Der): string {
  for (const set of subject.parts) {
    for (const pair of set.parts) {
      if (pair.parts.length === 2 && oidText(pair.parts[0]) === COMMON_NAME) return new TextDecoder().decode(pair.parts[1]?.content);
    }
  }
  return "an authority without a name";
}

/** Whether one of `trusted` vouches for `leaf` at `time`, by way of `others`. Throws UnknownKind. */
export async function isVouchedFor(leaf: Certificate, others: readonly Certificate[], trusted: readonly Certificate[], time: number): Promise<boolean> {
  const isValid = (one: Certificate): boolean => one.from <= time && time <= one.until;
  let [now, passed] = [leaf, 0];
  for (let step = 0; step < LONGEST; step++) {
    if (!isValid(now)) return false;
    if (trusted.some((one) => equal(one.der, now.der)) && equal(now.issuer, now.subject)) return signedBy(now, now);
    let next: Certificate | null = null;
    for (const one of [...trusted, ...others]) {
      if (equal(one.der, now.der) || !equal(one.subject, now.issuer) || !one.isAuthority || !one.mayCertify) continue;
      if (one.below !== null && one.below < passed) continue;
      if (await signedBy(now, one)) {
        next = one;
        break;
      }
    }
    if (next === null) return false;
    if (step > 0) passed++;
    now = next;
  }
  return false;
}

const signedBy = (one: Certificate, by: Certificate): Promise<boolean> => signatureHolds(by.key, one.algorithm, one.signature, one.signed);

const HASHES: Readonly<Record<string, string>> = {
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};
const SIGNATURES: Readonly<Record<string, readonly [kind: "rsa" | "ecdsa", hash: string]>> = {
  "1.2.840.113549.1.1.11": ["rsa", "SHA-256"],
  "1.2.840.113549.1.1.12": ["rsa", "SHA-384"],
  "1.2.840.113549.1.1.13": ["rsa", "SHA-512"],
  "1.2.840.10045.4.3.2": ["ecdsa", "SHA-256"],
  "1.2.840.10045.4.3.3": ["ecdsa", "SHA-384"],
  "1.2.840.10045.4.3.4": ["ecdsa", "SHA-512"],
};
const RSA = "1.2.840.113549.1.1.1";
const EC = "1.2.840.10045.2.1";
const CURVES: Readonly<Record<string, readonly [name: string, bytes: number]>> = {
  "1.2.840.10045.3.1.7": ["P-256", 32],
  "1.3.132.0.34": ["P-384", 48],
  "1.3.132.0.35": ["P-521", 66],
};

/** The browser's name of a hash; throws UnknownKind. */
export function hashName(algorithm: Der | undefined): string {
  const id = oidText(as(SEQUENCE, algorithm).parts[0]);
  const found = HASHES[id];
  if (found === undefined) throw new UnknownKind(`the hash ${id}`);
  return found;
}

/** Whether `signature` over `data` holds under a certificate's key. `hash` is what CMS names beside it. Throws UnknownKind. */
export async function signatureHolds(key: Der, algorithm: Der, signature: Uint8Array, data: Uint8Array, hash?: string): Promise<boolean> {
  const id = oidText(algorithm.parts[0]);
  const said: readonly [string, string] | undefined = SIGNATURES[id] ?? (id === RSA && hash !== undefined ? ["rsa", hash] : undefined);
  const kind = oidText(key.parts[0]?.parts[0]);
  if (said === undefined || kind !== (said[0] === "rsa" ? RSA : EC)) throw new UnknownKind(`the signature ${id}`);
  if (said[0] === "rsa") {
    const rsa = await imported(key, { name: "RSASSA-PKCS1-v1_5", hash: said[1] });
    return crypto.subtle.verify("RSASSA-PKCS1-v1_5", rsa, signature as Bytes, data as Bytes);
  }
  const curve = CURVES[oidText(key.parts[0]?.parts[1])];
  if (curve === undefined) throw new UnknownKind("a curve");
  const plain = plainPair(signature, curve[1]);
  const ec = await imported(key, { name: "ECDSA", namedCurve: curve[0] });
  return plain !== null && crypto.subtle.verify({ name: "ECDSA", hash: said[1] }, ec, plain, data as Bytes);
}

async function imported(key: Der, how: RsaHashedImportParams | EcKeyImportParams): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey("spki", key.whole as Bytes, how, false, ["verify"]);
  } catch {
    throw new UnknownKind("a key that this browser does not read");
  }
}

/** Browsers want r and s side by side, certificates have them as two INTEGERs; null for a pair that is none. */
function plainPair(signature: Uint8Array, bytes: number): Bytes | null {
  const out = new Uint8Array(2 * bytes);
  const { parts } = as(SEQUENCE, readDer(signature));
  if (parts.length !== 2) return null;
  for (const [place, part] of parts.entries()) {
    const digits = as(2, part).content;
    const plain = digits[0] === 0 ? digits.subarray(1) : digits;
    if (plain.length > bytes) return null;
    out.set(plain, (place + 1) * bytes - plain.length);
  }
  return out;
}
