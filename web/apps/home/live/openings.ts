/** Clips opened on this device that no hub has written down yet: kept here while the hub does not answer.
 *  Ids and times only; what is older than the hub remembers is dropped. */
import { list, obj, str } from "../../../core/api/shape.ts";

export interface Opening {
  camera: string;
  clip: string;
  at: string;
}
const MOST = 200;
const DAYS_MS = 30 * 86_400_000;
const shape = list(obj<Opening>({ camera: str, clip: str, at: str }));

export class Openings {
  readonly #storage: Pick<Storage, "getItem" | "setItem">;
  readonly #name: string;

  /** `person` is who opened them (their signing key): on a browser that two people share, each tells of what they opened. */
  constructor(storage: Pick<Storage, "getItem" | "setItem">, household: string, person: string) {
    this.#storage = storage;
    this.#name = `fanlight-opened-${household}-${person}`;
  }

  /** Those that wait to be told, oldest first. */
  all(now = Date.now()): Opening[] {
    try {
      const kept = shape(JSON.parse(this.#storage.getItem(this.#name) ?? "[]"), "openings");
      return kept.filter(({ at }) => now - Date.parse(at) < DAYS_MS).slice(-MOST);
    } catch {
      return []; // not ours, or not readable
    }
  }
  add(opening: Opening): void {
    this.#keep([...this.all().filter(({ clip }) => clip !== opening.clip), opening].slice(-MOST));
  }
  drop(clip: string): void {
    this.#keep(this.all().filter((one) => one.clip !== clip));
  }

  #keep(openings: readonly Opening[]): void {
    try {
      this.#storage.setItem(this.#name, JSON.stringify(openings));
    } catch {
      // No room, or storage is switched off: what is told at once is told.
    }
  }
}
