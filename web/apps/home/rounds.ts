/** Asks again and again while somebody looks: soon where the answer is quick, later where it is slow or does not come. */
import { pauseAfter } from "./timeline/listing.ts";

export class Rounds {
  readonly #ask: () => Promise<number | null>;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  #tookMs = 0;
  #ended = false;

  /** `ask` returns the milliseconds that the server took, or null where it did not answer. */
  constructor(ask: () => Promise<number | null>) {
    this.#ask = ask;
    document.addEventListener("visibilitychange", this.now);
    addEventListener("online", this.now);
  }

  /** Asks at once, unless nobody looks. */
  readonly now = (): void => {
    this.#wait(null);
    if (this.#ended || document.hidden) return;
    void this.#ask()
      .then((took) => {
        this.#failures = took === null ? this.#failures + 1 : 0;
        this.#tookMs = took ?? this.#tookMs;
      })
      .finally(() => this.#wait(pauseAfter(this.#tookMs, this.#failures)));
  };

  end(): void {
    this.#ended = true;
    this.#wait(null);
    document.removeEventListener("visibilitychange", this.now);
    removeEventListener("online", this.now);
  }

  #wait(ms: number | null): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = ms === null || this.#ended ? null : setTimeout(this.now, ms);
  }
}
