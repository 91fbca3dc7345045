/** Who cosigned a checkpoint, and who runs them. Twin of fanlight.proof.cosignature (type 04). */

import { equal, utf8 } from "./bytes.ts";
import { COSIGNATURE, readVkey, signatureHolds, signaturesBy, type Note, type VerifierKey } from "./note.ts";
import { attempt, badSignature, malformed, type Result } from "./result.ts";

/** A cosigner and who runs it, in words, as the list it comes from says. */
export type Witness = { key: VerifierKey; runBy: string };
export type Cosigned = { kind: "cosigned"; witness: Witness; time_s: number };
export type NotCosigned = { kind: "absent" };

const PAYLOAD = 72;

/** Whether the operator runs it, or nobody we are told of: it adds no second eye. */
export function isOperatorsOwn(witness: Witness): boolean {
  return witness.runBy === "" || witness.runBy.toLowerCase().includes("operator");
}

export function readCosigned(note: Note, witness: Witness): Cosigned | NotCosigned {
  const { key } = witness;
  const times = signaturesBy(note, key).map(({ payload }) => {
    if (key.type !== COSIGNATURE || payload.length !== PAYLOAD) return badSignature(wrong(key));
    const time = new DataView(payload.buffer, payload.byteOffset).getBigUint64(0);
    const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
    if (time >= 2n ** 63n || !signatureHolds(key, message, payload.subarray(8))) badSignature(wrong(key));
    return Number(time);
  });
  return times.length === 0 ? { kind: "absent" } : { kind: "cosigned", witness, time_s: Math.max(...times) };
}

const wrong = (key: VerifierKey): string => `the cosignature of ${key.name} is not over this checkpoint`;

/** Tells when a witness cosigned (POSIX seconds), that it has not, or that its line is wrong. */
export function cosignedAt(note: Note, witness: Witness): Result<Cosigned | NotCosigned> {
  return attempt(() => readCosigned(note, witness));
}

/** Reads `witness.vkeys`: one `<vkey> # <who runs it>` a line. */
export function parseWitnesses(text: string): Result<{ kind: "witnesses"; all: Witness[] }> {
  return attempt(() => {
    const all: Witness[] = [];
    for (const line of text.split("\n").filter((row) => row.trim() !== "")) {
      const mark = line.indexOf(" # ");
      const key = readVkey((mark < 0 ? line : line.slice(0, mark)).trim());
      if (key.type !== COSIGNATURE || all.some((w) => equal(w.key.publicKey, key.publicKey))) {
        malformed("a witness's key is of another kind, or is listed twice");
      }
      all.push({ key, runBy: mark < 0 ? "" : line.slice(mark + 3).trim() });
    }
    return { kind: "witnesses", all };
  });
}

/**
 * Says in one sentence what the cosignatures are worth. Every "verified" mark shows it.
 * `log` is the log's key: a witness that signs with it is the operator's.
 */
export function witnessSentence(seen: readonly Cosigned[], log: VerifierKey): string {
  if (seen.length === 0) return "No witness has co-signed this checkpoint.";
  const others = seen.filter(({ witness: w }) => !isOperatorsOwn(w) && !equal(w.key.publicKey, log.publicKey));
  if (others.length === 0) return "Checked, but by the operator's own witness.";
  const names = others.map(({ witness: w }) => `${w.key.name} (${w.runBy})`).join(", ");
  return `Checked by others than the operator: ${names}.`;
}
