/** What this device remembers of answers to requests, and which requests it shows. It stays here, sealed under the person's own key and padded: who
 *  looks at the browser's storage learns neither which request was answered nor how. Declining sends nothing anywhere. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { bool, list, num, obj, oneOf, or, str } from "../../../core/api/shape.ts";
import { b64, type Bytes, concat, text, unb64, utf8 } from "../../../core/seal/bytes.ts";
import { derive } from "../../../core/seal/keys.ts";

const KINDS = ["shared", "declined", "hidden"] as const;
export interface Answer {
  request: string;
  kind: (typeof KINDS)[number];
  /** RFC 3339. */
  at: string;
  agency: string;
  caseNumber: string;
  /** Milliseconds of picture that were shared; 0 otherwise. */
  lengthMs: number;
  /** The copy that was sent; empty where none was, or before copies could be asked for back. */
  disclosure: string;
  /** What came of asking for it back: a day on which it is destroyed, `used`, or empty. */
  back: string;
  /** The note that went with the copy, and the agency's answer to it; empty where there is none. */
  note: string;
  reply: string;
  /** The key of the case it went to, so that who gave it can be said later; empty where none was kept. */
  caseKey: string;
  /** The name that was said of who gave it; empty where none was. */
  named: string;
}
/** Whose requests this device does not show: everybody's, or those of these agencies. */
export interface Quiet {
  all: boolean;
  agencies: { id: string; name: string }[];
}
export const LOUD: Quiet = { all: false, agencies: [] };
const quiet = obj<Quiet>({ all: bool, agencies: list(obj<Quiet["agencies"][number]>({ id: str, name: str })) });
interface Kept {
  answers: Answer[];
  seen: Pin | null;
  quiet: Quiet;
}
const answers = obj<Kept>({
  quiet: or(quiet, LOUD),
  answers: list(obj<Answer>({ request: str, kind: oneOf(KINDS), at: str, agency: str, caseNumber: or(str, ""), lengthMs: or(num, 0), disclosure: or(str, ""), back: or(str, ""), note: or(str, ""), reply: or(str, ""), caseKey: or(str, ""), named: or(str, "") })),
  seen: (value, where) => (value === null || value === undefined ? null : obj<Pin>({ vkey: str, size: num, root: str })(value, where)),
});

/** The record as it was last seen here: its key, and its size and root when they were co-signed. */
export interface Pin {
  vkey: string;
  size: number;
  root: string;
}

const SLOT = "fanlight.home";
const STEP = 8192;

/** The part of `localStorage` that is used. */
export type Shelf = Pick<Storage, "getItem" | "setItem">;

export class Answers {
  readonly #key: Bytes;
  readonly #slot: string;
  readonly #shelf: Shelf;

  constructor(seed: Bytes, shelf: Shelf) {
    this.#key = derive(seed, utf8("fanlight/home-shelf/v1"));
    // Two people may use one browser; the slot's name is a hash, so it names neither.
    this.#slot = `${SLOT}.${b64(derive(seed, utf8("fanlight/home-slot/v1"))).slice(0, 12)}`;
    this.#shelf = shelf;
  }

  all(): Answer[] {
    return this.#read().answers;
  }

  of(request: string): Answer | null {
    return this.all().find((answer) => answer.request === request) ?? null;
  }

  /** Keeps `answer` in place of an earlier one to the same request. */
  put(answer: Answer): void {
    const kept = this.#read();
    this.#write({ ...kept, answers: [answer, ...kept.answers.filter((one) => one.request !== answer.request)] });
  }

  /** Forgets an answer, so that the request shows again. */
  drop(request: string): void {
    const kept = this.#read();
    this.#write({ ...kept, answers: kept.answers.filter((one) => one.request !== request) });
  }

  get quiet(): Quiet {
    return this.#read().quiet;
  }
  /** Nothing is sent: this device goes on fetching what every device of its area fetches. */
  set quiet(quiet: Quiet) {
    this.#write({ ...this.#read(), quiet });
  }
  get seen(): Pin | null {
    return this.#read().seen;
  }
  set seen(pin: Pin | null) {
    this.#write({ ...this.#read(), seen: pin });
  }

  #read(): Kept {
    const stored = this.#shelf.getItem(this.#slot);
    if (stored) {
      try {
        const raw = unb64(stored);
        const plain = chacha20poly1305(this.#key, raw.subarray(0, 12)).decrypt(raw.subarray(12));
        return answers(JSON.parse(text(plain)), "answers");
      } catch {
        // Altered or of an older form: better to ask again than to show something false.
      }
    }
    return { answers: [], seen: null, quiet: LOUD };
  }

  #write(value: Kept): void {
    const plain = utf8(JSON.stringify(value));
    const padded = new Uint8Array(Math.ceil((plain.length + 1) / STEP) * STEP).fill(0x20);
    padded.set(plain);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    this.#shelf.setItem(this.#slot, b64(concat([nonce, chacha20poly1305(this.#key, nonce).encrypt(padded)])));
  }
}
