/** The state of the home app: who this tab is, its household, its clips, its hub's word and its cell's requests.
 *  Pages read it; only this file asks the server, and it stops asking while nobody looks. */
import { type CellFile, cellKey, cellRequests, hubStatus, logFile, mapLayer, myHousehold, pack, town, type Town } from "../../core/api/calls.ts";
import type { PasskeySession } from "../../core/api/account.ts";
import { ApiError, Client } from "../../core/api/client.ts";
import { wipeDevice } from "../../ui/device.ts";
import { end, hasEnded, restore, type Session } from "../../ui/session.ts";
import type { Street } from "../../ui/streets.ts";
import { troubleOf, type Trouble } from "../../ui/trouble.ts";
import { Answers, type Answer } from "./requests/answers.ts";
import type { Ask, Cell, CellRefused } from "./requests/ask.ts";
import { dayStart, utcDays } from "./timeline/day.ts";
import * as entrance from "./door/entrance.ts";
import { readHouse, type House } from "./household/house.ts";
import { readInviteLink, type Invitation } from "./household/invitation.ts";
import { change, overdue } from "./household/members.ts";
import { pauseAfter } from "./timeline/listing.ts";
import { Outgoing } from "./requests/sending.svelte.ts";
import { openStatus, type OpenedStatus } from "./household/status.ts";
import { Timeline } from "./timeline/timeline.svelte.ts";

const HUB_MS = 3000;
const CLOCK_MS = 10_000; // pages lay the day out anew when `now` changes
const CELL_MS = 20_000;
const HOUSE_MS = 30_000; // who is of the household changes seldom, and must show soon
const CHOSEN = "fanlight.household";
const STALE_MS = 3 * 60_000;

export type Phase =
  | { readonly kind: "starting" }
  | { readonly kind: "nobody" }
  | { readonly kind: "keyless"; readonly who: PasskeySession } // the passkey is right, but this browser has no key
  | { readonly kind: "unknown" } // a key, but no household of it here
  | { readonly kind: "unfinished" } // a household whose founding was cut short
  | { readonly kind: "home" }
  | { readonly kind: "trouble"; readonly trouble: Trouble };

export type HubWord = { readonly kind: "none" } | ({ readonly kind: "heard" } & OpenedStatus) | { readonly kind: "bad" };

class App {
  phase = $state.raw<Phase>({ kind: "starting" });
  session = $state.raw<Session | null>(null);
  /** As this person wrote it when signing up. */
  name = $state<string | null>(null);
  /** False where the passkey that was just made cannot carry the key to another device. */
  carried = $state(true);
  house = $state.raw<House | null>(null);
  timeline = $state.raw<Timeline | null>(null);
  hub = $state.raw<HubWord>({ kind: "none" });
  cell = $state.raw<Cell | null>(null);
  cellTrouble = $state.raw<CellRefused["why"] | null>(null);
  /** Why the list of requests could not be had, where the server did answer. */
  cellAway = $state.raw<Trouble | null>(null);
  /** No agency can ask in this area: the town has no such cell. */
  cellNone = $state(false);
  town = $state.raw<Town | null>(null);
  outgoing = $state.raw<Outgoing | null>(null);
  /** Since when the server does not answer. */
  awaySince = $state.raw<Date | null>(null);
  now = $state.raw(new Date());
  /** The local day that the timeline shows: so many days back. */
  back = $state(0);
  /** The passkey must be used again. */
  ended = $state(false);
  /** The invitation that this tab was opened with. */
  invitation = $state.raw<Invitation | null>(null);
  #answers: Answers | null = null;
  #answersVersion = $state(0);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #cellAsked = 0;
  #hubAsked = 0;
  #houseAsked = 0;
  #houseTold = "";
  #failures = 0;
  #tookMs = 0;
  #cellIdentity: string | null = null;
  #cellBytes = "";
  #streets: Promise<unknown> = Promise.resolve(null);
  readonly #packs = new Map<string, Promise<string>>();
  readonly #ground = new Client((url, init) => fetch(url, init));

