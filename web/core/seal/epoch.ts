/** The household's keys by period: statements as they are signed, of version 1 and 2. Twin of fanlight.seal.epoch. */

import { openAge } from "./age.ts";
import { type Bytes, hex, text, unb64, utf8 } from "./bytes.ts";
import { SealError } from "./errors.ts";
import { bad, Fields } from "./fields.ts";
import { identityRecipient, sha256, verify } from "./keys.ts";
import { publicKey, recipientOf, type Roll, readRoll } from "./roll.ts";

const HASH = /^[0-9a-f]{64}$/;

/** As the API carries it: the signed text, and base64 of signature, sealed secret and sealed notes. */
export interface EpochWire {
  readonly statement: string;
  readonly sig: string;
  readonly sealed: string;
  /** Missing or empty in version 1, and where the server left the notes of an old epoch out. */
  readonly private?: string;
}

/** What version 2 adds: everybody of the household, who signs (base64), the day, the hash of the notes. */
export interface Book extends Roll {
  readonly by: string;
  readonly day: string;
  readonly privateHash: string;
}

export interface Epoch {
  readonly household: string;
  readonly n: number;
  readonly prev: string | null;
  readonly recipient: string;
  readonly sealedHash: string;
  readonly sealed: Bytes;
  readonly private: Bytes;
  /** What the next statement carries as `prev`; of the newest one: the head of the book. */
  readonly chainHash: string;
  /** Null in version 1, which names nobody. */
  readonly book: Book | null;
  /** As it came. */
  readonly wire: EpochWire;
}

/** Reads one epoch; the signature is not checked yet. Throws SealError `malformed`. */
export function readEpoch(wire: EpochWire): Epoch {
  const read = Fields.of(wire.statement, "epoch", [1, 2]);
  const names = read.count("v") === 2;
  const epoch = {
    household: read.match("household", /^[a-z2-7]{26}$/),
    n: read.count("n", 2 ** 32 - 1),
    prev: read.nullableHash("prev"),
    recipient: recipientOf(read, "recipient"),
    sealedHash: read.match("sealed_sha256", HASH),
    book: names ? readBook(read) : null,
  };
  read.end();
  if ((epoch.prev === null) !== (epoch.n === 0)) bad("only the first household key has none before it");
  const chainHash = hex(sha256(utf8(wire.statement)));
  return { ...epoch, sealed: unb64(wire.sealed), private: unb64(wire.private ?? ""), chainHash, wire };
}

/** Checks one epoch by itself: signature, household, hashes of its sealed halves. Throws SealError. */
export function checkEpoch(epoch: Epoch, owner: Uint8Array, household: string): void {
  verify(owner, "epoch", utf8(epoch.wire.statement), unb64(epoch.wire.sig));
  if (epoch.household !== household) throw altered("a household key belongs to another household");
  if (epoch.sealed.length > 0 && hex(sha256(epoch.sealed)) !== epoch.sealedHash) throw altered("the sealed half of a household key is not the one its owner signed");
  if (epoch.private.length > 0 && hex(sha256(epoch.private)) !== epoch.book?.privateHash) {
    throw altered("the notes to a household key are not those its owner signed");
  }
}

/** Checks that an epoch names `after` as the one before it; throws SealError `altered`. */
export function checkPlace(epoch: Epoch, after: Epoch | undefined): void {
  const fits = epoch.n === (after ? after.n + 1 : 0) && epoch.prev === (after?.chainHash ?? null);
  if (!fits) throw altered("the list of household keys has a gap or a foreign link");
}

/** The identity text of a checked epoch; throws `not_for_us` for one from before we joined, or whose secret was destroyed. */
export async function openEpoch(epoch: Epoch, identities: readonly string[]): Promise<string> {
  if (epoch.sealed.length === 0) throw new SealError("not_for_us", "its secret was destroyed");
  return secretOf(epoch, await openAge(epoch.sealed, identities));
}

/** What was opened, as the identity text of this epoch. Throws SealError `altered` for another's. */
export async function secretOf(epoch: Epoch, opened: Uint8Array): Promise<string> {
  const secret = text(opened).replace(/\n$/, "");
  if ((await identityRecipient(secret)) !== epoch.recipient) {
    throw altered("the secret of a household key does not belong to the key its owner signed");
  }
  return secret;
}

export const altered = (why: string): SealError => new SealError("altered", why);

function readBook(read: Fields): Book {
  const book: Book = {
    ...readRoll(read),
    by: read.match("by", /^[A-Za-z0-9+/]{43}=$/),
    day: read.match("day", /^\d{4}-\d\d-\d\d$/),
    privateHash: read.match("private_sha256", HASH),
  };
  publicKey(book.by);
  if (Number.isNaN(Date.parse(`${book.day}T00:00:00Z`)) || new Date(`${book.day}T00:00:00Z`).toISOString().slice(0, 10) !== book.day) {
    bad("its day is none");
  }
  return book;
}
