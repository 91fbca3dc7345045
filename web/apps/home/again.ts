/** Tries again by itself what did not begin because nobody answered: soon at first, later each time, and at once when the
 *  network or whoever looks comes back.
 *
 *  In:      why it did not begin.
 *  Out:     what is said of it meanwhile.
 *  Holds:   one wait at a time; a tab that nobody looks at asks nothing; who was told no is not asked again.
 *  Absent:  what is tried.
 */
import { ApiError } from "../../core/api/client.ts";
import type { Trouble } from "../../ui/trouble.ts";
import { words } from "./words.ts";

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/** Whether an error says that nobody answered, or only somebody in between or a server that just starts: that passes. */
export const isAway = (error: unknown): boolean => error instanceof ApiError && (error.away || error.status >= 500);

/** How long to wait after so many tries in vain. `chance` (0 to 1) spreads the many pages that a server's failure stops. Pure. */
export const waitAfter = (tries: number, chance: number): number => Math.min(FIRST_MS * 2 ** tries, LONGEST_MS) * (0.5 + chance / 2);

/** What tells that somebody looks, or that the network is back. */
export interface Around extends Pick<EventTarget, "addEventListener" | "removeEventListener"> {
  readonly document: Pick<Document, "hidden" | "addEventListener" | "removeEventListener">;
}

export class Again {
  /** Since when nobody answers; null while it is not tried again. */
  since: Date | null = null;
  readonly #act: () => unknown;
  readonly #around: Around;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(act: () => unknown, around: Around = globalThis as unknown as Around) {
    this.#act = act;
    this.#around = around;
  }

  /** It did not begin. Where that passes it is tried again, later than before, and what to say of it returned; else null. */
  later(error: unknown): Trouble | null {
    if (!isAway(error)) {
      this.end();
      return null;
    }
    if (!this.since) {
      this.since = new Date();
      this.#around.addEventListener("online", this.now);
      this.#around.document.addEventListener("visibilitychange", this.now);
    }
    this.#stop();
    this.#timer = setTimeout(this.now, waitAfter(this.#tries++, Math.random()));
    return words.today.away(this.since);
  }

  /** Tries at once, unless nobody looks: then as soon as somebody does. */
  readonly now = (): void => {
    this.#stop();
    if (!this.#around.document.hidden) this.#act();
  };

  /** It began, or trying is of no use. */
  end(): void {
    this.#stop();
    this.since = null;
    this.#tries = 0;
    this.#around.removeEventListener("online", this.now);
    this.#around.document.removeEventListener("visibilitychange", this.now);
  }

  #stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
