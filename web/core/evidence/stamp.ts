/**
 * A time stamp of evidence.json by somebody who is neither the agency nor Fanlight's operator. Twin of fanlight.custody.stamp.
 *
 * In:     an authority's answer; the bytes it is about; certificates to trust.
 * Out:    when the authority saw them, and who it is.
 * Holds:  an answer to other bytes, by another authority, or by a certificate not made for time stamps is refused;
 *         its signer names the certificate it used (ESSCertID, ESSCertIDv2), which has to be that one; certificates have to be
 *         valid at the stamp's own time, not today.
 * Source: RFC 3161; RFC 5652, section 5; RFC 5035, section 5.4; RFC 5816.
 */

import { type Bytes, equal } from "../bytes.ts";
import { type Certificate, UnknownKind, hashName, isVouchedFor, readCertificate, readPem, signatureHolds } from "./certificate.ts";
import { BadDer, type Der, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, TIME, as, oidText, readDer, timeOf } from "./der.ts";

export type Stamped =
  | { readonly kind: "stamped"; readonly at: string; readonly by: string }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

const MOST_BYTES = 65_536;
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const STAMP_INFO = "1.2.840.113549.1.9.16.1.4";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const DIGEST = "1.2.840.113549.1.9.4";
/** Of version 1, whose hash is SHA-1, and of version 2. */
const SIGNING_CERTIFICATE = [
  ["1.2.840.113549.1.9.16.2.12", true],
  ["1.2.840.113549.1.9.16.2.47", false],
] as const;
const FOR_STAMPS = "1.3.6.1.5.5.7.3.8";

/** Reads the certificates to trust; null if the text holds none. */
export function readRoots(text: string): readonly Certificate[] | null {
  try {
    return readPem(text);
  } catch (error) {
    if (error instanceof BadDer || error instanceof UnknownKind) return null;
    throw error;
  }
}

/** Checks that one of `roots` vouches for whoever stamped exactly `data`. */
export async function checkStamp(answer: Uint8Array, data: Uint8Array, roots: readonly Certificate[]): Promise<Stamped> {
  const refuse = (why: string): Stamped => ({ kind: "refused", why });
  try {
    if (answer.length > MOST_BYTES) return refuse("it is longer than any time stamp");
    const [status, token] = as(SEQUENCE, readDer(answer)).parts;
    const granted = as(INTEGER, as(SEQUENCE, status).parts[0]).content;
    if (granted.length !== 1 || granted[0] !== 0) return refuse("the authority did not grant it");
    const read = signedData(as(SEQUENCE, token));
    const leaf = read.certificates.find((one) => equal(one.serial, read.serial) && equal(one.issuer, read.issuer));
    if (!leaf) return refuse("its signer's certificate is missing");
    if (leaf.uses.length === 0 || !leaf.uses.includes(FOR_STAMPS)) return refuse("its signer's certificate is not for time stamps");
    const digest = await hashed(read.hash, read.content);
    if (read.kind !== STAMP_INFO || !equal(read.digest, digest)) return refuse("its signature is over something else");
    if (!(await signatureHolds(leaf.key, read.algorithm, read.signature, read.attributes, read.hash))) return refuse("its signature does not hold");
    await checkNamed(read.said, leaf);
    const info = stampInfo(read.content);
    if (!(await isVouchedFor(leaf, read.certificates, roots, info.at))) return refuse("no certificate that is trusted vouches for its signer");
    if (!equal(info.digest, await hashed(info.hash, data))) return refuse("it is of other bytes");
    return { kind: "stamped", at: new Date(info.at).toISOString(), by: leaf.name };
  } catch (error) {
    if (error instanceof BadDer) return refuse(error.message);
    if (error instanceof UnknownKind) return { kind: "unknown", why: error.message };
    throw error;
  }
}

const hashed = async (name: string, data: Uint8Array): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.digest(name, data as Bytes));

