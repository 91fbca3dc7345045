/** Checks, in this page, that a request stands in the public record. */
import { sha256 } from "@noble/hashes/sha2.js";

import { parseLeaf } from "../../../core/proof/leaf.ts";
import type { Client } from "../../../core/api/client.ts";
import { changesFor, type Handover } from "../../../core/proof/handover.ts";
import { parseNote, parseVkey } from "../../../core/proof/note.ts";
import { parseWitnesses, witnessSentence } from "../../../core/proof/cosignature.ts";
import { parseReceipt, verifyReceipt } from "../../../core/proof/receipt.ts";
import { hex, utf8 } from "../../../core/seal/bytes.ts";
import type { Pane } from "../../../ui/seal.ts";
import { words } from "../words.ts";
import type { Proof, Whole } from "./api.ts";

/** The keys that the server hands out, and the changes of keys that lead on from them. */
export interface Keys {
  readonly vkey: string;
  readonly witnesses: string;
  readonly changes?: readonly Handover[];
}
export interface Checked {
  readonly panes: readonly Pane[];
  /** What the cosignatures are worth, with who runs each witness. */
  readonly witness: string;
  readonly index: number | null;
}

/**
 * Runs four checks: the log signed, the entry is in it, witnesses cosigned, and the entry is this request.
 *
 * @param keys from `keysFor`, of this proof
 */
export function checkReceipt(request: Whole, proof: Proof, keys: Keys): Checked {
  const w = words.receipt;
  const unknown = (detail: string): Checked => ({
    panes: [w.signature, w.inclusion, w.witness, w.content].map((label, i) => ({ label, state: i === 0 ? "fails" : "unknown", detail: i === 0 ? detail : words.clip.panes.notReached })),
    witness: "",
    index: null,
  });
  const log = parseVkey(keys.vkey);
  if (log.kind === "refused") return unknown(log.detail);
  const witnesses = parseWitnesses(keys.witnesses);
  if (witnesses.kind === "refused") return unknown(witnesses.detail);
  const receipt = parseReceipt(proof.receipt);
  if (receipt.kind === "refused") return unknown(receipt.detail);
  const held = verifyReceipt(utf8(proof.leaf), receipt, log, witnesses.all, 0, keys.changes);
  if (held.kind === "refused") {
    const signed = held.why === "unproven";
    return {
      panes: [
        { label: w.signature, state: signed ? "holds" : "fails", detail: signed ? log.name : held.detail },
        { label: w.inclusion, state: signed ? "fails" : "unknown", detail: signed ? held.detail : words.clip.panes.notReached },
        { label: w.witness, state: "unknown", detail: words.clip.panes.notReached },
        { label: w.content, state: "unknown", detail: words.clip.panes.notReached },
      ],
      witness: "",
      index: receipt.index,
    };
  }
  const said = contentOf(request, proof.leaf);
  return {
    panes: [
      { label: w.signature, state: "holds", detail: log.name },
      { label: w.inclusion, state: "holds", detail: w.place(held.index, held.checkpoint.head.size) },
      {
        label: w.witness,
        state: held.cosigned.length > 0 ? "holds" : "unknown",
        detail: held.cosigned.map(({ witness }) => w.runBy(witness.key.name, witness.runBy)).join("; ") || w.noWitness,
      },
      { label: w.content, state: said === null ? "holds" : "fails", detail: said ?? w.contentDetail },
    ],
    witness: witnessSentence(held.cosigned, log),
    index: held.index,
  };
}

/** Asks for the keys that a receipt is checked with. */
export async function keysFor(api: Client, proof: Proof): Promise<Keys> {
  const text = async (path: string): Promise<string> => (await api.text(`/log/${path}`, { anonymous: true })) ?? "";
  const [vkey, list] = await Promise.all(["vkey", "witness.vkeys"].map(text));
  const keys = { vkey: (vkey ?? "").trim(), witnesses: list ?? "" };
  const [receipt, listed] = [parseReceipt(proof.receipt), parseWitnesses(keys.witnesses)];
  const note = receipt.kind === "receipt" ? parseNote(receipt.checkpoint) : receipt;
  if (note.kind === "refused" || listed.kind === "refused") return keys;
  return { ...keys, changes: await changesFor(async (path) => utf8(await text(path)), note, listed.all) };
}

/** What in the entry is not this request, or null. */
function contentOf(request: Whole, text: string): string | null {
  const leaf = parseLeaf(text);
  if (leaf.kind === "refused") return leaf.detail;
  if (leaf.type !== "request" || leaf.pub["request"] !== request.request) return words.receipt.otherRequest;
  if (leaf.pub["decision"] !== request.decision.decision) return words.receipt.otherDecision;
  const key = leaf.pub["key_sha256"];
  return key === null || key === hex(sha256(utf8(request.case_key))) ? null : words.receipt.otherKey;
}
