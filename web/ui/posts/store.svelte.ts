/** What a reader's page holds: the town's files, the pages of posts fetched so far, and what this device remembers.
 *
 *  In:      open calls alone (core/api/posts.ts, core/api/incidents.ts). No token is sent.
 *  Holds:   what is chosen, followed, muted and was seen stays on this device.
 *  Absent:  what is shown, and how (Feed.svelte).
 */
import type { Client } from "../../core/api/client.ts";
import { cadSources, type Incident, type IncidentClass, incidentClasses, incidents, incidentTiles, incidentYears, postYears, type Source, type TownPlace, townPlace, type Years } from "../../core/api/incidents.ts";
import { type Correction, corrections, type Counted, mediaPlace, type Post, postMap, posts } from "../../core/api/posts.ts";
import { list, obj, raw, record, str } from "../../core/api/shape.ts";
import { type Kept, newsOf, NOTHING, readKept, withFollowed, withMuted, withShown, withTold } from "../../core/neighbors/kept.ts";
import { around, askedFor, cellsOf, liesIn, type Named, type Part, streetsIn } from "../../core/neighbors/places.ts";
import { readStreets, type Street } from "../streets.ts";
import { type Trouble, troubleOf } from "../trouble.ts";
import { postWords } from "./post-words.ts";
import type { InCell } from "./tiles.ts";

const PLACE = "fanlight.posts";
const ENOUGH = 20; // posts of one's part that a step brings, as far as there are
const STEPS = 8; // pages that one step fetches at most
const NAMED = ["neighbourhood", "quarter", "suburb"];

/** What dispatch centres report. */
export interface Reported {
  readonly classes: readonly IncidentClass[];
  readonly sources: readonly Source[];
  readonly years: Years;
  /** The latest; `more`: there are others. */
  readonly found: readonly Incident[];
  readonly more: boolean;
  /** All of them that have a place, for the map. */
  readonly cells: readonly InCell[];
}

export class Reader {
  readonly api: Client;
  /** Of the household that is open here; empty without one. */
  readonly home: string;
  kept = $state.raw<Kept>(NOTHING);
  town = $state.raw<TownPlace | null>(null);
  /** Fetched so far, latest first. */
  posts = $state.raw<readonly Post[]>([]);
  #next = $state.raw<string | null>("");
  corrections = $state.raw<readonly Correction[]>([]);
  counted = $state.raw<readonly Counted[]>([]);
  reported = $state.raw<Reported | null>(null);
  /** How many posts there were of each category, by month. */
  postYears = $state.raw<Years | null>(null);
  /** Why there are posts and no reports. */
  without = $state.raw<Trouble | null>(null);
  streets = $state.raw<readonly Street[]>([]);
  named = $state.raw<readonly Named[]>([]);
  /** Where pictures are; null where the town keeps none. */
  pictures = $state.raw<string | null>(null);
  trouble = $state.raw<Trouble | null>(null);
  coming = $state(false);
  readonly #names = new Map<string, readonly string[]>();
  readonly #saw: Post[] = [];
  #ready = false;
  #failed: unknown = null;
  #asked = "";

  constructor(api: Client, home = "") {
    this.api = api;
    this.home = home;
    this.kept = readKept(localStorage.getItem(PLACE));
    // Another tab keeps its own: what it wrote last is taken over.
    addEventListener("storage", ({ key, newValue }) => key === PLACE && (this.kept = readKept(newValue)));
  }

  /** The cells of the chosen part; none: the whole town. */
  readonly part: Part = $derived.by(() => {
    const area = this.area;
    if (area.kind === "around") return around(area.cell);
    return area.kind === "named" && this.town ? cellsOf(area.name, this.named, this.town.bounds) : new Set<string>();
  });
  get area(): NonNullable<Kept["area"]> {
    return this.kept.area ?? (this.home ? { kind: "around", cell: this.home, name: "" } : { kind: "town" });
  }
  /** What the chosen part is called; empty for the town. */
  get areaName(): string {
    const { area } = this;
    if (area.kind === "town") return "";
    if (area.kind === "named") return area.name;
    return area.name ? postWords.aroundStreet(area.name) : postWords.aroundHome;
  }
  /** Posts of the part that are not hidden here. */
  readonly here: readonly Post[] = $derived(this.posts.filter((one) => liesIn(one.cell, this.part) && !this.kept.muted.includes(one.post)));
  readonly news: readonly Correction[] = $derived(newsOf(this.kept, this.corrections));
  get ended(): boolean {
    return this.#next === null;
  }

  keep(kept: Kept): void {
    this.kept = kept;
    try {
      localStorage.setItem(PLACE, JSON.stringify(kept));
    } catch {
      // Storage is full or switched off: this page goes on without it.
    }
  }
  /** Chooses a part of town, and fetches it. */
  async choose(area: NonNullable<Kept["area"]>): Promise<void> {
    this.keep({ ...this.kept, area });
    await this.begin();
  }

