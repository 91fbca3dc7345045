/** One household, open on this device: its book, its clips, its hub's word, its area's requests. All that takes keys is
 *  reached from here, so the app's frame stands before this is fetched.
 *
 *  In:      a session; the frame, for the day that is looked at.
 *  Holds:   it asks the server while somebody looks, and no longer.
 *  Absent:  coming in and going out (app.svelte.ts).
 */
import { listNotices } from "../../../core/api/account.ts";
import { type Household, hubStatus, mapLayer } from "../../../core/api/calls.ts";
import { ApiError, type Client, type Tagged } from "../../../core/api/client.ts";
import { keeping } from "../../../core/api/clips.ts";
import { compareHeads } from "../../../core/seal/book.ts";
import type { Session } from "../../../ui/session.ts";
import type { Street } from "../../../ui/streets.ts";
import { Area } from "../requests/area.svelte.ts";
import { Outgoing } from "../requests/sending.svelte.ts";
import { Rounds } from "../rounds.ts";
import { utcDays } from "../timeline/day.ts";
import { lackingOn, stillKept } from "../timeline/lacking.ts";
import { Listing } from "../timeline/listing.ts";
import { preparedOpener, prepareOpener } from "../timeline/opener.ts";
import { Timeline } from "../timeline/timeline.svelte.ts";
import { view } from "../timeline/view.svelte.ts";
import { type House, readHouse, speakingHubs } from "./house.ts";
import { change, overdue } from "./members.ts";
import { shredOver } from "./shredding.ts";
import { type OpenedStatus, openStatus } from "./status.ts";
import { Telling } from "./telling.ts";

export { Again } from "../again.ts"; // fetched with what takes keys: it is here when a server goes away before it answers

const HUB_MS = 3000;
const OUT = "accounts.no_household";
const HOUSE_MS = 30_000; // who is of the household changes seldom, and must show soon

export type HubWord = { readonly kind: "none" } | ({ readonly kind: "heard" } & OpenedStatus) | { readonly kind: "bad" };

/** What a household needs of the app around it. */
export interface Frame {
  readonly dayStart: Date;
  /** Looks at the clock. */
  readonly tick: () => void;
  /** Takes note that the server signed us out; true if that is what `error` says. */
  readonly lost: (error: unknown) => boolean;
  /** Takes note that we are not of the household any more. */
  readonly out: () => Promise<void>;
}

// Who came back with the sheet does not count yet: nobody's pictures before an owner could object.
const seesPictures = (role: string): boolean => role !== "installer" && role !== "landlord" && role !== "returning";

const idle = (): Promise<void> => new Promise((done) => ("requestIdleCallback" in globalThis ? requestIdleCallback(() => done(), { timeout: 500 }) : setTimeout(done, 100)));

export class Home {
  house = $state.raw<House>() as House;
  timeline = $state.raw<Timeline>() as Timeline;
  hub = $state.raw<HubWord>({ kind: "none" });
  /** By UTC day, how many clips the hub sent that the server does not show. */
  lacking = $state.raw<ReadonlyMap<string, number>>(new Map());
  /** How many things happened that this person has not said they have seen. */
  news = $state(0);
  /** Since when the server does not answer. */
  awaySince = $state.raw<Date | null>(null);
  readonly area: Area;
  readonly outgoing: Outgoing;
  readonly #session: Session;
  readonly #frame: Frame;
  readonly #rounds: Rounds;
  readonly #begun: Promise<void>;
  readonly #streets: Promise<unknown>;
  /** The first pictures stand and are painted, or there are none: what nobody waits for may come. */
  settled = $state(false);
  #hubAsked = 0;
  #newsAsked = 0;
  #houseAsked: number;
  readonly #telling: Telling;
  #shredded = false;

