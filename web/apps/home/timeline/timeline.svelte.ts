/** The household's clips on this device: listed by day, opened beside the page, kept while the tab lives.
 *
 *  Holds:   refreshing never empties; the page is told of news a few times a second, however many there are.
 *  Drops:   sealed descriptions, once they are opened: ten thousand would not fit. A clip's page fetches its own again.
 */
import { SvelteSet } from "svelte/reactivity";
import type { ClipRow } from "../../../core/api/clips.ts";
import { ApiError, type Client } from "../../../core/api/client.ts";
import { Order, type Household, whyClosed } from "../../../core/seal/clip.ts";
import { unb64 } from "../../../core/seal/bytes.ts";
import { SealError } from "../../../core/seal/errors.ts";
import { FILLER_CAMERA, type Label } from "../../../core/seal/manifest.ts";
import type { DayEvent } from "./day.ts";
import { fewAtOnce, Listing } from "./listing.ts";
import { Opener } from "./opener.ts";
import type { Summary } from "./summary.ts";

/** A row of the server's list. */
export interface Row {
  readonly clip: string;
  readonly card: string;
  readonly sig: string;
  readonly day: string;
  /** A member keeps it beyond the household's days. */
  readonly kept: boolean;
  /** The hash of whom it was sealed anew to; null where it was not. */
  readonly readers: string | null;
}
/** A clip whose description does not hold. */
export interface BrokenEvent {
  readonly row: Row;
  readonly day: string;
  readonly error: SealError;
}

/** A clip whose description opened and is signed by our hub. */
export class HomeEvent implements DayEvent {
  readonly clip: string;
  readonly start: Date;
  readonly durationMs: number;
  readonly label: Label;
  readonly camera: string;
  readonly cameraId: string;
  readonly seq: number;
  readonly row: Row;
  readonly #picture: Blob;
  #address: string | null = null;

  constructor(row: Row, summary: Summary) {
    this.row = row;
    this.clip = row.clip;
    this.start = new Date(summary.startMs);
    this.durationMs = summary.durationMs;
    this.label = summary.label;
    this.camera = summary.cameraName;
    this.cameraId = summary.camera;
    this.seq = summary.seq;
    this.#picture = new Blob([summary.thumb], { type: "image/jpeg" });
  }

