/** Who may open a clip that is kept, once it is sealed anew: of its page of the book whoever read then and reads now, those to
 *  whom an owner showed that page, and the sheet.
 *
 *  Holds:   whoever came later, and was not shown that page, is not among them; nor is who left, nor a guest.
 *  Absent:  the sealing (`age.ts`) and the times when it is due.
 */
import { hex, utf8 } from "./bytes.ts";
import { checkWord, readGift, type WordWire } from "./earlier.ts";
import type { Epoch } from "./epoch.ts";
import { SealError } from "./errors.ts";
import { sha256 } from "./keys.ts";
import { type Member, reads, type Roll } from "./roll.ts";

export class Readers {
  readonly #words: ReadonlyMap<string, readonly WordWire[]>;
  readonly #checked = new Map<string, boolean>();
  readonly #household: string;
  readonly #chain: readonly Epoch[];

  /** `chain`: the household's book, checked. `words`: what the server shows of the owners' words; checked here. */
  constructor(household: string, chain: readonly Epoch[], words: readonly WordWire[]) {
    this.#household = household;
    this.#chain = chain;
    const byName = new Map<string, WordWire[]>();
    for (const word of words) byName.set(named(word), [...(byName.get(named(word)) ?? []), word]);
    this.#words = byName;
  }

  /** Whether somebody of the newest page may open what was sealed to the page `n`. */
  may({ account, sign_pub, age_recipient }: Member, n: number): boolean {
    // Old keys name nobody; the first page after them does, and who is on it had them.
    const page = this.#chain.slice(n).find(({ book }) => book)?.book;
    const then = page?.members.some((one) => reads(one.role) && one.account === account && one.sign_pub === sign_pub && one.age_recipient === age_recipient);
    return then || this.#shown(account, n);
  }

  /** To whom a clip of the page `n` is sealed anew, in one order everywhere. */
  of(n: number): string[] {
    const now: Roll | null = this.#chain.at(-1)?.book ?? null;
    if (!now) return [];
    const people = now.members.filter((one) => reads(one.role) && this.may(one, n));
    return [...people.map((one) => one.age_recipient), now.recovery.age_recipient].sort();
  }

  #shown(account: string, n: number): boolean {
    const name = `${account}/${n}`;
    const known = this.#checked.get(name);
    if (known !== undefined) return known;
    const holds = (this.#words.get(name) ?? []).some((wire) => holdsFor(wire, { household: this.#household, account, chain: this.#chain }));
    this.#checked.set(name, holds);
    return holds;
  }
}

/** The hash by which devices tell to whom a clip was sealed anew. */
export const readersHash = (recipients: readonly string[]): string => hex(sha256(utf8([...recipients].sort().join("\n"))));

function named({ statement }: WordWire): string {
  try {
    const { account, n } = readGift({ statement, sig: "", sealed: "" });
    return `${account}/${n}`;
  } catch {
    return "";
  }
}

function holdsFor({ statement, sig }: WordWire, given: { household: string; account: string; chain: readonly Epoch[] }): boolean {
  try {
    checkWord(readGift({ statement, sig, sealed: "" }), given);
    return true;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return false;
  }
}
