/** Officers' pseudonyms as the auditor's browser makes, signs and checks them. Twin of fanlight.wire.pseudonyms.
 *
 *  In:      a key of one agency and year, made here; accounts that wait; what the server says of whose each is.
 *  Out:     pseudonyms, what the auditor signs, the key sealed to the auditor; faults.
 *  Holds:   the key leaves the browser only as an age file to the auditor's own recipient, and comes back only with the auditor's
 *           signature in it: nobody can put another in its place. A pseudonym that no auditor signed is a fault.
 *  Why:     docs/spec/auditing.md
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { obj, str } from "../api/shape.ts";
import { b64, type Bytes, readB64, readUtf8, utf8 } from "../bytes.ts";
import { idOf } from "../ids.ts";
import { jcs, jcsText, parseJcs } from "../jcs.ts";
import { openAge, sealAge } from "../seal/age.ts";
import { type MemberKeys, verify } from "../seal/keys.ts";
import type { Line } from "./lines.ts";
import { CONTEXT, signed } from "./statement.ts";

const TURNS = 5;
const LETTERS = 10;

/** Ten letters of base32, `abcde-fghij`; `turn` is how many of the hash's were taken already. */
export function pseudonymOf(key: Uint8Array, agency: string, year: number, account: string, turn = 0): string {
  const letters = idOf(hmac(sha256, key, jcs([agency, year, account]))).slice(LETTERS * turn, LETTERS * (turn + 1));
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** Names everybody who waits, nobody as somebody else is named. */
export function nameAll(key: Uint8Array, agency: string, year: number, waiting: readonly string[], taken: readonly string[]): Map<string, string> {
  const used = new Set(taken);
  const names = new Map<string, string>();
  for (const account of waiting) {
    const all = Array.from({ length: TURNS }, (_, turn) => pseudonymOf(key, agency, year, account, turn));
    const free = all.find((one) => !used.has(one));
    if (free === undefined) continue; // five of 2^50 each taken: they wait for the next year's key
    used.add(free);
    names.set(account, free);
  }
  return names;
}

export function onNaming(auditor: string, agency: string, year: number, names: ReadonlyMap<string, string>): string {
  const given = [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([account, pseudonym]) => ({ account, pseudonym }));
  return jcsText({ v: 1, act: "pseudonyms", auditor, agency, year, names: given });
}

export const onKey = (agency: string, year: number, key: Uint8Array): string => jcsText({ v: 1, act: "pseudonym-key", agency, year, key: b64(key) });

const kept = obj<{ said: string; signature: string }>({ said: str, signature: str });

/** A new key of a year, and the file that keeps it for this auditor alone. */
export async function newKey({ age, signing }: MemberKeys, agency: string, year: number): Promise<{ key: Bytes; sealed: Bytes }> {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const said = onKey(agency, year, key);
  return { key, sealed: await sealAge(jcs({ said, signature: signed(signing, said) }), [age.recipient]) };
}

/** The key in a file that `newKey` made for this very agency and year; null: another's file, or none of ours. Throws SealError where it is not for us. */
export async function openKey({ age, signing }: MemberKeys, agency: string, year: number, sealed: Uint8Array): Promise<Bytes | null> {
  const plain = await openAge(sealed, [age.secret]);
  try {
    const { said, signature } = kept(parseJcs(readUtf8(plain) ?? ""), "key");
    verify(signing.public, CONTEXT, utf8(said), readB64(signature) ?? new Uint8Array(0));
    const key = readB64(String(parseJcs(said)["key"]));
    return key && said === onKey(agency, year, key) ? key : null;
  } catch {
    return null;
  }
}

export interface Known {
  readonly account: string;
  readonly name: string;
  readonly role: string;
  readonly ended: boolean;
  readonly year: number;
  readonly pseudonym: string;
  readonly naming: string;
  readonly asked: number;
  readonly signed: number;
}
export interface Naming {
  readonly naming: string;
  readonly key: string;
  readonly statement: string;
  readonly signature: string;
}

/** Those of `people` whose pseudonym stands in no statement of an auditor of the agency; `keys` are theirs, from the record. */
export function unsigned(people: readonly Known[], namings: readonly Naming[], agency: string, keys: readonly string[]): Known[] {
  const given = new Map<string, ReadonlySet<string>>();
  for (const { naming, key, statement, signature } of namings) {
    const names = keys.includes(key) ? namesIn(key, statement, signature, agency) : null;
    if (names) given.set(naming, names);
  }
  return people.filter(({ account, year, pseudonym, naming }) => given.get(naming)?.has(`${year} ${account} ${pseudonym}`) !== true);
}

function namesIn(key: string, statement: string, signature: string, agency: string): ReadonlySet<string> | null {
  try {
    verify(readB64(key) ?? new Uint8Array(0), CONTEXT, utf8(statement), readB64(signature) ?? new Uint8Array(0));
    const said = parseJcs(statement) as unknown as { act: string; agency: string; year: number; names: { account: string; pseudonym: string }[] };
    if (said.act !== "pseudonyms" || said.agency !== agency) return null;
    return new Set(said.names.map(({ account, pseudonym }) => `${said.year} ${account} ${pseudonym}`));
  } catch {
    return null;
  }
}

/** The entries that put a request under a pseudonym which is not that of the person whom the request's own entry commits to. */
export function misnamed(lines: readonly Line[], people: readonly Known[]): Line[] {
  const named = new Map<string, Set<string>>();
  for (const { type, pub, opened } of lines) {
    if (type !== "request") continue;
    for (const by of ["officer", "cosigner"]) {
      const name = opened[by];
      const place = `${String(pub["request"])} ${by}`;
      if (typeof name === "string") named.set(place, (named.get(place) ?? new Set()).add(name));
    }
  }
  return lines.filter(({ type, pub }) => {
    if (type !== "pseudonym") return false;
    const names = named.get(`${String(pub["request"])} ${String(pub["by"])}`);
    return !people.some(({ name, year, pseudonym }) => year === pub["year"] && pseudonym === pub["pseudonym"] && names?.has(name) === true);
  });
}