  private constructor(session: Session, ground: Client, frame: Frame, telling: Telling, house: House, timeline: Timeline) {
    this.#session = session;
    this.#telling = telling;
    this.#frame = frame;
    this.area = new Area(session, ground);
    this.outgoing = new Outgoing(ground);
    this.#houseAsked = Date.now();
    this.house = house;
    this.timeline = timeline;
    this.#rounds = new Rounds(() => this.#ask());
    // In a tab that nobody looks at, nothing is asked for yet.
    this.#begun = (this.sees && !document.hidden ? timeline.begun : Promise.resolve()).then(idle);
    void this.#begun.then(() => (this.settled = true));
    // By everybody who opens the app: fetched with a request's page, it would tell that somebody reads one.
    this.#streets = this.#begun.then(() => mapLayer(ground, "streets"));
    this.#streets.catch(() => undefined); // told where the map is missed
  }

  /** Starts what opening takes, while somebody comes in. */
  static prepare(): void {
    prepareOpener();
  }

  /** Fetches the household and opens its keys. Throws ApiError, SealError. */
  static async open(session: Session, ground: Client, frame: Frame): Promise<Home> {
    const opener = preparedOpener();
    try {
      const telling = new Telling(session.api);
      const told = await telling.all();
      const listing = new Listing(session.api);
      // The server lists while the keys are opened here.
      if (seesPictures(told.value.role)) listing.ahead(utcDays(frame.dayStart));
      const house = await readHouse(told.value, session);
      telling.take(told);
      return new Home(session, ground, frame, telling, house, new Timeline(session.api, house.home, opener, listing));
    } catch (error) {
      opener.close();
      throw error;
    }
  }

