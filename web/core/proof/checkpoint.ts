/** Checkpoints: a log's name, size and root, signed. Twin of fanlight.proof.checkpoint. */

import { unb64, type Bytes } from "./bytes.ts";
import { checkHead, type TreeHead } from "./merkle.ts";
import { badCharacters, mustBeSigned, readNote, type Note, type VerifierKey } from "./note.ts";
import { attempt, badSignature, malformed, type Result } from "./result.ts";

/** A checkpoint whose log's signature was checked, and the note it came in. */
export type Checkpoint = { kind: "checkpoint"; origin: string; head: TreeHead; note: Note };

/** Reads a whole number below 2^53 in plain decimal. */
export function readDecimal(text: string): number {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text) || !Number.isSafeInteger(Number(text))) {
    malformed("a number is not written in plain decimal, or is too large");
  }
  return Number(text);
}

export function readHash(text: string): Bytes {
  const raw = unb64(text);
  return raw.length === 32 ? raw : malformed("a hash is not 32 bytes long");
}

export function readCheckpoint(raw: Uint8Array | string, log: VerifierKey): Checkpoint {
  const note = readNote(raw);
  mustBeSigned(note, log);
  if (badCharacters(note.text)) malformed("a checkpoint holds control characters");
  const lines = note.text.slice(0, -1).split("\n");
  const [origin, size, root] = lines;
  if (origin === undefined || size === undefined || root === undefined || lines.includes("")) {
    return malformed("a checkpoint has a missing or empty line");
  }
  const head = { size: readDecimal(size), root: readHash(root) };
  checkHead(head);
  if (origin !== log.name) badSignature(`${log.name} signed a checkpoint of another log`);
  return { kind: "checkpoint", origin, head, note };
}

/** Reads a checkpoint and checks that `log` signed it and that it speaks of that log. */
export function openCheckpoint(raw: Uint8Array | string, log: VerifierKey): Result<Checkpoint> {
  return attempt(() => readCheckpoint(raw, log));
}
