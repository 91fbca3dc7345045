/** What is not saved yet, and the way out that waits for an answer: nothing that a person drew or typed goes silently. */
import { route } from "../../ui/route.svelte.ts";
import { placeIn } from "./place.ts";

export interface Held {
  /** What it means that this is not saved. */
  readonly risk: string;
  /** Why it cannot be saved as it stands. */
  readonly waits: string | undefined;
  /** Whether it was saved. */
  readonly save: () => Promise<boolean>;
}

class Leaving {
  #held = $state.raw<readonly Held[]>([]);
  /** Where a person wants to go; null while nobody waits for an answer. */
  #to = $state.raw<string | null>(null);
  #here = "";

  get held(): readonly Held[] {
    return this.#held;
  }
  get asks(): boolean {
    return this.#to !== null && this.#held.length > 0;
  }

  /** From now on this asks before the page is left, until what is returned is called. */
  hold(one: Held): () => void {
    this.#held = [...this.#held, one];
    return () => (this.#held = this.#held.filter((other) => other !== one));
  }

  /** Minds all ways out of the page: a link, the browser's own Back and typed addresses (both through the route), a reload. */
  constructor() {
    this.#here = location.href;
    addEventListener("beforeunload", (event) => {
      if (this.#held.length > 0) event.preventDefault();
    });
    addEventListener("click", (event) => this.#clicked(event), { capture: true });
    route.guard(() => this.#mayMove());
  }

  stay(): void {
    this.#to = null;
  }
  /** Leaves what is not saved behind, and goes. */
  drop(): void {
    const to = this.#to;
    this.#held = [];
    this.#to = null;
    if (to !== null) location.hash = to;
  }
  /** Saves all of it, and goes where that worked; otherwise it says on the page what stood in the way. */
  async save(): Promise<void> {
    for (const one of this.#held) {
      if (!(await one.save())) return this.stay();
    }
    this.drop();
  }

  #clicked(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || this.#held.length === 0 || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = placeIn(link.href);
    if (to === null || link.href === location.href || !link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    this.#to = to;
  }
  #mayMove(): boolean {
    const to = placeIn(location.href);
    if (to === null || this.#held.length === 0) {
      this.#here = location.href;
      return true;
    }
    history.pushState(null, "", this.#here); // the way back leads where it led
    this.#to = to;
    return false;
  }
}

export const leaving = new Leaving();
