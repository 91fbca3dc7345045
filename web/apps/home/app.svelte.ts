/** The state of the home app: who this tab is, the household that is open in it, the day that is looked at. Pages read it.
 *
 *  Holds:   the frame stands without any key's code: what needs keys is fetched once somebody is, or comes, in.
 *  Absent:  the household itself (household/home.svelte.ts).
 */
import type { PasskeySession } from "../../core/api/account.ts";
import { town, type Town } from "../../core/api/calls.ts";
import { ApiError, Client } from "../../core/api/client.ts";
import type { Bytes } from "../../core/bytes.ts";
import type { Session } from "../../ui/session.ts";
import type { Street } from "../../ui/streets.ts";
import { findServer } from "../../ui/server.ts";
import { hasEnded, isTaken, takeSeed } from "../../ui/tab.ts";
import { troubleOf, type Trouble } from "../../ui/trouble.ts";
import type { Again } from "./again.ts";
import type { KeyCode } from "./door/entrance.ts";
import type { Frame, Home, HubWord } from "./household/home.svelte.ts";
import type { House } from "./household/house.ts";
import { type Invitation, readInviteLink } from "./household/invite-link.ts";
import type { Answer, Quiet } from "./requests/answers.ts";
import type { Ask, Cell, CellRefused } from "./requests/ask.ts";
import type { Outgoing } from "./requests/sending.svelte.ts";
import { dayStart } from "./timeline/day.ts";
import type { Timeline } from "./timeline/timeline.svelte.ts";
import { words } from "./words.ts";

const LOUD: Quiet = { all: false, agencies: [] };
const NONE: ReadonlyMap<string, number> = new Map();
const CLOCK_MS = 10_000; // pages lay the day out anew when `now` changes
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

const fetchHome = (): Promise<typeof import("./household/home.svelte.ts")> => import("./household/home.svelte.ts");

class App {
  phase = $state.raw<Phase>({ kind: "starting" });
  /** Somebody is in: the frame of a household may stand before it is open. */
  expected = $state(false);
  session = $state.raw<Session | null>(null);
  /** As this person wrote it when signing up. */
  name = $state<string | null>(null);
  /** False where the passkey that was just made cannot carry the key to another device. */
  carried = $state(true);
  town = $state.raw<Town | null>(null);
  now = $state.raw(new Date());
  /** The local day that the timeline shows: so many days back. */
  back = $state(0);
  /** The passkey must be used again. */
  ended = $state(false);
  /** The invitation that this tab was opened with. */
  invitation = $state.raw<Invitation | null>(null);
  /** The household that is open. */
  #home = $state.raw<Home | null>(null);
  #given: Bytes | null = null;
  #restoring: Promise<void> | null = null;
  #again: Again | null = null;
  readonly #ground = new Client((url, init) => fetch(url, init));