  async start(): Promise<void> {
    // Another person's key or an invitation in the address of a page that is open already: begin anew, with that.
    addEventListener("hashchange", () => /^#(k|join)=/.test(location.hash) && location.reload());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#tick();
    });
    addEventListener("online", () => this.#tick());
    this.invitation = readInviteLink(location.hash);
    // Its secret stays in this tab's memory: neither the address nor the history keeps it.
    if (this.invitation) history.replaceState(null, "", location.pathname + location.search);
    this.session = await restore();
    void town(this.#ground).then(
      (found) => (this.town = found),
      () => undefined, // an empty server has no town yet
    );
    await this.enter();
  }

  /** Signs in with a passkey. Throws what `entrance.signIn` does. */
  async signIn(): Promise<void> {
    const found = await entrance.signIn();
    this.ended = false;
    if (found.kind === "keyless") this.phase = found;
    else await this.enter(found.session);
  }

  /** Makes an account with a passkey; the household comes after. Throws what `entrance.signUp` does. */
  async signUp(name: string): Promise<void> {
    const { session, carried } = await entrance.signUp(name);
    this.session = session;
    this.name = name;
    this.carried = carried;
  }

  /** Goes on with an invitation that was scanned or typed. */
  invited(invitation: Invitation): void {
    this.invitation = invitation;
  }

  /** Loads the household of whoever this tab is. */
  async enter(as: Session | null = this.session): Promise<void> {
    this.session = as;
    if (!as) {
      this.phase = { kind: "nobody" };
      return;
    }
    this.phase = { kind: "starting" };
    try {
      await as.whoami();
      as.api.household = sessionStorage.getItem(CHOSEN);
      const house = await this.#house(as);
      if (house.chain.length === 0 && house.mine) {
        this.house = house;
        this.phase = { kind: "unfinished" };
        return;
      }
      this.#take(house, as);
      this.outgoing = new Outgoing(this.#ground);
      this.#answers = new Answers(as.seed, localStorage);
      this.phase = { kind: "home" };
      // By everybody who opens the app: fetched with a request's page, it would tell that somebody reads one.
      this.#streets = mapLayer(this.#ground, "streets");
      this.#streets.catch(() => undefined); // told where the map is missed
      this.#tick();
      void this.#tend(house);
    } catch (error) {
      if (this.#lost(error)) return;
      if (error instanceof ApiError && error.status === 404) await this.#out(as);
      else this.phase = { kind: "trouble", trouble: troubleOf(error) };
    }
  }

  /** Looks at another of one's households from now on. */
  async choose(household: string): Promise<void> {
    sessionStorage.setItem(CHOSEN, household);
    await this.enter();
  }

  async leave(): Promise<void> {
    if (this.session) await end(this.session);
    location.assign(location.pathname);
  }

  /** Forgets this person and all that this browser keeps for Fanlight. */
  async wipe(): Promise<void> {
    if (this.session) await end(this.session);
    await wipeDevice();
    location.assign(location.pathname);
  }

  /** Reads the household again, after something of it changed. */
  async reload(): Promise<void> {
    if (!this.session) return;
    this.#take(await this.#house(this.session), this.session);
    this.#tick();
  }

  /** Whether this person may see pictures here at all. */
  get sees(): boolean {
    const role = this.house?.role;
    return role !== "installer" && role !== "landlord";
  }

  /** Owners and members: the hub's word is for who lives there, not for guests. */
  get #lives(): boolean {
    return ["owner", "member"].includes(this.house?.told.role ?? "");
  }

  async #house(session: Session): Promise<House> {
    this.#houseAsked = Date.now();
    const told = await myHousehold(session.api);
    this.#houseTold = JSON.stringify(told);
    return readHouse(told, session);
  }

