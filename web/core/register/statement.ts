/** What a clerk signs, in canonical JSON. Twin of fanlight.wire.register.
 *
 *  Holds:   a statement names its agreement, the very papers, the ordinance, the state and the day, so that its signature fits
 *           nothing else.
 *  Why:     docs/spec/register.md
 */
import type { Agreement } from "../api/register.ts";
import { b64, hex, utf8 } from "../bytes.ts";
import { type Json, jcsText } from "../jcs.ts";
import { sha256, sign, type SigningKey } from "../seal/keys.ts";

export const CONTEXT = "register";

export interface Hearing {
  readonly body: string;
  readonly date: string;
  readonly minutes: string;
}
export interface FullVote {
  readonly body: string;
  readonly date: string;
  readonly form: string;
  readonly ayes: number;
  readonly noes: number;
  readonly reference: string;
  readonly findings: boolean;
  readonly meetings: number;
  readonly advisory: string;
  readonly asked: string | null;
  readonly counsel_reviewed: boolean;
  readonly minutes: string | null;
}
/** About which papers, by whom, on which day. */
export interface Saying {
  readonly agreement: string;
  readonly papers: string;
  readonly pack: string;
  readonly clerk: string;
  readonly day: string;
}

export const digest = (text: string): string => hex(sha256(utf8(text)));

/** The day as the register counts it. */
export const today = (now: Date = new Date()): string => now.toISOString().slice(0, 10);

export const saying = ({ agreement, papers, pack }: Pick<Agreement, "agreement" | "papers" | "pack">, clerk: string, day: string): Saying => ({
  agreement,
  papers,
  pack,
  clerk,
  day,
});
const text = (said: Saying, state: string, more: Readonly<Record<string, Json>>): string => jcsText({ v: 1, ...said, state, ...more });

export const onHearing = (said: Saying, hearing: Hearing): string => text(said, "hearing", { hearing: { ...hearing } });
/** Carried exactly when ayes outnumber noes. */
export const onVote = (said: Saying, vote: FullVote): string => text(said, vote.ayes > vote.noes ? "voted" : "rejected", { vote: { ...vote } });
/** Brings it into force upon the vote's statement. */
export const onForce = (said: Saying, vote: string): string => text(said, "in_force", { vote: digest(vote) });

/** What a new clerk signs on their own appointment; `document` is the hash of the elected body's words. */
export const onAppointment = (
  clerk: { readonly clerk: string; readonly name: string; readonly office: string; readonly key: string; readonly day: string },
  appointed: { readonly body: string; readonly date: string; readonly reference: string; readonly document: string },
): string => jcsText({ v: 1, ...clerk, appointed: { ...appointed } });

export const signed = (key: SigningKey, statement: string): string => b64(sign(key, CONTEXT, utf8(statement)));

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
/** A new id, in the form of all ids. */
export function newId(random: Uint8Array = crypto.getRandomValues(new Uint8Array(26))): string {
  return Array.from(random, (byte) => LETTERS[byte % 32]).join("");
}
