/**
 * What the agency's people write about a case: notes, exhibits, corrections of a clip's clock.
 *
 * In:     the case's key; papers as the server keeps them, sealed.
 * Out:    what they say, in order; a new one sealed and signed.
 * Holds:  a paper is never changed. A correction names the note that it corrects; the newest is shown, the earlier ones stay.
 * Absent: fetching.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { jcs } from "../../../core/jcs.ts";
import { openAge, sealAge } from "../../../core/seal/age.ts";
import { b64, hex, text, unb64, utf8 } from "../../../core/seal/bytes.ts";
import { type Identity, type SigningKey, sign } from "../../../core/seal/keys.ts";

export type Kind = "note" | "exhibit" | "exhibit-removed" | "clock";
export interface Sealed {
  readonly paper: string;
  readonly kind: string;
  readonly disclosure: string | null;
  readonly number: number | null;
  readonly earlier: string | null;
  readonly sealed: string;
  readonly by: string;
  readonly at: string;
}
/** A paper opened; `words` is null where it does not open. */
export interface Paper extends Omit<Sealed, "sealed"> {
  readonly words: string | null;
  /** Of a clock's correction, in milliseconds: added to the clip's own time. */
  readonly byMs: number;
}
export interface About {
  readonly kind: Kind;
  readonly disclosure: string | null;
  readonly number: number | null;
  readonly earlier: string | null;
}
export type Wire = About & { readonly sealed: string; readonly signature: string };

/** Pads to whole 256 bytes, so that the length tells nothing of the words. */
const STEP = 256;
function body(words: string, byMs: number): Uint8Array {
  const bare = utf8(JSON.stringify({ words, by_ms: byMs, pad: "" }));
  const pad = " ".repeat((STEP - (bare.length % STEP)) % STEP);
  return utf8(JSON.stringify({ words, by_ms: byMs, pad }));
}

export async function sealPaper(request: string, about: About, words: string, key: Identity, signer: SigningKey, byMs = 0): Promise<Wire> {
  const sealed = await sealAge(body(words, byMs), [key.recipient]);
  const signed = { request, ...about, sha256: hex(sha256(sealed)) };
  return { ...about, sealed: b64(sealed), signature: b64(sign(signer, "case-paper", jcs(signed))) };
}

export async function openPaper(one: Sealed, key: Identity): Promise<Paper> {
  const { sealed, ...rest } = one;
  try {
    const said = JSON.parse(text(await openAge(unb64(sealed), [key.secret]))) as { words?: unknown; by_ms?: unknown };
    const byMs = typeof said.by_ms === "number" && Number.isSafeInteger(said.by_ms) ? said.by_ms : 0;
    return { ...rest, words: typeof said.words === "string" ? said.words : null, byMs };
  } catch {
    return { ...rest, words: null, byMs: 0 };
  }
}

export interface Note {
  readonly now: Paper;
  /** What it said before, latest first. */
  readonly before: readonly Paper[];
}
/** Notes in the order in which they were first written, each as it was corrected last. */
export function notesOf(papers: readonly Paper[]): Note[] {
  const notes = papers.filter(({ kind }) => kind === "note");
  const chains: Paper[][] = [];
  for (const note of notes) {
    const chain = note.earlier === null ? undefined : chains.find((one) => one.some(({ paper }) => paper === note.earlier));
    if (chain) chain.unshift(note);
    else chains.push([note]);
  }
  return chains.flatMap(([now, ...before]) => (now ? [{ now, before }] : []));
}

export interface Exhibit {
  readonly paper: Paper;
  readonly removed: Paper | null;
}
/** Exhibits by number; those taken off stay on the list as such. */
export const exhibitsOf = (papers: readonly Paper[]): Exhibit[] =>
  papers
    .filter(({ kind }) => kind === "exhibit")
    .map((paper) => ({ paper, removed: papers.find((one) => one.kind === "exhibit-removed" && one.earlier === paper.paper) ?? null }))
    .sort((a, b) => (a.paper.number ?? 0) - (b.paper.number ?? 0));

export const nextNumber = (papers: readonly Paper[]): number => Math.max(0, ...papers.map(({ number }) => number ?? 0)) + 1;

/** The correction of a clip's clock that counts: the last one. */
export const clockOf = (papers: readonly Paper[], disclosure: string): Paper | null =>
  papers.findLast((one) => one.kind === "clock" && one.disclosure === disclosure && one.words !== null) ?? null;
