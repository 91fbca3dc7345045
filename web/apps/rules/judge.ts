/**
 * Judges drafts beside the page, the newest only: what was typed meanwhile is judged once.
 *
 * In:     drafts as they are typed.
 * Out:    what is said of the newest, through `told`.
 * Holds:  one is judged at a time; a worker that died says so, and the next draft starts another.
 */
import type { Answer } from "./judge.worker.ts";
import type { Judged, Question } from "./judging.ts";

export class Judge {
  readonly #told: (of: Question, judged: Judged | null) => void;
  #worker: Worker | null = null;
  #asked: Question | null = null;
  #next: Question | null = null;

  /** `told` hears what is said of a draft; null where the engine cannot be had. */
  constructor(told: (of: Question, judged: Judged | null) => void) {
    this.#told = told;
  }

  ask(question: Question): void {
    if (this.#asked === null) this.#send(question);
    else this.#next = question;
  }

  end(): void {
    this.#worker?.terminate();
    [this.#worker, this.#asked, this.#next] = [null, null, null];
  }

  #send(question: Question): void {
    this.#asked = question;
    this.#worker ??= this.#start();
    this.#worker.postMessage(question);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./judge.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#heard(data.kind === "judged" ? data.judged : null);
    worker.onerror = () => this.#heard(null);
    return worker;
  }

  #heard(judged: Judged | null): void {
    const [asked, next] = [this.#asked, this.#next];
    [this.#asked, this.#next] = [null, null];
    if (judged === null) {
      this.#worker?.terminate();
      this.#worker = null;
    }
    if (asked !== null) this.#told(asked, judged);
    if (next !== null) this.#send(next);
  }
}
