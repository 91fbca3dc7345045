/** Earlier keys: an epoch's secret that an owner's device seals to somebody who came after it. Twin of fanlight.seal.earlier.
 *
 *  Holds:  a gift is for one member and one page of one book: a server can neither make one nor exchange it.
 *  Absent: from when on somebody may see; that is the owner's choice.
 */
import { jcs } from "../jcs.ts";
import { openAge, sealAge } from "./age.ts";
import { type Bytes, b64, hex, text, unb64, utf8 } from "./bytes.ts";
import { altered, type Epoch, secretOf } from "./epoch.ts";
import { Fields } from "./fields.ts";
import { identityRecipient, sha256, sign, type SigningKey, verify } from "./keys.ts";
import { isOwner, publicKey } from "./roll.ts";

/** As the API carries it. */
export interface GiftWire {
  readonly statement: string;
  readonly sig: string;
  readonly sealed: string;
}

/** A gift without the key: an owner's word that somebody may see an earlier page. */
export type WordWire = Pick<GiftWire, "statement" | "sig">;

export interface Gift {
  readonly household: string;
  readonly account: string;
  readonly n: number;
  readonly epochHash: string;
  /** Whose word it says it is, base64. */
  readonly by: string;
  readonly sealedHash: string;
  readonly sealed: Bytes;
  readonly wire: GiftWire;
}

const HASH = /^[0-9a-f]{64}$/;
const ID = /^[a-z2-7]{26}$/;

/** Seals an epoch's secret to a member who came later, under an owner's word; null where it was destroyed: then the word alone,
 *  for what is kept of that time. Throws SealError `altered` for another's secret. */
export async function giveEarlier(epoch: Epoch, secret: string | null, to: { account: string; age_recipient: string }, owner: SigningKey): Promise<GiftWire> {
  if (secret !== null && (await identityRecipient(secret)) !== epoch.recipient) throw altered("the secret of a household key does not belong to the key its owner signed");
  const sealed = secret === null ? new Uint8Array(0) : await sealAge(utf8(`${secret}\n`), [to.age_recipient]);
  const statement = jcs({
    v: 1,
    type: "earlier",
    household: epoch.household,
    account: to.account,
    n: epoch.n,
    epoch_sha256: epoch.chainHash,
    by: b64(owner.public),
    sealed_sha256: hex(sha256(sealed)),
  });
  return { statement: text(statement), sig: b64(sign(owner, "earlier", statement)), sealed: b64(sealed) };
}

/** Reads a gift; the signature is not checked yet. Throws SealError `malformed`. */
export function readGift(wire: GiftWire): Gift {
  const read = Fields.of(wire.statement, "earlier");
  const gift = {
    household: read.match("household", ID),
    account: read.match("account", ID),
    n: read.count("n", 2 ** 32 - 1),
    epochHash: read.match("epoch_sha256", HASH),
    by: read.match("by", /^[A-Za-z0-9+/]{43}=$/),
    sealedHash: read.match("sealed_sha256", HASH),
  };
  read.end();
  return { ...gift, sealed: unb64(wire.sealed), wire };
}

/** The identity text of an epoch from before we came. Throws SealError unless an owner gave it to us, for this page of this book. */
export async function openEarlier(
  gift: Gift,
  identities: readonly string[],
  given: { household: string; account: string; chain: readonly Epoch[] },
): Promise<string> {
  const epoch = checkWord(gift, given);
  if (hex(sha256(gift.sealed)) !== gift.sealedHash) throw altered("the sealed half of an earlier key is not the one its owner signed");
  return secretOf(epoch, await openAge(gift.sealed, identities));
}

/** The page that an owner's word lets this member see. Throws SealError unless an owner gave it, for this page of this book. */
export function checkWord(gift: Gift, given: { household: string; account: string; chain: readonly Epoch[] }): Epoch {
  const { chain } = given;
  verify(publicKey(gift.by), "earlier", utf8(gift.wire.statement), unb64(gift.wire.sig));
  if (gift.household !== given.household || gift.account !== given.account) throw altered("an earlier key was given to somebody else");
  const epoch = chain[gift.n];
  if (epoch?.chainHash !== gift.epochHash) throw altered("an earlier key is of no page of the household's list");
  // Then or since: who was removed before that page has no say about it.
  if (!chain.slice(gift.n).some(({ book }) => book && isOwner(book, gift.by))) throw altered("somebody who was no owner then or since gave an earlier key");
  return epoch;
}
