/**
 * A case's key: made on this computer, sealed once for each person who may open the case, given on and recovered.
 *
 * In:     the agency's people with their age recipients; one's own copy, or a recovery file of one's pair.
 * Out:    age files for the server to keep; the opened key, in memory only.
 * Holds:  the secret leaves only sealed to one person at a time; what was signed names each copy by hash.
 * Absent: who may (the server holds to it, and the entries say it).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { jcs } from "../../../core/jcs.ts";
import { openAge, sealAge } from "../../../core/seal/age.ts";
import { b64, hex, text, unb64, utf8 } from "../../../core/seal/bytes.ts";
import { type Identity, type SigningKey, identityRecipient, newIdentity, sign } from "../../../core/seal/keys.ts";

export interface Person {
  readonly account: string;
  readonly name: string;
  readonly role: string;
  readonly age_recipient: string;
}

/** A case key sealed to one person; `reader` is SHA-256 of their recipient, in hex. */
export interface Copy {
  readonly reader: string;
  readonly sealed: string;
}
/** A case key sealed to the second custodian, and that file to the first. */
export interface Pair {
  readonly first: string;
  readonly second: string;
  readonly sealed: string;
}
export interface CaseKey {
  readonly identity: Identity;
  readonly copies: readonly Copy[];
  readonly recovery: readonly Pair[];
}

/** Those whom a case key is sealed to when it is made: who asks, those who may sign as second person, custodians. */
export const firstHolders = (people: readonly Person[], asker: string): Person[] =>
  people.filter(({ account, role }) => account === asker || role === "supervisor" || role === "custodian");
/** Those who may be let into a case later. */
export const mayHold = (people: readonly Person[]): Person[] => people.filter(({ role }) => ["officer", "supervisor", "custodian"].includes(role));
/** Those of whom two can recover a key: three custodians at most, none where there is one. */
export const keepers = (people: readonly Person[]): Person[] => {
  const found = people.filter(({ role }) => role === "custodian").sort((a, b) => (a.account < b.account ? -1 : 1));
  return found.length < 2 ? [] : found.slice(0, 3);
};

const readerOf = (person: Person): string => hex(sha256(utf8(person.age_recipient)));
const line = (identity: Identity): Uint8Array => utf8(`${identity.secret}\n`);

export async function makeCaseKey(people: readonly Person[], asker: string): Promise<CaseKey> {
  const identity = await newIdentity();
  const copies = await Promise.all(firstHolders(people, asker).map(async (person) => ({ reader: readerOf(person), sealed: await sealFor(identity, person) })));
  const able = keepers(people);
  const pairs = able.flatMap((first, i) => able.slice(i + 1).map((second) => ({ first, second })));
  const recovery = await Promise.all(
    pairs.map(async ({ first, second }) => {
      const inner = await sealAge(line(identity), [second.age_recipient]);
      return { first: readerOf(first), second: readerOf(second), sealed: b64(await sealAge(inner, [first.age_recipient])) };
    }),
  );
  return { identity, copies, recovery };
}

/** By what the signed request names its copies, so that they can be destroyed and it still be checked. */
export const copiesDigest = ({ copies, recovery }: Pick<CaseKey, "copies" | "recovery">): string =>
  hex(sha256(jcs({ copies: copies.map((one) => ({ ...one })), recovery: recovery.map((one) => ({ ...one })) })));

/** The case key's identity text and recipient, opened with one's own key. Throws SealError. */
export async function openCaseKey(sealed: Uint8Array, own: string): Promise<Identity> {
  const secret = text(await openAge(sealed, [own])).trim();
  return { secret, recipient: await identityRecipient(secret) };
}

/** A copy of the key for one more person, base64. */
export const sealFor = async (identity: Identity, person: Person): Promise<string> => b64(await sealAge(line(identity), [person.age_recipient]));

export type Give = { readonly account: string; readonly sealed: string; readonly signature: string };
export function signCopy(request: string, account: string, sealed: string, signer: SigningKey): Give {
  return { account, sealed, signature: b64(sign(signer, "case-copy", jcs({ request, account, sealed }))) };
}

/** What the first custodian of a pair hands on: the file inside theirs, which they cannot open. Throws SealError. */
export async function openOuter(file: string, own: string): Promise<string> {
  return b64(await openAge(unb64(file), [own]));
}
export type Hand = { readonly inner: string; readonly signature: string };
export function signHand(request: string, second: string, inner: string, signer: SigningKey): Hand {
  return { inner, signature: b64(sign(signer, "case-recovery", jcs({ request, second, inner }))) };
}
