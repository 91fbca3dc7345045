/** Receipts: one leaf's proof and its checkpoint in one text (C2SP tlog-proof). Twin of fanlight.proof.receipt. */

import { asText, unb64, utf8, type Bytes } from "./bytes.ts";
import { readCheckpoint, readDecimal, readHash, type Checkpoint } from "./checkpoint.ts";
import type { Cosigned, Witness } from "./cosignature.ts";
import { readCosigners, type Handover } from "./handover.ts";
import { hashLeaf, verifyInclusion } from "./merkle.ts";
import { readNote, type VerifierKey } from "./note.ts";
import { attempt, malformed, unproven, type Refused, type Result } from "./result.ts";

/** A receipt as it came, not checked. `extra` is authenticated by nothing. */
export type Receipt = {
  kind: "receipt";
  index: number;
  path: readonly Bytes[];
  checkpoint: Bytes;
  extra: Bytes | undefined;
};
export type ReceiptHolds = { kind: "in-log"; index: number; checkpoint: Checkpoint; cosigned: readonly Cosigned[] };

const HEADER = "c2sp.org/tlog-proof@v1";
const MAX_RECEIPT = 2_000_000;

/** Reads the text of a receipt. */
export function parseReceipt(raw: Uint8Array | string): Result<Receipt> {
  return attempt(() => {
    if (raw.length > MAX_RECEIPT) malformed("a receipt is too long");
    const text = asText(raw);
    const mark = text.indexOf("\n\n");
    const lines = text.slice(0, Math.max(mark, 0)).split("\n");
    if (mark < 0 || lines.shift() !== HEADER) malformed("a receipt has another first line or no checkpoint");
    const extra = lines[0]?.startsWith("extra ") ? unb64((lines.shift() as string).slice(6)) : undefined;
    const index = lines.shift();
    if (!index?.startsWith("index ")) return malformed("a receipt names no index");
    if (lines.length > 63) malformed("a receipt's path is too long");
    const checkpoint = utf8(text.slice(mark + 2));
    readNote(checkpoint);
    return { kind: "receipt", index: readDecimal(index.slice(6)), path: lines.map(readHash), checkpoint, extra };
  });
}

/**
 * Checks, offline, that a leaf is in a log: the log's signature, at least `need` of the trusted `witnesses`,
 * also by keys that `changes` lead to, and the path from the leaf's exact bytes to the root.
 */
export function verifyReceipt(
  leaf: Uint8Array,
  receipt: Receipt,
  log: VerifierKey,
  witnesses: readonly Witness[] = [],
  need = 0,
  changes: readonly Handover[] = [],
): Result<ReceiptHolds> {
  const opened = attempt(() => {
    const checkpoint = readCheckpoint(receipt.checkpoint, log);
    const cosigned = readCosigners(checkpoint.note, witnesses, changes);
    if (cosigned.length < need) unproven(`${cosigned.length} of ${need} witnesses needed have cosigned`);
    return { kind: "opened" as const, checkpoint, cosigned };
  });
  if (opened.kind === "refused") return opened;
  const included: { kind: "proven" } | Refused = verifyInclusion(
    hashLeaf(leaf),
    receipt.index,
    receipt.path,
    opened.checkpoint.head,
  );
  if (included.kind === "refused") return included;
  return { kind: "in-log", index: receipt.index, checkpoint: opened.checkpoint, cosigned: opened.cosigned };
}