  /** Its founding was cut short: there is no key yet. */
  get unfinished(): boolean {
    return this.house.chain.length === 0 && this.house.mine;
  }
  /** Whether this person may see pictures here at all. */
  get sees(): boolean {
    return seesPictures(this.house.role) && seesPictures(this.house.told.role);
  }
  /** Owners and members: the hub's word is for who lives there, not for guests. */
  get #lives(): boolean {
    return ["owner", "member"].includes(this.house.told.role);
  }

  begin(): void {
    this.#rounds.now();
    void this.#begun.then(() => this.#tend(this.house));
  }
  /** Tries everything again now. */
  again(): void {
    this.#rounds.now();
  }
  close(): void {
    this.#rounds.end();
    this.timeline.close();
  }

  /** Reads the household again, after something of it changed. */
  async reload(): Promise<void> {
    this.#take(await this.#read());
    this.#newsAsked = 0;
    this.#rounds.now();
  }

  /** The town's streets, to draw an area on. Throws ApiError for a town without a map. */
  async streets(): Promise<Street[]> {
    const { readStreets } = await import("../../../ui/streets.ts");
    return readStreets(await this.#streets);
  }

  async #read(): Promise<House> {
    this.#houseAsked = Date.now();
    return this.#check(await this.#telling.all());
  }

  async #check(told: Tagged<Household>): Promise<House> {
    const house = await readHouse(told.value, this.#session);
    this.#telling.take(told);
    return house;
  }

  /** What was opened stays on the page unless the keys it was opened with changed. */
  #take(house: House): void {
    const keys = ({ home }: House): string => JSON.stringify([home.household, [...home.identities.keys()], [...home.hubKeys].map(([n, keys]) => [n, keys.length])]);
    if (keys(this.house) !== keys(house)) {
      this.timeline.close();
      this.timeline = new Timeline(this.#session.api, house.home);
    }
    this.house = house;
  }

  /** Writes what this device owes the household: a new key, after a month or after somebody left; kept clips locked to it. */
  async #tend(house: House): Promise<void> {
    try {
      if (overdue(house)) this.#take(await change(this.#session, overdue));
      const { resealKept } = await import("./resealing.ts");
      await resealKept(this.#session, this.house);
    } catch (error) {
      if (!(error instanceof ApiError)) console.error(error); // tried again with the next visit
    }
  }

  async #ask(): Promise<number | null> {
    try {
      if (Date.now() - this.#houseAsked > HOUSE_MS && !(await this.#askHouse())) return null;
      const days = this.sees ? utcDays(this.#frame.dayStart) : [];
      const said = this.hub; // what is listed from now on is no older
      // Together: nobody waits for pictures until the rest has answered.
      const [took] = await Promise.all([
        this.timeline.refresh(days),
        this.sees && this.#lives && Date.now() - this.#hubAsked > HUB_MS ? this.#askHub() : null,
        Date.now() - this.#newsAsked > HOUSE_MS ? this.#askNews() : null,
      ]);
      if (!this.sees) return 0;
      await this.#compare(days, said);
      await this.#shred();
      await this.area.refreshInTurn(this.house.wire.cell);
      this.awaySince = null;
      return took;
    } catch (error) {
      if (this.#frame.lost(error)) return null;
      if (error instanceof ApiError && error.code === OUT) {
        await this.#frame.out(); // removed, or left on another device, since the household was asked for
        return null;
      }
      if (!(error instanceof ApiError)) console.error(error);
      this.awaySince ??= new Date();
      return null;
    } finally {
      this.#frame.tick();
    }
  }

  /** Compares the days that were just listed with what the hub said before that. */
  async #compare(days: readonly string[], said: HubWord): Promise<void> {
    if (said.kind !== "heard") return;
    const { sent } = said.status;
    const here = [...[...this.timeline.events.values()].map(({ cameraId, row }) => ({ cameraId, day: row.day })), ...view.erased.all];
    const broken = (day: string): number => [...this.timeline.broken.values()].filter((one) => one.day === day).length;
    const found = days.map((day): [string, number] => [day, lackingOn(day, sent, here, broken(day))]).filter(([, lacking]) => lacking > 0);
    if (found.length === 0 && this.lacking.size === 0) return;
    const keepDays = found.length > 0 ? (await keeping(this.#session.api)).keep_days : 0;
    this.lacking = new Map(found.filter(([day]) => stillKept(day, keepDays, new Date())));
  }

  /** Once a visit, as an owner: the secrets of old keys go that nothing needs any more. */
  async #shred(): Promise<void> {
    const heard = this.hub.kind === "heard" ? this.hub.status : null;
    if (this.#shredded || !this.house.mine || (!heard && this.house.wire.hubs.length > 0)) return;
    this.#shredded = true;
    try {
      if ((await shredOver(this.#session, this.house, heard)).length > 0) this.#take(await this.#read());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // tried again with the next visit
    }
  }

  /** False where we are not of it any more: removed, or left on another device. */
  async #askHouse(): Promise<boolean> {
    this.#houseAsked = Date.now();
    try {
      // Where the hub goes by a page that this device was not shown, "unchanged" is no answer.
      const head = this.hub.kind === "heard" ? this.hub.status.head : null;
      const told = await this.#telling.changed(head !== null && compareHeads(this.house.chain, head) === "other");
      if (!told) return true;
      const house = await this.#check(told);
      this.#take(house);
      await this.#tend(house);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      await this.#frame.out();
      return false;
    }
  }

  async #askNews(): Promise<void> {
    this.#newsAsked = Date.now();
    this.news = (await listNotices(this.#session.api)).length;
  }

  async #askHub(): Promise<void> {
    this.#hubAsked = Date.now();
    let box: Uint8Array;
    try {
      box = await hubStatus(this.#session.api);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      this.hub = { kind: "none" };
      return;
    }
    const { home, wire } = this.house;
    try {
      const opened = await openStatus(box, home.identities, speakingHubs(this.house), wire.household);
      if (this.hub.kind === "heard" && this.hub.status.at === opened.status.at) return;
      // An older word in place of a newer one tells nothing new.
      if (this.hub.kind === "heard" && this.hub.status.at > opened.status.at) return;
      this.hub = { kind: "heard", ...opened };
    } catch {
      this.hub = { kind: "bad" };
    }
  }
}
