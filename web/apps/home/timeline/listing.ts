/** A day's clips as the server lists them, asked for again and again: pages that stayed as they were cost one short answer. */
import { clipManifest } from "../../../core/api/calls.ts";
import { type ClipPage, type ClipRow, clipsOf } from "../../../core/api/clips.ts";
import type { Client, Tagged } from "../../../core/api/client.ts";

const FIRST = 4; // descriptions that are on their way before there are keys: more would hold up the first

export class Listing {
  readonly #api: Client;
  /** By day, the pages of the last answer under the `after` that each was asked with. */
  readonly #days = new Map<string, Map<string | null, Tagged<ClipPage>>>();
  /** Days that were asked for before anybody could open what they list. */
  readonly #ahead = new Map<string, Promise<ClipRow[]>>();

  /** Descriptions of the first of those. */
  readonly #manifests = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(api: Client) {
    this.#api = api;
  }

  /** Asks for these days, and for the first descriptions that they name, while the keys are still on their way; `of` and
   *  `manifest` hand out what came. */
  ahead(days: readonly string[]): void {
    for (const day of days) {
      const rows = this.#ask(day).then((listed) => this.#begin(listed));
      rows.catch(() => undefined); // thrown by `of`
      this.#ahead.set(day, rows);
    }
  }

  /** All clips of a UTC day. Throws ApiError, and then keeps what it had. */
  async of(day: string): Promise<ClipRow[]> {
    const ahead = this.#ahead.get(day);
    this.#ahead.delete(day);
    return ahead ?? this.#ask(day);
  }

  /** A clip's sealed description. Throws ApiError. */
  async manifest(clip: string): Promise<Uint8Array<ArrayBuffer>> {
    const ahead = this.#manifests.get(clip);
    this.#manifests.delete(clip);
    return ahead ?? clipManifest(this.#api, clip);
  }

  #begin(rows: ClipRow[]): ClipRow[] {
    for (const { clip } of rows.slice(0, Math.max(0, FIRST - this.#manifests.size))) {
      const manifest = clipManifest(this.#api, clip);
      manifest.catch(() => undefined); // thrown by `manifest`
      this.#manifests.set(clip, manifest);
    }
    return rows;
  }

  async #ask(day: string): Promise<ClipRow[]> {
    const before = this.#days.get(day);
    const now = new Map<string | null, Tagged<ClipPage>>();
    const rows: ClipRow[] = [];
    let after: string | null = null;
    do {
      const known: Tagged<ClipPage> | undefined = before?.get(after);
      const page: Tagged<ClipPage> | undefined = (await clipsOf(this.#api, day, after, known?.tag ?? null)) ?? known;
      if (!page) break; // a 304 that nobody asked for
      now.set(after, page);
      rows.push(...page.value.clips);
      after = page.value.after;
    } while (after !== null);
    this.#days.set(day, now);
    return rows;
  }
}

/** Acts on all items, `atOnce` at a time. After a failure no further one is begun; throws the first. */
export async function fewAtOnce<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      try {
        await act(items[next++] as T);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, work));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}

const QUICKEST_MS = 1000;
const SLOWEST_MS = 30_000;

/** Milliseconds until the server is asked again: a second while it is quick, longer when it is slow or `failures` followed each other. */
export function pauseAfter(tookMs: number, failures: number): number {
  return Math.min(Math.max(QUICKEST_MS * 2 ** failures, tookMs * 4), SLOWEST_MS);
}