function signedData(token: Der): {
  readonly kind: string;
  readonly content: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  readonly hash: string;
  readonly algorithm: Der;
  readonly signature: Uint8Array;
  /** As they were signed: with the tag of a SET. */
  readonly attributes: Uint8Array;
  readonly digest: Uint8Array;
  readonly said: readonly Der[];
} {
  if (oidText(token.parts[0]) !== SIGNED_DATA) throw new BadDer("it holds nothing that is signed");
  const [, , content, ...rest] = as(SEQUENCE, as(0xa0, token.parts[1]).parts[0]).parts;
  const [kind, inside] = as(SEQUENCE, content).parts;
  const infos = as(SET, rest.at(-1)).parts;
  if (infos.length !== 1) throw new BadDer("it has not exactly one signer");
  const [, signer, digestKind, attributes, algorithm, signature] = as(SEQUENCE, infos[0]).parts;
  const [issuer, serial] = as(SEQUENCE, signer).parts;
  const said = as(0xa0, attributes);
  const attribute = (name: string): Der | undefined => {
    const found = said.parts.filter((one) => oidText(one.parts[0]) === name);
    if (found.length !== 1 || as(SET, found[0]?.parts[1]).parts.length !== 1) throw new BadDer("a signed attribute is missing or doubled");
    return found[0]?.parts[1]?.parts[0];
  };
  const signedAs = said.whole.slice();
  signedAs[0] = SET;
  if (oidText(attribute(CONTENT_TYPE)) !== oidText(kind)) throw new BadDer("it is signed as something else");
  return {
    kind: oidText(as(OID, kind)),
    content: as(OCTET_STRING, as(0xa0, inside).parts[0]).content,
    certificates: (rest.find(({ tag }) => tag === 0xa0)?.parts ?? []).map(({ whole }) => readCertificate(whole)),
    issuer: as(SEQUENCE, issuer).whole,
    serial: as(INTEGER, serial).content,
    hash: hashName(digestKind),
    algorithm: as(SEQUENCE, algorithm),
    signature: as(OCTET_STRING, signature).content,
    attributes: signedAs,
    digest: as(OCTET_STRING, attribute(DIGEST)).content,
    said: said.parts,
  };
}

/** The signer signed which certificate it used: another one with the same issuer, number and key is not it. */
async function checkNamed(attributes: readonly Der[], leaf: Certificate): Promise<void> {
  let named = 0;
  for (const [name, isFirst] of SIGNING_CERTIFICATE) {
    const found = attributes.filter((one) => oidText(one.parts[0]) === name);
    if (found.length > 1) throw new BadDer("its signer names a certificate twice");
    if (!found[0]) continue;
    named++;
    const [first] = as(SEQUENCE, as(SEQUENCE, as(SET, found[0].parts[1]).parts[0]).parts[0]).parts;
    const rest = [...as(SEQUENCE, first).parts];
    const hash = isFirst ? "SHA-1" : rest[0]?.tag === SEQUENCE ? hashName(rest.shift()) : "SHA-256";
    const another = new BadDer("its signer used another certificate");
    if (!equal(as(OCTET_STRING, rest.shift()).content, await hashed(hash, leaf.der))) throw another;
    if (rest.length === 0) continue;
    const [issuer, serial] = as(SEQUENCE, rest[0]).parts;
    const same = equal(as(SEQUENCE, as(0xa4, as(SEQUENCE, issuer).parts[0]).parts[0]).whole, leaf.issuer) && equal(as(INTEGER, serial).content, leaf.serial);
    if (!same) throw another;
  }
  if (named === 0) throw new BadDer("its signer names no certificate");
}

function stampInfo(content: Uint8Array): { readonly hash: string; readonly digest: Uint8Array; readonly at: number } {
  const [, , imprint, , at] = as(SEQUENCE, readDer(content)).parts;
  const [hash, digest] = as(SEQUENCE, imprint).parts;
  return { hash: hashName(hash), digest: as(OCTET_STRING, digest).content, at: timeOf(as(TIME, at)) };
}
