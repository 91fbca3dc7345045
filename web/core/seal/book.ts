/**
 * The household's book: who may write the next epoch, what a reader accepts, and when a recovery counts.
 * Twin of fanlight.seal.book.
 *
 * Holds:  an epoch counts only if an owner of the one before it signed it, or that one's recovery key did and this
 *         reader saw it 24 h ago; what a reader once accepted cannot be taken back or replaced.
 * Absent: fetching, storing, the clock.
 */

import { jcs } from "../jcs.ts";
import { sealAge } from "./age.ts";
import { b64, hex, text, unb64, utf8 } from "./bytes.ts";
import { altered, type Book, checkEpoch, checkPlace, type Epoch, type EpochWire, readEpoch } from "./epoch.ts";
import { type Identity, newIdentity, sha256, sign, type SigningKey, verify } from "./keys.ts";
import { type Notes, notesBytes } from "./notes.ts";
import { checkRoll, isOwner, notesRecipients, type PublicHalves, publicKey, reads, type Roll, secretRecipients } from "./roll.ts";

export const RECOVERY_WAIT_MS = 24 * 3600 * 1000;
export type Author = "owner" | "recovery";

/** The newest epoch that a reader accepted: its number and the hash of its statement (the head). */
export interface Pin {
  readonly n: number;
  readonly hash: string;
}

/** What a reader brings along. It is JSON, to be kept on the device. */
export interface Known {
  /** Signing keys (base64) that it knows from elsewhere than the server: its own, the inviter's. One must have signed into the chain. */
  readonly trusted: readonly string[];
  /** What it accepted last. */
  readonly pin: Pin | null;
  /** When it first saw each recovery that did not count yet, in ms since 1970, by the statement's hash. */
  readonly seen: Readonly<Record<string, number>>;
}

export interface Accepted {
  /** The epochs that count, oldest first. */
  readonly chain: readonly Epoch[];
  /** A recovery that follows them and does not count yet. */
  readonly waiting: Epoch | null;
  /** When it will, in ms since 1970, unless an owner signs another epoch before. */
  readonly countsFrom: number | null;
  /** What to bring along next time. */
  readonly known: Known;
}

export const NOTHING_KNOWN: Known = { trusted: [], pin: null, seen: {} };

/**
 * Makes the epoch that follows `after` (undefined: the first) for everybody of `roll`. `signer` is an owner's key, or the
 * sheet's for a recovery; `day` is today in UTC. Throws SealError as `checkNext` would.
 */
export async function nextEpoch(given: {
  household: string;
  after: Epoch | undefined;
  roll: Roll;
  notes: Notes;
  signer: SigningKey;
  day: string;
}): Promise<{ identity: Identity; wire: EpochWire; epoch: Epoch }> {
  const { household, after, notes, signer, day } = given;
  const { members, hubs, recovery } = given.roll;
  checkRoll(given.roll);
  const identity = await newIdentity();
  const sealed = await sealAge(utf8(`${identity.secret}\n`), secretRecipients(given.roll));
  const hidden = await sealAge(notesBytes(notes, given.roll), notesRecipients(given.roll));
  const statement = jcs({
    v: 2,
    type: "epoch",
    household,
    n: after ? after.n + 1 : 0,
    prev: after ? after.chainHash : null,
    recipient: identity.recipient,
    sealed_sha256: hex(sha256(sealed)),
    private_sha256: hex(sha256(hidden)),
    day,
    by: b64(signer.public),
    members: members.map(({ account, sign_pub, age_recipient, role }) => ({ account, sign_pub, age_recipient, role })),
    hubs: hubs.map(({ hub, sign_pub, age_recipient }) => ({ hub, sign_pub, age_recipient })),
    recovery: { sign_pub: recovery.sign_pub, age_recipient: recovery.age_recipient },
  });
  const sig = b64(sign(signer, "epoch", statement));
  const wire: EpochWire = { statement: text(statement), sig, sealed: b64(sealed), private: b64(hidden) };
  const epoch = readEpoch(wire);
  checkNext(epoch, after, household, b64(signer.public));
  return { identity, wire, epoch };
}

/**
 * Checks that an epoch may follow `after` and tells as what its author signed. `owner` (base64) is the owner's key, for
 * epochs of version 1, which do not name it, and for what follows one directly. Throws SealError.
 */
export function checkNext(made: Epoch, after: Epoch | undefined, household: string, owner: string | null): Author {
  const { book } = made;
  const before = after?.book ?? null;
  const by = book ? book.by : owner;
  if (by === null) throw altered("nobody can say whose an old household key is");
  checkEpoch(made, publicKey(by), household);
  checkPlace(made, after);
  if (!book) {
    if (before) throw altered("a household key names nobody, though the one before it does");
    return "owner";
  }
  if (!before) {
    if (!isOwner(book, book.by) || (after && book.by !== owner)) throw altered("no owner of the household signed its first list of members");
    return "owner";
  }
  const author = authorOf(book, before);
  checkSameKeys(book, before);
  return author;
}

