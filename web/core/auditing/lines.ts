/** An agency's entries as its auditor gets them, checked: each in the record under one checkpoint, each name what its entry committed to.
 *
 *  In:      a part of the log as the server gave it.
 *  Out:     lines that say what holds; what does not hold is never shown as if it did.
 *  Holds:   the checkpoint is signed by the log's key, and the witnesses that cosigned it are named.
 *  Absent:  whether everybody else is shown the same log: that is what witnesses outside are for.
 */
import type { LogLine, LogPart } from "../api/auditing.ts";
import { utf8 } from "../bytes.ts";
import type { Json } from "../jcs.ts";
import { openCheckpoint } from "../proof/checkpoint.ts";
import { parseWitnesses, witnessSentence } from "../proof/cosignature.ts";
import { cosigners } from "../proof/handover.ts";
import { checkOpening, parseLeaf } from "../proof/leaf.ts";
import { hashLeaf, type TreeHead, verifyInclusion } from "../proof/merkle.ts";
import { parseVkey } from "../proof/note.ts";
import { unhex32 } from "../proof/bytes.ts";
import { attempt, type Result } from "../proof/result.ts";

export interface Line {
  readonly index: number;
  readonly type: string;
  readonly pub: { readonly [key: string]: Json };
  readonly opened: { readonly [field: string]: Json };
  /** Why it does not hold; null where it does. */
  readonly fault: string | null;
}
export interface Checked {
  readonly lines: readonly Line[];
  readonly size: number;
  /** Who cosigned, in a sentence. */
  readonly witnesses: string;
}

/** Checks a part. Refused: not signed by the log's key, or no checkpoint. */
export function checkPart(part: LogPart): Result<{ kind: "checked"; checked: Checked }> {
  const key = parseVkey(part.vkey.trim());
  if (key.kind === "refused") return key;
  const checkpoint = openCheckpoint(part.checkpoint, key);
  if (checkpoint.kind === "refused") return checkpoint;
  const known = parseWitnesses(part.witness_vkeys);
  const seen = known.kind === "refused" ? known : cosigners(checkpoint.note, known.all, []);
  const witnesses = seen.kind === "refused" ? "" : witnessSentence(seen.all, key);
  return { kind: "checked", checked: { lines: part.entries.map((one) => checkLine(one, checkpoint.head)), size: checkpoint.head.size, witnesses } };
}

function checkLine(line: LogLine, head: TreeHead): Line {
  const bytes = utf8(line.leaf);
  const leaf = parseLeaf(bytes);
  const nothing = { index: line.index, type: "unreadable", pub: {}, opened: {} };
  if (leaf.kind === "refused") return { ...nothing, fault: leaf.detail };
  const path = attempt(() => ({ kind: "path" as const, steps: line.path.map(unhex32) }));
  if (path.kind === "refused") return { ...nothing, fault: path.detail };
  const proven = verifyInclusion(hashLeaf(bytes), line.index, path.steps, head);
  if (proven.kind === "refused") return { ...nothing, fault: proven.detail };
  const opened: Record<string, Json> = {};
  let fault: string | null = null;
  for (const { field, salt, value } of line.openings) {
    const shown = checkOpening(bytes, { field, salt, value: value as Json });
    if (shown.kind === "refused") fault ??= shown.detail;
    else opened[field] = value as Json;
  }
  return { index: line.index, type: leaf.type, pub: leaf.pub, opened, fault };
}
