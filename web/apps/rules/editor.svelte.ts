/** The draft that is on the page: its changes, what is said of it, and that this browser keeps it. */
import type { PackText } from "../../core/policy/shapes.ts";
import { draftOf, packOf, textsOf, type Draft } from "./draft.ts";
import { canonicalOf } from "./files.ts";
import { begin, change, redo, settle, undo, type History } from "./history.ts";
import { Judge } from "./judge.ts";
import type { Judged, Question } from "./judging.ts";
import { forget, keep, type Kept } from "./keeping.ts";

export class Editor {
  /** Canonical text of the pack that it began from. */
  readonly from: string;
  #history: History = $state.raw(begin(""));
  readonly draft: Draft = $derived(JSON.parse(this.#history.text) as Draft);
  readonly pack: PackText = $derived(packOf(this.draft));
  /** Canonical text of the draft's pack; null where it holds what no file can. */
  readonly text: string | null = $derived(canonicalOf(this.pack));
  readonly began: PackText;
  /** What is said of the newest draft that was read; `of` is its text. */
  judged = $state.raw<{ readonly of: string; readonly is: Judged } | null>(null);
  away = $state(false);
  kept = $state(true);
  readonly #judge: Judge;

  constructor(from: PackText, kept: Kept | null = null) {
    this.from = kept?.from ?? (canonicalOf(from) as string);
    this.began = JSON.parse(this.from) as PackText;
    this.#judge = new Judge((of: Question, is: Judged | null) => {
      this.away = is === null;
      if (is !== null) this.judged = { of: of.text, is };
    });
    this.#set(kept?.history ?? begin(JSON.stringify(draftOf(this.began))));
  }

  get mayUndo(): boolean {
    return this.#history.done.length > 0;
  }
  get mayRedo(): boolean {
    return this.#history.undone.length > 0;
  }
  /** Whether what is said is of the draft as it stands. */
  get current(): boolean {
    return this.judged !== null && this.judged.of === this.text;
  }

  /** Changes the draft; `field` names what was changed, so that typing is one step. */
  change(field: string, how: (draft: Draft) => Draft): void {
    this.#set(change(this.#history, JSON.stringify(how(this.draft)), field));
  }
  settle(): void {
    this.#history = settle(this.#history);
  }
  undo(): void {
    this.#set(undo(this.#history));
  }
  redo(): void {
    this.#set(redo(this.#history));
  }
  discard(): void {
    this.end();
    forget();
  }
  end(): void {
    this.#judge.end();
  }

  #set(history: History): void {
    this.#history = history;
    this.kept = keep({ from: this.from, history });
    if (this.text !== null) this.#judge.ask({ text: this.text, from: this.from, clauses: textsOf(this.draft) });
  }
}