/**
 * Decides which of the server's epochs count for this reader. A recovery counts 24 h after this reader first saw it, by its
 * own clock; at once only if somebody whom it trusts signed on top of it, if it was pinned, or if the reader knows nothing yet.
 *
 * Throws SealError `bad_signature`, `malformed`, or `altered` for a list that this household's people did not sign, or that
 * takes back what this reader accepted before.
 */
export function accept(
  offered: readonly EpochWire[],
  given: { household: string; known: Known; now: number; pending?: EpochWire | null },
): Accepted {
  const { household, known, now } = given;
  const epochs = offered.map(readEpoch);
  const owner = ownerOfOld(epochs, known.trusted);
  const authors = epochs.map((epoch, n) => checkNext(epoch, epochs[n - 1], household, owner));
  const settled = settledAt(epochs, known);
  const stop = epochs.findIndex((epoch, n) => n > settled && authors[n] === "recovery" && !counts(epoch, known, now));
  const chain = stop === -1 ? epochs : epochs.slice(0, stop);
  const head = chain.at(-1);
  let waiting = stop === -1 ? null : (epochs[stop] ?? null);
  if (!waiting && given.pending && head) waiting = following(readEpoch(given.pending), head, household);
  const since = waiting && (known.seen[waiting.chainHash] ?? now);
  return {
    chain,
    waiting,
    countsFrom: since === null ? null : since + RECOVERY_WAIT_MS,
    known: {
      trusted: known.trusted,
      pin: head ? { n: head.n, hash: head.chainHash } : known.pin,
      seen: waiting && since !== null ? { [waiting.chainHash]: since } : {},
    },
  };
}

export type Heads = "same" | "behind" | "other";

/** How the head that a hub tells stands to the chain that this device accepted: `other` if the hub has a page that this one has not. */
export function compareHeads(chain: readonly Epoch[], told: Pin): Heads {
  if (chain[told.n]?.chainHash !== told.hash) return "other";
  return told.n === chain.length - 1 ? "same" : "behind";
}

function authorOf(book: Book, before: Book): Author {
  if (book.by === before.recovery.sign_pub) return "recovery";
  if (!isOwner(before, book.by)) throw altered("somebody who is no owner signed a household key");
  // Whoever makes an epoch knows its secret, and so must be among those it names.
  if (!book.members.some((member) => member.sign_pub === book.by && reads(member.role))) {
    throw altered("whoever signed a household key is not among its readers");
  }
  return "owner";
}

function checkSameKeys(roll: Roll, before: Roll): void {
  const everybody = ({ members, hubs }: Roll): [string, PublicHalves][] => [
    ...members.map((one): [string, PublicHalves] => [one.account, one]),
    ...hubs.map((one): [string, PublicHalves] => [one.hub, one]),
  ];
  const known = new Map(everybody(before));
  for (const [id, one] of everybody(roll)) {
    const was = known.get(id);
    if (was && (was.sign_pub !== one.sign_pub || was.age_recipient !== one.age_recipient)) {
      throw altered("somebody's keys were exchanged for others");
    }
  }
}

/** Which of the trusted keys signed the first epoch; version 1 does not name it. */
function ownerOfOld(epochs: readonly Epoch[], trusted: readonly string[]): string | null {
  const first = epochs[0];
  if (!first || first.book) return null;
  for (const key of trusted) {
    try {
      verify(publicKey(key), "epoch", utf8(first.wire.statement), unb64(first.wire.sig));
      return key;
    } catch {
      continue;
    }
  }
  throw altered("nobody whom this reader knows signed the first household key");
}

/** Up to where the list is beyond doubt for this reader; -1 for nowhere. */
function settledAt(epochs: readonly Epoch[], known: Known): number {
  const { pin } = known;
  if (pin && epochs[pin.n]?.chainHash !== pin.hash) throw altered("the server shows another list of household keys than before");
  const pinned = pin?.n ?? -1;
  if (known.trusted.length === 0) return pin ? pinned : epochs.length - 1;
  const signed = epochs.filter(({ book }) => !book || known.trusted.includes(book.by)).map(({ n }) => n);
  if (epochs.length > 0 && signed.length === 0) throw altered("nobody whom this reader knows signed any of the household keys");
  return Math.max(pinned, ...signed);
}

function counts(epoch: Epoch, known: Known, now: number): boolean {
  const since = known.seen[epoch.chainHash];
  return since !== undefined && now - since >= RECOVERY_WAIT_MS;
}

/** A pending recovery if it continues the chain; an owner's own epoch has voided it otherwise. */
function following(pending: Epoch, after: Epoch, household: string): Epoch | null {
  if (pending.prev !== after.chainHash) return null;
  if (checkNext(pending, after, household, null) !== "recovery") throw altered("the server holds back a household key that is no recovery");
  return pending;
}