  /** Fetches the town's files. Throws ApiError where there are no posts to show. */
  async open(): Promise<void> {
    const reported = this.report();
    await this.place();
    [this.counted] = await Promise.all([postMap(this.api), this.ready(), this.begin()]);
    if (this.#failed && this.posts.length === 0) throw this.#failed;
    await reported;
    void this.streetsCome();
    this.postYears = await postYears(this.api).catch(() => null); // beside the list: without it, the list is whole
  }

  /** Fetches what tells which cells the chosen part has. Throws ApiError. */
  async place(): Promise<void> {
    this.town ??= await townPlace(this.api);
    if (this.area.kind === "named") await this.streetsCome();
  }

  /** Where pictures are and what was corrected: what one post by itself needs. Throws ApiError. */
  async ready(): Promise<void> {
    if (this.#ready) return;
    [this.pictures, this.corrections] = await Promise.all([mediaPlace(this.api), corrections(this.api)]);
    this.#ready = true;
  }

  /** Fetches what dispatch centres report; where that fails, posts are shown all the same. */
  async report(): Promise<void> {
    this.without = null;
    try {
      const reading = import("./tiles.ts");
      const [classes, sources, years, latest, tiles] = await Promise.all([incidentClasses(this.api), cadSources(this.api), incidentYears(this.api), incidents(this.api), incidentTiles(this.api)]);
      const { cellsIn } = await reading;
      this.reported = { classes, sources: sources.filter(({ allowed }) => allowed), years, ...latest, cells: cellsIn(tiles) };
    } catch (error) {
      this.without = troubleOf(error);
    }
  }

  /** Fetches the first posts of the part. */
  async begin(): Promise<void> {
    this.#asked = askedFor(this.part);
    [this.posts, this.#next, this.trouble] = [[], "", null];
    await this.more();
  }

  /** Fetches on until the part has some more, or there are none. What was fetched stays where that fails. */
  async more(): Promise<void> {
    const asked = this.#asked;
    const [part, before] = [this.part, this.here.length];
    [this.coming, this.trouble, this.#failed] = [true, null, null];
    try {
      for (let step = 0; step < STEPS && this.#next !== null && this.here.length - before < ENOUGH; step += 1) {
        const page = await posts(this.api, asked, this.#next);
        if (part !== this.part) return; // the reader chose another part meanwhile
        const known = new Set(this.posts.map((one) => one.post));
        this.posts = [...this.posts, ...page.posts.filter((one) => !known.has(one.post))];
        this.#next = page.next;
      }
    } catch (error) {
      this.#failed = error;
      this.trouble = troubleOf(error);
    } finally {
      this.coming = false;
    }
  }

  /** Takes note that a post was on the screen; many at one go are written once. */
  saw(post: Post): void {
    if (this.#saw.push(post) > 1) return;
    queueMicrotask(() => {
      const kept = withShown(this.kept, this.#saw.splice(0), this.corrections);
      if (kept !== this.kept) this.keep(kept);
    });
  }
  told(): void {
    this.keep(withTold(this.kept, this.corrections));
  }
  follow(post: Post, on: boolean): void {
    this.keep(withFollowed(this.kept, post.post, on ? post.comments : null));
  }
  mute(id: string): void {
    this.keep(withMuted(this.kept, id));
  }
  unmute(): void {
    this.keep({ ...this.kept, muted: [] });
  }

  /** The streets by which a cell is named; none until the town's map is here. */
  namesOf(cell: string): readonly string[] {
    const { streets } = this;
    if (streets.length === 0) return [];
    const known = this.#names.get(cell) ?? streetsIn(cell, streets, 2);
    this.#names.set(cell, known);
    return known;
  }

  /** The town's map: one file, the same for everybody. Without it, places have no names. */
  async streetsCome(): Promise<void> {
    if (this.streets.length > 0) return;
    try {
      const layer = await this.api.json("/v1/map/streets.geojson", raw, { anonymous: true });
      this.named = namedOf(layer);
      this.streets = readStreets(layer);
    } catch {
      this.streets = [];
    }
  }
}

function namedOf(layer: unknown): Named[] {
  const { features } = obj({ features: list(raw) })(layer, "streets");
  const found: Named[] = [];
  for (const feature of features) {
    const { properties, geometry } = obj({ properties: record, geometry: obj({ type: str, coordinates: raw }) })(feature, "place");
    if (geometry.type !== "Point" || !NAMED.includes(String(properties["k"]))) continue;
    const [lon, lat] = list((one) => Number(one))(geometry.coordinates, "place");
    if (lon !== undefined && lat !== undefined) found.push({ name: String(properties["n"] ?? ""), at: [lon, lat] });
  }
  return found.filter(({ name }) => name).sort((a, b) => a.name.localeCompare(b.name));
}
