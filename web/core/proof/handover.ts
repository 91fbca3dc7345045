/** From one key to the next: a note that the old key and the new one both signed. Twin of fanlight.proof.handover. */

import { equal } from "./bytes.ts";
import { readCosigned, type Cosigned, type NotCosigned, type Witness } from "./cosignature.ts";
import { COSIGNATURE, mustBeSigned, readNote, readVkey, type Note, type VerifierKey } from "./note.ts";
import { attempt, badSignature, malformed, type Result } from "./result.ts";
import type { GetFile } from "./tree.ts";

const TITLE = "fanlight/key-change/v1";
const MAX_HANDOVERS = 1_000;

/** A change of keys whose signatures were checked; both keys are of one name and kind. */
export type Handover = { kind: "handover"; from: VerifierKey; to: VerifierKey };

export function readHandover(raw: Uint8Array | string): Handover {
  const note = readNote(raw);
  const lines = note.text.slice(0, -1).split("\n");
  if (lines.length !== 4 || lines[0] !== TITLE) malformed("a hand-over has another form");
  const [from, to] = [readVkey(lines[2] ?? ""), readVkey(lines[3] ?? "")];
  if (from.name !== lines[1] || to.name !== lines[1] || from.type !== to.type || equal(from.publicKey, to.publicKey)) {
    malformed("a hand-over is not between two keys of one name and kind");
  }
  for (const key of [from, to]) {
    if (key.type !== COSIGNATURE) mustBeSigned(note, key);
    else if (readCosigned(note, { key, runBy: "" }).kind === "absent") badSignature(`${key.name} has not signed the hand-over with both keys`);
  }
  return { kind: "handover", from, to };
}

/** Reads a hand-over and checks both signatures. */
export function parseHandover(raw: Uint8Array | string): Result<Handover> {
  return attempt(() => readHandover(raw));
}

const same = (a: VerifierKey, b: VerifierKey): boolean => a.name === b.name && a.type === b.type && equal(a.publicKey, b.publicKey);

/** The keys that `changes` hand a key over to, the newest first and itself last. Refuses two keys that follow one, and a circle. */
export function follow(changes: readonly Handover[], trusted: VerifierKey): VerifierKey[] {
  if (changes.some((one, at) => changes.some((other, place) => place > at && same(one.from, other.from)))) malformed("two keys are said to follow one");
  const keys = [trusted];
  for (let next = after(changes, trusted); next; next = after(changes, next)) {
    if (keys.length > changes.length) malformed("a key is said to follow itself");
    keys.unshift(next);
  }
  return keys;
}

const after = (changes: readonly Handover[], key: VerifierKey): VerifierKey | undefined => changes.find((one) => same(one.from, key))?.to;

/** Whether `changes` lead from a trusted key to another. Where two keys follow one, nothing does. */
export function leadsTo(changes: readonly Handover[], trusted: VerifierKey, to: VerifierKey): boolean {
  const found = attempt(() => ({ kind: "keys" as const, all: follow(changes, trusted) }));
  return found.kind === "keys" && found.all.some((key) => same(key, to));
}

/** A cosignature of a witness under the newest of its keys that has one. The witness stays the one that is trusted. */
export function readCosignedAfter(note: Note, witness: Witness, changes: readonly Handover[]): Cosigned | NotCosigned {
  for (const key of follow(changes, witness.key)) {
    const found = readCosigned(note, { key, runBy: witness.runBy });
    if (found.kind === "cosigned") return { ...found, witness };
  }
  return { kind: "absent" };
}

/** Tells when a witness cosigned, also by a key that it handed over to. */
export function cosignedAfter(note: Note, witness: Witness, changes: readonly Handover[]): Result<Cosigned | NotCosigned> {
  return attempt(() => readCosignedAfter(note, witness, changes));
}

export function readCosigners(note: Note, witnesses: readonly Witness[], changes: readonly Handover[]): Cosigned[] {
  return witnesses.map((witness) => readCosignedAfter(note, witness, changes)).filter((found) => found.kind === "cosigned");
}

/** Lists the witnesses that cosigned, also by keys that theirs handed over to; one wrong line refuses all. */
export function cosigners(note: Note, witnesses: readonly Witness[], changes: readonly Handover[]): Result<{ kind: "cosigners"; all: Cosigned[] }> {
  return attempt(() => ({ kind: "cosigners", all: readCosigners(note, witnesses, changes) }));
}

/** Reads the log's `handover/1`, `handover/2`, …; null if one of them does not hold. `get` rejects for a file that is not there, which ends the list. */
async function readHandovers(get: GetFile): Promise<Handover[] | null> {
  const changes: Handover[] = [];
  for (let number = 1; number <= MAX_HANDOVERS; number++) {
    let raw: Uint8Array;
    try {
      raw = await get(`handover/${number}`);
    } catch {
      break;
    }
    const read = parseHandover(raw);
    if (read.kind === "refused") return null;
    changes.push(read);
  }
  return changes;
}

/** Whether the log's hand-overs lead from a trusted key to another. */
export async function handedOver(get: GetFile, trusted: VerifierKey, to: VerifierKey): Promise<boolean> {
  if (same(trusted, to)) return true;
  const changes = await readHandovers(get);
  return changes !== null && leadsTo(changes, trusted, to);
}

/**
 * The log's hand-overs, asked for only where they can matter: a note bears a witness's name with another key than the one
 * that is trusted. None where one of them does not hold: then no key is followed.
 */
export async function changesFor(get: GetFile, note: Note, witnesses: readonly Witness[]): Promise<readonly Handover[]> {
  const other = witnesses.some(({ key }) => note.signatures.some(({ name, id }) => name === key.name && !equal(id, key.id)));
  return other ? ((await readHandovers(get)) ?? []) : [];
}