  async start(): Promise<void> {
    this.#given = takeSeed();
    // Another person's key or an invitation in the address of a page that is open already: begin anew, with that.
    addEventListener("hashchange", () => /^#(k|join)=/.test(location.hash) && location.reload());
    this.invitation = readInviteLink(location.hash);
    // Its secret stays in this tab's memory: neither the address nor the history keeps it.
    if (this.invitation) history.replaceState(null, "", location.pathname + location.search);
    const server = findServer();
    void town(this.#ground).then(
      (found) => (this.town = found),
      () => undefined, // an empty server has no town yet
    );
    await this.restore(server);
  }

  /** Goes on with whoever this tab knows; where that failed, again. No page is shown before `server` is known. */
  restore(server: Promise<void> = Promise.resolve()): Promise<void> {
    this.#restoring ??= this.#restore(server).finally(() => (this.#restoring = null));
    return this.#restoring;
  }

  async #restore(server: Promise<void>): Promise<void> {
    if (this.session || !(this.#given || isTaken())) return server.then(() => this.enter());
    this.expected = true;
    this.#leave(this.#begun);
    try {
      fetchHome().then(({ Home }) => Home.prepare(), () => undefined); // needed in a moment, and told then
      const { restore } = await import("../../ui/session.ts");
      const session = await restore(this.#given);
      this.#given = null;
      await server;
      await this.enter(session);
    } catch (error) {
      await this.#failed(error, words.pageAway);
    }
  }

  /** Signs in with a passkey. Throws what `entrance.signIn` does. */
  async signIn(): Promise<void> {
    const entrance = await import("./door/entrance.ts");
    const found = await entrance.signIn();
    this.ended = false;
    if (found.kind === "keyless") this.phase = found;
    else await this.enter(found.session);
  }

  /** Makes an account with a passkey; the household comes after. Throws what `entrance.signUp` does. */
  async signUp(name: string): Promise<void> {
    const entrance = await import("./door/entrance.ts");
    const { session, carried } = await entrance.signUp(name);
    this.session = session;
    this.name = name;
    this.carried = carried;
  }

  /** Comes in on this device by a code of another one. Throws what `entrance.arrive` does. */
  async arrive(code: KeyCode): Promise<void> {
    const entrance = await import("./door/entrance.ts");
    const { session, carried } = await entrance.arrive(code);
    this.carried = carried;
    await this.enter(session);
  }

  /** Goes on with an invitation that was scanned or typed. */
  invited(invitation: Invitation): void {
    this.invitation = invitation;
  }

  /** Opens the household of whoever this tab is. */
  async enter(as: Session | null = this.session): Promise<void> {
    this.session = as;
    this.expected = as !== null;
    if (!as) {
      this.#leave({ kind: "nobody" });
      return;
    }
    this.#leave(this.#begun);
    try {
      const [{ Home }] = await Promise.all([fetchHome(), as.whoami()]);
      as.api.household = sessionStorage.getItem(CHOSEN);
      this.#home = await Home.open(as, this.#ground, this.#frame(as));
      this.#again?.end();
      this.phase = { kind: this.#home.unfinished ? "unfinished" : "home" };
      if (!this.#home.unfinished) this.#home.begin();
    } catch (error) {
      if (this.#lost(error)) return;
      if (error instanceof ApiError && error.status === 404) await this.#out(as);
      else await this.#failed(error);
    }
  }

  /** Looks at another of one's households from now on. */
  async choose(household: string): Promise<void> {
    sessionStorage.setItem(CHOSEN, household);
    await this.enter();
  }

  async leave(): Promise<void> {
    await this.#signOut();
    location.assign(location.pathname);
  }

  /** Forgets this person and all that this browser keeps for Fanlight. */
  async wipe(): Promise<void> {
    await this.#signOut();
    const { wipeDevice } = await import("../../ui/device.ts");
    await wipeDevice();
    location.assign(location.pathname);
  }

  /** Reads the household again, after something of it changed. */
  async reload(): Promise<void> {
    await this.#home?.reload();
  }
  /** Tries everything again now. */
  again(): void {
    this.#home?.again();
  }
  /** The town's streets, to draw an area on. Throws ApiError for a town without a map. */
  async streets(): Promise<Street[]> {
    return (await this.#home?.streets()) ?? [];
  }

  get house(): House | null {
    return this.#home?.house ?? null;
  }
  get timeline(): Timeline | null {
    return this.#home?.timeline ?? null;
  }
  get hub(): HubWord {
    return this.#home?.hub ?? { kind: "none" };
  }
  /** By UTC day, how many clips the hub sent that the server does not show. */
  get lacking(): ReadonlyMap<string, number> {
    return this.#home?.lacking ?? NONE;
  }
  get outgoing(): Outgoing | null {
    return this.#home?.outgoing ?? null;
  }
  /** How many things happened that this person has not said they have seen. */
  get news(): number {
    return this.#home?.news ?? 0;
  }
  /** Since when the server does not answer. */
  get awaySince(): Date | null {
    return this.#home?.awaySince ?? null;
  }
  /** The first pictures stand, or there are none: what nobody waits for may come. */
  get settled(): boolean {
    return this.#home?.settled ?? false;
  }
  /** Whether this person may see pictures here at all. */
  get sees(): boolean {
    return this.#home?.sees ?? true;
  }
  get dayStart(): Date {
    return dayStart(this.now, this.back);
  }
  get stale(): Date | null {
    if (this.hub.kind !== "heard") return null;
    const at = new Date(this.hub.status.at);
    return this.now.getTime() - at.getTime() > STALE_MS ? at : null;
  }
  /** How many others watch now, as the hub last said. */
  get othersWatching(): number {
    if (this.hub.kind !== "heard") return 0;
    const others = this.hub.status.viewings.filter((one) => one.until === null && !this.house?.people.some((person) => person.you && person.account === one.account));
    return new Set(others.map((one) => one.account)).size;
  }

  get cell(): Cell | null {
    return this.#home?.area.cell ?? null;
  }
  get cellTrouble(): CellRefused["why"] | null {
    return this.#home?.area.trouble ?? null;
  }
  get cellAway(): Trouble | null {
    return this.#home?.area.away ?? null;
  }
  get cellNone(): boolean {
    return this.#home?.area.none ?? false;
  }
  answer(request: string): Answer | null {
    return this.#home?.area.answer(request) ?? null;
  }
  get answered(): Answer[] {
    return this.#home?.area.answered ?? [];
  }
  remember(answer: Answer): void {
    this.#home?.area.remember(answer);
  }
  forget(request: string): void {
    this.#home?.area.forget(request);
  }
  matchOf(request: string): readonly string[] {
    return this.hub.kind === "heard" ? (this.hub.status.matches.find((match) => match.request === request)?.clips ?? []) : [];
  }
  /** Whose requests this device does not show. */
  get quiet(): Quiet {
    return this.#home?.area.quiet ?? LOUD;
  }
  set quiet(quiet: Quiet) {
    if (this.#home) this.#home.area.quiet = quiet;
  }
  /** The requests of the area that this device shows. */
  get heard(): Ask[] {
    const { all, agencies } = this.quiet;
    return all ? [] : (this.cell?.asks ?? []).filter((ask) => !agencies.some(({ id }) => id === ask.agency));
  }
  /** Requests that a clip of ours matches and that were not answered. */
  get waiting(): Ask[] {
    return this.heard.filter((ask) => this.matchOf(ask.request).length > 0 && !this.answer(ask.request));
  }
  /** Fetches the cell's requests now; otherwise they come every so often. */
  async refreshCell(): Promise<void> {
    await this.#home?.area.refresh(this.#home.house.wire.cell);
  }

  #frame(session: Session): Frame {
    const app = this;
    return {
      get dayStart() {
        return app.dayStart;
      },
      tick: () => {
        if (Date.now() - app.now.getTime() > CLOCK_MS) app.now = new Date();
      },
      lost: (error) => app.#lost(error),
      out: () => app.#out(session),
    };
  }

  /** Beginning; what is said of a server that is away stays until it answers. */
  get #begun(): Phase {
    return this.#again?.since ? this.phase : { kind: "starting" };
  }

  /** Says why this did not begin. Where nobody answers, it is tried again by itself. */
  async #failed(error: unknown, otherwise?: Trouble): Promise<void> {
    this.#again ??= await fetchHome().then(({ Again }) => new Again(() => this.restore()), () => null);
    this.phase = { kind: "trouble", trouble: this.#again?.later(error) ?? troubleOf(error, otherwise) };
  }

  /** No page of a household is shown while there is none. */
  #leave(phase: Phase): void {
    if (phase.kind !== "trouble") this.#again?.end();
    this.phase = phase;
    this.#home?.close();
    this.#home = null;
  }

  async #signOut(): Promise<void> {
    if (!this.session) return;
    const { end } = await import("../../ui/session.ts");
    await end(this.session);
  }

  /** Takes note that we are not of the household any more: another one of ours follows, or none. */
  async #out(session: Session): Promise<void> {
    if (session.api.household === null) {
      this.#leave({ kind: "unknown" });
      return;
    }
    sessionStorage.removeItem(CHOSEN);
    await this.enter(session);
  }

  /** Takes note that the server signed us out; true if that is what `error` says. */
  #lost(error: unknown): boolean {
    if (!hasEnded(error)) return false;
    this.session = null;
    this.expected = false;
    this.ended = true;
    this.#leave({ kind: "nobody" });
    return true;
  }
}

export const app = new App();
