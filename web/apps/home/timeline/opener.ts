/** Opens descriptions in workers, one less than there are cores and two at most: the page keeps a core to itself. */
import type { Household } from "../../../core/seal/clip.ts";
import type { Answer, Ask } from "./opening.worker.ts";
import { type Opened, summarise } from "./summary.ts";

const MOST = 2;
let waiting: Opener | null = null;

/** Starts the workers before anybody needs them. */
export function prepareOpener(): void {
  waiting ??= new Opener();
}
/** Those, or others where they were handed out. */
export function preparedOpener(): Opener {
  const one = waiting ?? new Opener();
  waiting = null;
  return one;
}

/** Opens one description; rejects if it could not even be looked at. */
export type Open = (clip: string, manifestAge: Uint8Array) => Promise<Opened>;

export class Opener {
  #home: Household | null = null;
  readonly #workers: Worker[] = [];
  readonly #waiting = new Map<number, { done: (opened: Opened) => void; failed: (error: Error) => void }>();
  #next = 0;

  /** Starts the workers, which load what they need before there are keys. */
  constructor() {
    if (typeof Worker === "undefined") return;
    const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
    for (let i = 0; i < Math.max(1, Math.min(MOST, cores - 1)); i++) this.#workers.push(this.#worker());
  }

  /** Hands over the keys. */
  begin(home: Household): this {
    this.#home = home;
    for (const worker of this.#workers) worker.postMessage({ home } satisfies Ask);
    return this;
  }

  readonly open: Open = async (clip, manifestAge) => {
    if (!this.#home) throw new Error("There are no keys yet.");
    const id = this.#next++;
    const worker = this.#workers[id % this.#workers.length];
    if (!worker) return summarise(clip, manifestAge, this.#home);
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      worker.postMessage({ id, clip, manifestAge } satisfies Ask, [manifestAge.buffer as ArrayBuffer]);
    });
  };

  /** Lets the workers and the keys in them go. */
  close(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#giveUp("closed");
  }

  #worker(): Worker {
    const worker = new Worker(new URL("./opening.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const asked = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("opened" in data) asked?.done(data.opened);
      else asked?.failed(new Error(data.failed));
    };
    // The browser could not run it at all: from now on here, which is slower and as sound.
    worker.onerror = () => {
      this.#workers.length = 0;
      this.#giveUp("worker");
    };
    return worker;
  }

  #giveUp(why: string): void {
    for (const { failed } of this.#waiting.values()) failed(new Error(why));
    this.#waiting.clear();
  }
}
