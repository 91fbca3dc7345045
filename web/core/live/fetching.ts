/** Footage on its way: segments put together from their pieces, taken no faster than they are used. */
import type { Bytes } from "../bytes.ts";
import type { Part } from "./words.ts";

/** One whole segment: `init` is there where the coding differs from the segment before. */
export interface FilmPart {
  readonly start: Date;
  readonly end: Date;
  readonly mime: string;
  readonly init: Bytes | null;
  readonly fragment: Bytes;
}
/** Returns once the segment is taken: only then is more asked for. */
export type OnPart = (part: FilmPart) => Promise<void>;
/** `cut`: the connection ended; ask anew from `reached` on. */
export type FetchEnd = "end" | "refused" | "damaged" | "cut" | "given-up";

const MOST_PART_BYTES = 64 << 20;

export class Fetching {
  readonly id: number;
  readonly done: Promise<FetchEnd>;
  /** Where the last whole segment ended. */
  reached: Date | null = null;
  #resolve: (how: FetchEnd) => void = () => undefined;
  readonly #onPart: OnPart;
  readonly #say: (word: string, fields: object) => void;
  #part: Part | null = null;
  #held: Bytes = new Uint8Array(0);
  #at = 0;
  #total = 0;
  #over = false;
  #taking: Promise<void> = Promise.resolve();

  constructor(id: number, onPart: OnPart, say: (word: string, fields: object) => void) {
    this.id = id;
    this.#onPart = onPart;
    this.#say = say;
    this.done = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** The facts of a segment whose bytes follow. */
  part(part: Part): void {
    if (part.init > part.length || part.length > MOST_PART_BYTES) return this.#finish("damaged");
    this.#part = part;
    this.#held = new Uint8Array(part.length);
    this.#at = 0;
  }

  bytes(piece: Uint8Array): void {
    const part = this.#part;
    if (!part || this.#over) return;
    if (this.#at + piece.length > part.length) return this.#finish("damaged");
    this.#held.set(piece, this.#at);
    this.#at += piece.length;
    this.#total += piece.length;
    const total = this.#total;
    if (this.#at < part.length) {
      this.#taking = this.#taking.then(() => this.#ask(total));
      return;
    }
    const whole: FilmPart = {
      start: new Date(part.start),
      end: new Date(part.end),
      mime: part.mime,
      init: part.init ? this.#held.slice(0, part.init) : null,
      fragment: this.#held.slice(part.init),
    };
    this.#taking = this.#taking.then(async () => {
      if (this.#over) return;
      await this.#onPart(whole);
      this.reached = whole.end;
      this.#ask(total);
    });
    this.#taking.catch(() => this.#finish("damaged"));
  }

  /** The hub has sent all, or will send no more. */
  over(how: FetchEnd): void {
    void this.#taking.then(
      () => this.#finish(how),
      () => this.#finish("damaged"),
    );
  }

  /** Takes no more of it. */
  giveUp(): void {
    this.#finish("given-up");
  }

  #ask(bytes: number): void {
    if (!this.#over) this.#say("more", { id: this.id, bytes });
  }
  #finish(how: FetchEnd): void {
    if (this.#over) return;
    this.#over = true;
    if (how !== "cut") this.#say("enough", { id: this.id });
    this.#resolve(how);
  }
}
