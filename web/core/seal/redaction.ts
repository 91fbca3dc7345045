/**
 * A redacted copy of a clip: a film made anew at an agency, sealed to the same case, with a signed record of what was hidden and why.
 *
 * Holds:  the record names the clip it is of by its root, and the film by its own; nothing of the original is in it.
 * Absent: making the film (ui/redact/remaking.ts).
 * Why:    docs/design/evidence.md#redacted-copies
 */
import { jcs } from "../jcs.ts";
import { newHeader, openAge, sealAge, sealPayload } from "./age.ts";
import { b64, type Bytes, hex, text, utf8 } from "./bytes.ts";
import { chunkHashes, treeRoot } from "./chunktree.ts";
import { bad, Fields } from "./fields.ts";
import { type SigningKey, sha256, verify } from "./keys.ts";
import { copyLength, keyCommitment, makeContainer, media, type MediaFacts, mediaWire, padFmp4, readContainer, type SealFacts, sealFacts } from "./manifest.ts";

export const REASON_LIMIT = 500;
const CONTEXT = "redaction-record";
const ID = /^[a-z2-7]{26}$/;
const HASH = /^[0-9a-f]{64}$/;
const REASON = new RegExp(`^[^]{1,${REASON_LIMIT}}$`, "u");

export interface RedactionFacts extends MediaFacts {
  readonly redaction: string;
  readonly disclosure: string;
  /** Of the clip that it was made of, in hex. */
  readonly originalRoot: string;
  readonly facesBlurred: boolean;
  /** Boxes that were put over the picture by hand. */
  readonly regions: number;
  readonly reason: string;
}
export interface Redaction extends RedactionFacts {
  /** SHA-256 of the film as it was sealed, padding included, in hex: who has it alone can compare. */
  readonly filmSha256: string;
  readonly seal: SealFacts;
  readonly signer: Bytes;
}
export interface SealedRedaction {
  readonly hdr: Bytes;
  readonly pay: Bytes;
  /** Sealed to the case. */
  readonly record: Bytes;
  readonly root: string;
}

/** Seals a film that was made anew, with its record, to a case's key. */
export async function sealRedaction(fmp4: Uint8Array, facts: RedactionFacts, caseRecipient: string, signer: SigningKey): Promise<SealedRedaction> {
  const plain = padFmp4(fmp4, copyLength(fmp4.length)); // as its clip is: another length would tell how long the film is
  const { fileKey, hdr } = await newHeader([caseRecipient]);
  const pay = await sealPayload(fileKey, plain);
  const chunks = await chunkHashes(pay);
  const seal: SealFacts = { plainLength: plain.length, payLength: pay.length, nonce: pay.slice(0, 16), treeRoot: treeRoot(chunks), chunks, kc: keyCommitment(fileKey) };
  const { redaction, disclosure, originalRoot, facesBlurred, regions, reason } = facts;
  const said = { redaction, disclosure, original_root: originalRoot, film_sha256: hex(sha256(plain)), faces_blurred: facesBlurred, regions, reason, signer: b64(signer.public) };
  const signed = text(jcs({ ...mediaWire("redaction", facts, seal), ...said }));
  parse(signed); // what is kept is what is read
  return { hdr, pay, record: await sealAge(makeContainer(CONTEXT, signed, signer), [caseRecipient]), root: hex(seal.treeRoot) };
}

/** Opens a record and checks its signature. Throws SealError: `not_for_us`, `bad_signature`, `malformed`. */
export async function openRedaction(record: Uint8Array, identities: readonly string[]): Promise<Redaction> {
  const { signed, sig } = readContainer(await openAge(record, identities));
  const read = parse(signed);
  verify(read.signer, CONTEXT, utf8(signed), sig);
  return read;
}

/** What the person who made it signs for the server, in hex and numbers. */
export const redactionSaid = (disclosure: string, redaction: string, { pay, root, record }: SealedRedaction) => ({ disclosure, redaction, length: pay.length, root, record_sha256: hex(sha256(record)) });

function parse(signed: string): Redaction {
  const read = Fields.of(signed, "redaction");
  const found: Redaction = {
    ...media(read),
    seal: sealFacts(read),
    redaction: read.match("redaction", ID),
    disclosure: read.match("disclosure", ID),
    originalRoot: read.match("original_root", HASH),
    filmSha256: read.match("film_sha256", HASH),
    facesBlurred: read.flag("faces_blurred"),
    regions: read.count("regions", 1000),
    reason: read.match("reason", REASON),
    signer: read.bytes("signer", 32),
  };
  if (found.signer.length !== 32) bad("its signer is no key");
  read.end();
  return found;
}
