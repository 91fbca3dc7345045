/**
 * Disclosures: a household seals trimmed media to a case key; an officer reads it back.
 *
 * Holds: the manifest names no household, camera or earlier clip; it is signed under a key derived for this
 *        one case, so that two cases cannot be linked; nearly all copies are of one length.
 */

import { openAge, newHeader, sealAge, sealPayload } from "./age.ts";
import { type Bytes, hex, utf8 } from "./bytes.ts";
import { chunkHashes, treeRoot } from "./chunktree.ts";
import { SealError } from "./errors.ts";
import { type SigningKey, sha256, verify } from "./keys.ts";
import {
  type DisclosureFacts,
  type DisclosureManifest,
  type SealFacts,
  copyLength,
  disclosureText,
  keyCommitment,
  makeContainer,
  padFmp4,
  parseDisclosure,
  readContainer,
} from "./manifest.ts";

/** Ready to be dropped. `length`, `root` and `manifestSha256` (hex) go with `done`. */
export interface SealedDisclosure {
  readonly hdr: Bytes;
  readonly pay: Bytes;
  readonly manifestAge: Bytes;
  readonly signed: string;
  readonly length: number;
  readonly root: string;
  readonly manifestSha256: string;
}

export interface OpenedDisclosure {
  readonly manifest: DisclosureManifest;
  /** The exact text the household signed, and the signature. */
  readonly signed: string;
  readonly sig: Bytes;
}

/**
 * Seals trimmed media (not padded yet) to a case key that was found in the log.
 *
 * Throws SealError `bad_key` unless the case key is a post-quantum recipient.
 */
export async function sealDisclosure(
  fmp4: Uint8Array,
  facts: DisclosureFacts,
  caseRecipient: string,
  signer: SigningKey,
): Promise<SealedDisclosure> {
  if (!caseRecipient.startsWith("age1pq1")) throw new SealError("bad_key", "a case key is an age1pq1... recipient");
  const plain = padFmp4(fmp4, copyLength(fmp4.length));
  const { fileKey, hdr } = await newHeader([caseRecipient]);
  const pay = await sealPayload(fileKey, plain);
  const chunks = await chunkHashes(pay);
  const seal: SealFacts = {
    plainLength: plain.length,
    payLength: pay.length,
    nonce: pay.slice(0, 16),
    treeRoot: treeRoot(chunks),
    chunks,
    kc: keyCommitment(fileKey),
  };
  const signed = disclosureText(facts, seal, hex(sha256(utf8(caseRecipient))), signer.public);
  parseDisclosure(signed); // what we send is what the other side accepts
  const manifestAge = await sealAge(makeContainer("disclosure", signed, signer), [caseRecipient]);
  return {
    hdr,
    pay,
    manifestAge,
    signed,
    length: pay.length,
    root: hex(seal.treeRoot),
    manifestSha256: hex(sha256(manifestAge)),
  };
}

/**
 * Opens a sealed disclosure manifest, checks its signature and that it was made for this case key.
 *
 * Throws SealError: `not_for_us`, `bad_signature`, `replayed_manifest` (another case), `malformed`, `payload_altered`.
 */
export async function openDisclosure(
  manifestAge: Uint8Array,
  identities: readonly string[],
  caseRecipient: string,
): Promise<OpenedDisclosure> {
  const { signed, sig } = readContainer(await openAge(manifestAge, identities));
  const manifest = parseDisclosure(signed);
  verify(manifest.signer, "disclosure", utf8(signed), sig);
  if (manifest.caseKeySha256 !== hex(sha256(utf8(caseRecipient)))) {
    throw new SealError("replayed_manifest", "it was made for another case");
  }
  return { manifest, signed, sig };
}

/**
 * Opens the manifest of a copy that another agency handed on, and checks its signature. For which case it was given stays in it:
 * that case's key is not the reader's.
 *
 * Throws SealError: `not_for_us`, `bad_signature`, `malformed`.
 */
export async function openHandedOn(manifestAge: Uint8Array, identities: readonly string[]): Promise<OpenedDisclosure> {
  const { signed, sig } = readContainer(await openAge(manifestAge, identities));
  const manifest = parseDisclosure(signed);
  verify(manifest.signer, "disclosure", utf8(signed), sig);
  return { manifest, signed, sig };
}

/** The same signed text for another key: neither a word nor its signature changes. Throws SealError `not_for_us`. */
export const resealManifest = async (manifestAge: Uint8Array, identities: readonly string[], recipient: string): Promise<Bytes> =>
  sealAge(await openAge(manifestAge, identities), [recipient]);
