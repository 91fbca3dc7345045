/** What this device knows of a household's book: which keys it trusts, what it accepted last, since when a recovery waits.
 *
 *  Holds:   per person and household, in localStorage. Nothing in it is secret; without it a server could show an old list.
 *  Absent:  keys that open anything.
 */
import { type Known, NOTHING_KNOWN } from "../../../core/seal/book.ts";
import { b64, hex, utf8 } from "../../../core/seal/bytes.ts";
import { sha256 } from "../../../core/seal/keys.ts";
import { list, nullable, num, obj, type Read, record, str } from "../../../core/api/shape.ts";

const PREFIX = "fanlight.book.";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const times: Read<Record<string, number>> = (value, where) =>
  Object.fromEntries(Object.entries(record(value, where)).map(([hash, at]) => [hash, num(at, where)]));
const shape = obj<Known>({ trusted: list(str), pin: nullable(obj({ n: num, hash: str })), seen: times });

/** Keeps what one person's device knows. Where storage is switched off, nothing is known the next time. */
export class Pins {
  readonly #store: Store | undefined;
  readonly #name: string;

  constructor(signPub: Uint8Array, household: string, store: Store | undefined = ground()) {
    this.#store = store;
    this.#name = PREFIX + hex(sha256(utf8(`${b64(signPub)} ${household}`))).slice(0, 32);
  }

  load(): Known {
    try {
      const kept = this.#store?.getItem(this.#name);
      return kept ? shape(JSON.parse(kept), "pins") : NOTHING_KNOWN;
    } catch {
      return NOTHING_KNOWN; // storage is off, or somebody else wrote there
    }
  }

  keep(known: Known): void {
    try {
      this.#store?.setItem(this.#name, JSON.stringify(known));
    } catch {
      // Full or off: this device knows as much as before.
    }
  }

  /** Trusts a further signing key (base64) from now on: the inviter's, for who was invited; one's own, for who begins. */
  trust(signPub: string): void {
    const known = this.load();
    if (!known.trusted.includes(signPub)) this.keep({ ...known, trusted: [...known.trusted, signPub] });
  }

  forget(): void {
    this.#store?.removeItem(this.#name);
  }
}

function ground(): Store | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