  /** What was opened stays on the page unless the keys it was opened with changed. */
  #take(house: House, session: Session): void {
    const keys = ({ home }: House): string => JSON.stringify([home.household, [...home.identities.keys()], home.hubKeys.length]);
    if (!this.timeline || !this.house || keys(this.house) !== keys(house)) {
      this.timeline?.close();
      this.timeline = new Timeline(session.api, house.home);
    }
    this.house = house;
  }

  /** Writes what an owner's device owes the household: the key of a new month, or after somebody left. */
  async #tend(house: House): Promise<void> {
    const { session } = this;
    if (!session || !overdue(house)) return;
    try {
      this.#take(await change(session, overdue), session);
    } catch (error) {
      if (!(error instanceof ApiError)) console.error(error); // tried again with the next visit
    }
  }

  /** Takes note that we are not of the household any more: another one of ours follows, or none. */
  async #out(session: Session): Promise<void> {
    this.phase = { kind: "starting" }; // no page of a household is shown while there is none
    this.house = null;
    this.timeline?.close();
    this.timeline = null;
    if (session.api.household === null) {
      this.phase = { kind: "unknown" };
      return;
    }
    sessionStorage.removeItem(CHOSEN);
    await this.enter(session);
  }

  /** Takes note that the server signed us out; true if that is what `error` says. */
  #lost(error: unknown): boolean {
    if (!hasEnded(error)) return false;
    this.session = null;
    this.ended = true;
    this.phase = { kind: "nobody" };
    return true;
  }

  /** The town's streets, to draw an area on. Throws ApiError for a town without a map. */
  async streets(): Promise<Street[]> {
    const { readStreets } = await import("../../ui/streets.ts");
    return readStreets(await this.#streets);
  }

  get dayStart(): Date {
    return dayStart(this.now, this.back);
  }

  get stale(): Date | null {
    if (this.hub.kind !== "heard") return null;
    const at = new Date(this.hub.status.at);
    return this.now.getTime() - at.getTime() > STALE_MS ? at : null;
  }

  answer(request: string): Answer | null {
    void this.#answersVersion; // read, so that pages follow changes
    return this.#answers?.of(request) ?? null;
  }
  get answered(): Answer[] {
    void this.#answersVersion;
    return this.#answers?.all() ?? [];
  }
  remember(answer: Answer): void {
    this.#answers?.put(answer);
    this.#answersVersion++;
  }
  forget(request: string): void {
    this.#answers?.drop(request);
    this.#answersVersion++;
  }

  /** How many others watch now, as the hub last said. */
  get othersWatching(): number {
    if (this.hub.kind !== "heard") return 0;
    const others = this.hub.status.viewings.filter((one) => one.until === null && !this.house?.people.some((person) => person.you && person.account === one.account));
    return new Set(others.map((one) => one.account)).size;
  }
  matchOf(request: string): readonly string[] {
    return this.hub.kind === "heard" ? (this.hub.status.matches.find((match) => match.request === request)?.clips ?? []) : [];
  }
  /** Requests that a clip of ours matches and that were not answered. */
  get waiting(): Ask[] {
    return (this.cell?.asks ?? []).filter((ask) => this.matchOf(ask.request).length > 0 && !this.answer(ask.request));
  }

  /** Fetches the cell's requests now; otherwise they come every so often. */
  async refreshCell(): Promise<void> {
    const { session, house } = this;
    if (!session || !house) return;
    this.#cellAsked = Date.now();
    const file = await this.#cellFile(house.wire.cell);
    if (!file) return;
    const bytes = file.sig + file.body;
    if (bytes === this.#cellBytes && this.cell) return; // the file changes only when a request opens or closes
    this.#cellIdentity ??= (await cellKey(session.api, house.wire.cell)).identity;
    // By everybody, after the first page: what reads requests is no part of it.
    const [{ CellRefused, readCell }, { decide }] = await Promise.all([import("./requests/ask.ts"), import("../../core/policy/worker.ts")]);
    try {
      const cell = await readCell(file, {
        cell: house.wire.cell,
        identity: this.#cellIdentity,
        seen: this.#answers?.seen ?? null,
        file: (path) => logFile(this.#ground, path),
        pack: (sha256) => this.#pack(sha256),
        decide,
      });
      this.cell = cell;
      this.cellTrouble = null;
      this.#cellBytes = cell.asks.some((ask) => Object.values(ask.checks).includes("unknown")) ? "" : bytes;
      if (this.#answers) this.#answers.seen = cell.pin;
    } catch (error) {
      if (error instanceof ApiError && !error.away) {
        this.cellAway = troubleOf(error); // a piece of the record is missing: nothing newer counts until it is there
        return;
      }
      if (!(error instanceof CellRefused)) throw error;
      this.cell = null;
      this.cellTrouble = error.why;
    }
  }

  async #cellFile(cell: string): Promise<CellFile | null> {
    try {
      const file = await cellRequests(this.#ground, cell);
      this.cellAway = null;
      this.cellNone = false;
      return file;
    } catch (error) {
      if (!(error instanceof ApiError) || error.away) throw error;
      this.cellNone = error.status === 404; // nobody can ask here
      this.cellAway = error.status === 404 ? null : troubleOf(error); // the witness is away: the list waits for it
      return null;
    }
  }

  /** Tries everything again now. */
  again(): void {
    this.#tick();
  }

  #pack(sha256: string): Promise<string> {
    const known = this.#packs.get(sha256) ?? pack(this.#ground, sha256);
    this.#packs.set(sha256, known);
    known.catch(() => this.#packs.delete(sha256));
    return known;
  }

  #tick(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.phase.kind !== "home" || document.hidden) return;
    void this.#ask().finally(() => {
      if (Date.now() - this.now.getTime() > CLOCK_MS) this.now = new Date();
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#tick(), pauseAfter(this.#tookMs, this.#failures));
    });
  }

  async #ask(): Promise<void> {
    const { timeline } = this;
    if (!timeline) return;
    try {
      if (Date.now() - this.#houseAsked > HOUSE_MS) await this.#askHouse();
      if (!this.sees || this.phase.kind !== "home") return;
      if (this.#lives && Date.now() - this.#hubAsked > HUB_MS) await this.#askHub();
      this.#tookMs = await timeline.refresh(utcDays(this.dayStart));
      if (Date.now() - this.#cellAsked > CELL_MS) await this.refreshCell();
      this.awaySince = null;
      this.#failures = 0;
    } catch (error) {
      if (this.#lost(error)) return;
      if (!(error instanceof ApiError)) console.error(error);
      this.awaySince ??= new Date();
      this.#failures++;
    }
  }

  async #askHouse(): Promise<void> {
    const { session } = this;
    if (!session) return;
    this.#houseAsked = Date.now();
    try {
      const told = await myHousehold(session.api);
      if (JSON.stringify(told) === this.#houseTold) return;
      const house = await this.#house(session);
      this.#take(house, session);
      await this.#tend(house);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      await this.#out(session); // removed, or left on another device
    }
  }

  async #askHub(): Promise<void> {
    const { session, house } = this;
    if (!session || !house) return;
    this.#hubAsked = Date.now();
    let box: Uint8Array;
    try {
      box = await hubStatus(session.api);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      this.hub = { kind: "none" };
      return;
    }
    try {
      const opened = await openStatus(box, house.home.identities, house.home.hubKeys, house.wire.household);
      if (this.hub.kind === "heard" && this.hub.status.at === opened.status.at) return;
      // An older word in place of a newer one tells nothing new.
      if (this.hub.kind === "heard" && this.hub.status.at > opened.status.at) return;
      this.hub = { kind: "heard", ...opened };
    } catch {
      this.hub = { kind: "bad" };
    }
  }
}

export const app = new App();
