/** The household's clips on this device: listed by day, opened here, kept while the tab lives. Refreshing never empties. */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { clipManifest, type ClipRow } from "../../core/api/calls.ts";
import { ApiError, type Client } from "../../core/api/client.ts";
import { unb64 } from "../../core/seal/bytes.ts";
import { Order, openManifest, type Household, type OpenedClip } from "../../core/seal/clip.ts";
import { SealError } from "../../core/seal/errors.ts";
import type { DayEvent } from "./day.ts";
import { fewAtOnce, Listing } from "./listing.ts";

/** A clip whose description opened and is signed by our hub. */
export interface HomeEvent extends DayEvent {
  readonly opened: OpenedClip;
  readonly thumb: string;
  readonly row: Row;
}
/** A row of the server's list with its sealed manifest. */
export interface Row {
  readonly clip: string;
  readonly card: string;
  readonly sig: Uint8Array<ArrayBuffer>;
  readonly manifestAge: Uint8Array<ArrayBuffer>;
}
/** A clip whose description does not hold. */
export interface BrokenEvent {
  readonly row: Row;
  readonly day: string;
  readonly error: SealError;
}

const AT_ONCE = 4; // manifests under way
const SLICE_MS = 12; // leave a frame free between descriptions

export class Timeline {
  readonly events = new SvelteMap<string, HomeEvent>();
  readonly broken = new SvelteMap<string, BrokenEvent>();
  /** How far the opening of a list has come, or null when nothing is under way. */
  progress = $state.raw<{ done: number; of: number } | null>(null);
  /** UTC days that were listed to their end at least once. */
  readonly listed = new SvelteSet<string>();
  readonly order = new Order();
  readonly #api: Client;
  readonly #home: Household;
  readonly #listing: Listing;
  readonly #running = new Map<string, Promise<number>>();

  constructor(api: Client, home: Household) {
    this.#api = api;
    this.#home = home;
    this.#listing = new Listing(api);
  }

  /** Lists these UTC days and opens what is new; returns the milliseconds of the slowest list. Throws ApiError. */
  async refresh(days: readonly string[]): Promise<number> {
    let slowest = 0;
    for (const day of days) {
      const running = this.#running.get(day) ?? this.#list(day).finally(() => this.#running.delete(day));
      this.#running.set(day, running);
      slowest = Math.max(slowest, await running);
    }
    return slowest;
  }

  /** The row of one clip, listing its day first if it is not known. */
  async find(clip: string, day: string | null): Promise<Row | null> {
    const known = (): Row | null => this.events.get(clip)?.row ?? this.broken.get(clip)?.row ?? null;
    if (!known() && day) await this.refresh([day]);
    return known();
  }

  forget(clip: string): void {
    const event = this.events.get(clip);
    if (event) URL.revokeObjectURL(event.thumb);
    this.events.delete(clip);
    this.broken.delete(clip);
  }

  async #list(day: string): Promise<number> {
    const began = performance.now();
    const rows = await this.#listing.of(day);
    const took = performance.now() - began;
    // What a member erased elsewhere goes here too.
    const present = new Set(rows.map((row) => row.clip));
    for (const [clip, event] of this.events) {
      if (event.row.card.includes(`"day":"${day}"`) && !present.has(clip)) this.forget(clip);
    }
    await this.#openAll(
      rows.filter((row) => !this.events.has(row.clip) && !this.broken.has(row.clip)),
      day,
    );
    this.listed.add(day);
    return took;
  }

  async #openAll(rows: readonly ClipRow[], day: string): Promise<void> {
    let done = 0;
    let pause = performance.now();
    try {
      await fewAtOnce(rows, AT_ONCE, async (row) => {
        if (rows.length > 1) this.progress = { done, of: rows.length };
        const manifestAge = await this.#manifest(row.clip);
        if (manifestAge) await this.#open({ clip: row.clip, card: row.card, sig: unb64(row.sig), manifestAge }, day);
        done++;
        if (performance.now() - pause > SLICE_MS) {
          await new Promise((resolve) => setTimeout(resolve));
          pause = performance.now();
        }
      });
    } finally {
      this.progress = null;
    }
  }

  /** Null where the clip was erased since it was listed. */
  async #manifest(clip: string): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      return await clipManifest(this.#api, clip);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  async #open(row: Row, day: string): Promise<void> {
    try {
      const opened = await openManifest(row.manifestAge, this.#home);
      if (opened.manifest.clip !== row.clip) throw new SealError("replayed_manifest", "it describes another clip");
      this.order.add(opened);
      const { manifest } = opened;
      this.events.set(row.clip, {
        clip: row.clip,
        start: new Date(manifest.start),
        durationMs: manifest.durationMs,
        label: manifest.label,
        camera: manifest.cameraName,
        opened,
        thumb: URL.createObjectURL(new Blob([manifest.thumb], { type: "image/jpeg" })),
        row,
      });
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.broken.set(row.clip, { row, day, error });
    }
  }
}