  /** An address for the picture, made when it is first shown. */
  get thumb(): string {
    return (this.#address ??= URL.createObjectURL(this.#picture));
  }
  drop(): void {
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = null;
  }
}

const AT_ONCE = 6; // descriptions under way
const TELL_MS = 120; // the page lays itself out anew no oftener

export class Timeline {
  /** How far the opening of a list has come, or null when nothing is under way. */
  progress = $state.raw<{ done: number; of: number } | null>(null);
  /** UTC days that were listed to their end at least once. */
  readonly listed = new SvelteSet<string>();
  readonly order = new Order();
  readonly #events = new Map<string, HomeEvent>();
  readonly #broken = new Map<string, BrokenEvent>();
  readonly #places = new Set<string>();
  /** Erased here a moment ago, and not yet at the server. */
  readonly #hidden = new Set<string>();
  /** Rows of clips that our hub signed and that are locked to none of our keys. */
  readonly #closed = new Map<string, Row>();
  #version = $state(0);
  #telling: ReturnType<typeof setTimeout> | null = null;
  #begin: () => void = () => undefined;
  /** Once there is something to show, or it is known that there is not: what nobody waits for comes after it. */
  readonly begun = new Promise<void>((begin) => (this.#begin = begin));
  readonly #home: Household;
  readonly #opener: Opener;
  readonly #listing: Listing;
  readonly #running = new Map<string, Promise<number>>();

  /** `opener` and `listing`: those that were begun before the keys were here. */
  constructor(api: Client, home: Household, opener = new Opener(), listing = new Listing(api)) {
    this.#home = home;
    this.#opener = opener.begin(home);
    this.#listing = listing;
  }

  get events(): ReadonlyMap<string, HomeEvent> {
    void this.#version; // read, so that pages follow changes
    return this.#events;
  }
  get broken(): ReadonlyMap<string, BrokenEvent> {
    void this.#version;
    return this.#broken;
  }
  /** Whether the clip at this place among its camera's is on this device. */
  holds(cameraId: string, seq: number): boolean {
    void this.#version;
    return this.#places.has(`${cameraId}/${seq}`);
  }

  /** How many clips of a UTC day are there and closed to this person: from before they came, for one. */
  closedOn(day: string): number {
    void this.#version;
    return [...this.#closed.values()].filter((one) => one.day === day).length;
  }

  /** Lists these UTC days and opens what is new; returns the milliseconds of the slowest list. Throws ApiError. */
  async refresh(days: readonly string[]): Promise<number> {
    let slowest = 0;
    for (const day of days) {
      const running = this.#running.get(day) ?? this.#list(day).finally(() => this.#running.delete(day));
      this.#running.set(day, running);
      slowest = Math.max(slowest, await running.finally(this.#begin));
    }
    return slowest;
  }

  /** The row of one clip, listing its day first if it is not known. Waits for the list alone, not for what it names. */
  async find(clip: string, day: string | null): Promise<Row | null> {
    const known = this.#events.get(clip)?.row ?? this.#broken.get(clip)?.row;
    if (known || !day) return known ?? null;
    const row = (await this.#listing.of(day)).find((one) => one.clip === clip);
    return row ? asRow(row, day) : null;
  }

  /** The same row as it is listed by now: the clip may have been sealed anew since. */
  async again({ clip, day }: Row): Promise<Row | null> {
    const listed = (await this.#listing.of(day)).find((one) => one.clip === clip);
    const event = this.#events.get(clip);
    const row = listed ? asRow(listed, day) : null;
    if (row && event) Object.assign(event, { row });
    return row;
  }

  /** Takes a clip out of sight, until it is erased or `show` brings it back. */
  hide(clip: string): void {
    this.#hidden.add(clip);
    this.forget(clip);
  }
  show(clip: string): void {
    this.#hidden.delete(clip);
  }

  forget(clip: string): void {
    const event = this.#events.get(clip);
    event?.drop();
    if (event) this.#places.delete(`${event.cameraId}/${event.seq}`);
    this.#events.delete(clip);
    this.#broken.delete(clip);
    this.#tell();
  }

  /** Lets the workers go; the timeline opens nothing afterwards. */
  close(): void {
    this.#opener.close();
  }

  async #list(day: string): Promise<number> {
    const began = performance.now();
    const rows = await this.#listing.of(day);
    const took = performance.now() - began;
    // What a member erased elsewhere goes here too; what one keeps, or lets go, shows.
    const present = new Map(rows.map((row) => [row.clip, row]));
    for (const event of this.#events.values()) {
      if (event.row.day !== day) continue;
      const now = present.get(event.clip);
      if (!now) this.forget(event.clip);
      else if (event.row.kept !== now.keep || event.row.readers !== now.readers) {
        Object.assign(event, { row: asRow(now, day) });
        this.#tell();
      }
    }
    // What did not open is looked at once more when it was sealed anew, to other people than before.
    for (const { row } of [...this.#broken.values(), ...[...this.#closed.values()].map((one) => ({ row: one }))]) {
      const now = row.day === day ? present.get(row.clip) : undefined;
      if (!now || now.readers === row.readers) continue;
      this.#broken.delete(row.clip);
      if (this.#closed.delete(row.clip)) this.#hidden.delete(row.clip);
    }
    const fresh = rows.filter((row) => !this.#events.has(row.clip) && !this.#broken.has(row.clip) && !this.#hidden.has(row.clip));
    await this.#openAll(fresh, day);
    this.listed.add(day);
    return took;
  }

  async #openAll(rows: readonly ClipRow[], day: string): Promise<void> {
    let done = 0;
    const tell = (): void => {
      if (rows.length > 1) this.progress = { done, of: rows.length };
    };
    const telling = setInterval(tell, TELL_MS);
    tell();
    try {
      await fewAtOnce(rows, AT_ONCE, async (row) => {
        const manifestAge = await this.#manifest(row.clip);
        if (manifestAge) await this.#open(asRow(row, day), manifestAge);
        done++;
      });
    } finally {
      clearInterval(telling);
      this.progress = null;
    }
  }

  /** Null where the clip was erased since it was listed. */
  async #manifest(clip: string): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      return await this.#listing.manifest(clip);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  async #open(row: Row, manifestAge: Uint8Array): Promise<void> {
    const opened = await this.#opener.open(row.clip, manifestAge);
    try {
      if (opened.kind === "refused" && opened.code === "not_for_us") {
        const why = whyClosed({ ...row, sig: unb64(row.sig), anew: row.readers !== null }, this.#home);
        if (why) throw why;
        this.#hidden.add(row.clip); // from before this person came, or of a camera that a guest may not see
        this.#closed.set(row.clip, row);
        this.#tell();
        return;
      }
      if (opened.kind === "refused") throw new SealError(opened.code, opened.why);
      this.order.place(opened.summary);
      if (opened.summary.camera === FILLER_CAMERA) {
        this.#hidden.add(row.clip);
        return;
      }
      // The day that its card has, which is checked where the clip is opened. Elsewhere it would stand for one that is hidden.
      if (new Date(opened.summary.startMs).toISOString().slice(0, 10) !== row.day) throw new SealError("altered", "it is listed under another day than its own");
      const event = new HomeEvent(row, opened.summary);
      this.#events.set(row.clip, event);
      this.#places.add(`${event.cameraId}/${event.seq}`);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.#broken.set(row.clip, { row, day: row.day, error });
    }
    this.#tell();
  }

  #tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = null;
      this.#version++;
      this.#begin();
    }, this.#events.size < 2 ? 0 : TELL_MS); // the first one at once
  }
}

const asRow = ({ clip, card, sig, keep, readers }: ClipRow, day: string): Row => ({ clip, card, sig, day, kept: keep, readers });
