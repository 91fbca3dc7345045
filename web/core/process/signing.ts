/** What counsel signs on legal process: all of it, and what everybody reads of it. Twin of fanlight.wire.process; docs/spec/log.md.
 *
 *  Holds:   what everybody can check names no household; a signature fits one process and one day.
 */
import { b64, hex } from "../bytes.ts";
import { jcs, type Json } from "../jcs.ts";
import { signAct } from "../seal/carrying.ts";
import { type MemberKeys, sha256, sign } from "../seal/keys.ts";

const CONTEXT = "process";

export interface Signed {
  readonly day: string;
  readonly signature: string;
  readonly signed: string;
}
const digest = (fields: Json): string => hex(sha256(jcs(fields)));
const open = (keys: MemberKeys, statement: Json): string => b64(sign(keys.signing, CONTEXT, jcs(statement)));

/** What is decided of a document (its SHA-256), and as what. */
export interface Deciding {
  readonly process: string;
  readonly kind: string;
  readonly document: string;
  readonly decision: string;
  readonly reason: string;
  readonly scope: Json;
}
export function signDecision(keys: MemberKeys, own: string, { kind, ...all }: Deciding, day: string): Signed {
  const { process, decision } = all;
  return { day, signature: signAct(keys, own, "process-decision", digest(all)), signed: open(keys, { v: 1, act: "decide", process, kind, decision, day }) };
}

/** Signs that the packet of this hash goes out. */
export const signRelease = (keys: MemberKeys, own: string, process: string, sha: string, day: string): Signed => ({
  day,
  signature: signAct(keys, own, "process-release", `${process}/${sha}`),
  signed: open(keys, { v: 1, act: "release", process, day }),
});

export const signRenewal = (keys: MemberKeys, own: string, said: { readonly process: string; readonly until: string; readonly court: string; readonly docket: string; readonly ordered: string }): string =>
  signAct(keys, own, "process-renewal", digest(said));

/** Tells whether a packet is the one whose hash was signed. */
export const isPacket = (content: Json, sha: string): boolean => digest(content) === sha;
