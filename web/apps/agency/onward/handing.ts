/**
 * A copy for another agency: offered, its key made and checked against the record, and sealed anew to that key.
 *
 * Holds:  nothing is sealed to a key whose entry is not proved to be in the record; what was signed at home goes along unchanged.
 * Why:    docs/design/onward.md
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type Json, jcs } from "../../../core/jcs.ts";
import { checkOpening, parseLeaf } from "../../../core/proof/leaf.ts";
import { parseWitnesses } from "../../../core/proof/cosignature.ts";
import { parseVkey } from "../../../core/proof/note.ts";
import { parseReceipt, verifyReceipt } from "../../../core/proof/receipt.ts";
import { rewrapHeader } from "../../../core/seal/age.ts";
import { b64, hex, utf8 } from "../../../core/seal/bytes.ts";
import { resealManifest } from "../../../core/seal/disclosure.ts";
import { type Identity, type SigningKey, newIdentity, sign } from "../../../core/seal/keys.ts";
import { type Person, sealFor } from "../lib/casekey.ts";
import type { Keys } from "../lib/receipt.ts";
import type { Offered } from "./api.ts";

export type OfferFields = { readonly to: string; readonly ground: string; readonly until: string };

/** An offer as it is sent. `salt` is of the copy's manifest, whose giver said yes. */
export const offerWire = (disclosure: string, fields: OfferFields, salt: string, signer: SigningKey): Record<string, string> => ({
  ...fields,
  salt,
  signature: b64(sign(signer, "onward-offer", jcs({ disclosure, ...fields }))),
});

/** A key made for one copy, sealed to people of the agency that accepts it. */
export async function acceptWire(onward: string, readers: readonly Person[], signer: SigningKey): Promise<Json> {
  const identity = await newIdentity();
  const copies = await Promise.all(readers.map(async (person) => ({ account: person.account, sealed: await sealFor(identity, person) })));
  const copies_sha256 = hex(sha256(jcs({ copies })));
  const key = identity.recipient;
  return { key, copies, signature: b64(sign(signer, "onward-accept", jcs({ onward, key, copies_sha256 }))) };
}

/** Why the other agency's key cannot be relied on, in the checker's words; null if its entry is proved. */
export function whyNotKey(offered: Offered, keys: Keys): string | null {
  const { key, key_receipt: proof, key_opening: openings } = offered;
  if (!key || !proof || !openings) return "no proof came with it";
  const [log, witnesses, receipt] = [parseVkey(keys.vkey), parseWitnesses(keys.witnesses), parseReceipt(proof.receipt)];
  for (const one of [log, witnesses, receipt]) if (one.kind === "refused") return one.detail;
  if (log.kind === "refused" || witnesses.kind === "refused" || receipt.kind === "refused") return "it cannot be read";
  const held = verifyReceipt(utf8(proof.leaf), receipt, log, witnesses.all, 0, keys.changes);
  if (held.kind === "refused") return held.detail;
  const leaf = parseLeaf(proof.leaf);
  if (leaf.kind === "refused") return leaf.detail;
  if (leaf.type !== "case" || leaf.pub["agency"] !== offered.to) return "the entry is not that agency's";
  for (const one of openings) {
    const shown = checkOpening(proof.leaf, one);
    if (shown.kind === "refused") return shown.detail;
  }
  const said = new Map(openings.map(({ field, value }) => [field, value]));
  const detail = said.get("detail") as { onward?: string; key_sha256?: string } | undefined;
  const same = said.get("act") === "onward-accepted" && detail?.onward === offered.onward && detail.key_sha256 === hex(sha256(utf8(key)));
  return same ? null : "the entry names another key";
}

/** What the other agency opens the copy with. Throws SealError. */
export async function handWire(onward: string, key: string, sealed: { readonly hdr: Uint8Array; readonly manifestAge: Uint8Array }, caseKey: Identity, signer: SigningKey): Promise<Json> {
  const [hdr, manifest] = await Promise.all([rewrapHeader(sealed.hdr, [caseKey.secret], [key]), resealManifest(sealed.manifestAge, [caseKey.secret], key)]);
  const hashes = { hdr_sha256: hex(sha256(hdr)), manifest_sha256: hex(sha256(manifest)) };
  return { hdr: b64(hdr), manifest: b64(manifest), signature: b64(sign(signer, "onward-hand", jcs({ onward, key, ...hashes }))) };
}
