/** The connection to each hub of the household: kept while a page shows something live, opened anew when it ends. */
import { SvelteMap } from "svelte/reactivity";
import { b64, unb64 } from "../../../core/seal/bytes.ts";
import { ApiError } from "../../../core/api/client.ts";
import { decodes } from "../../../core/live/canvas.ts";
import type { FilmPart } from "../../../core/live/fetching.ts";
import { openPipe, PipeEnded, type Ended } from "../../../core/live/pipe.ts";
import type { SoundSink } from "../../../core/live/sound.ts";
import { type Lately, LiveSession, type Sink, type WatchAsk } from "../../../core/live/session.ts";
import type { LiveCamera, ViewingOf } from "../../../core/live/words.ts";
import type { Session } from "../../../ui/session.ts";
import type { House } from "../household/house.ts";
import { Openings } from "./openings.ts";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
const LINGER_MS = 20_000; // so that going through a day's clips asks the hub once
const H265 = "hvc1.1.6.L93.B0";

export type LinkState = "connecting" | "open" | "away" | "refused" | "altered";
export interface TalkState {
  readonly camera: string;
  readonly state: "on" | "off" | "refused";
  readonly why: string | null;
}
interface Shown {
  ask: Omit<WatchAsk, "h265">;
  sink: Sink;
}

export class HubLink {
  state = $state<LinkState>("connecting");
  /** The hub has answered at least once: what it said stays while it is away. */
  cameras = $state.raw<readonly LiveCamera[]>([]);
  viewing = $state.raw<readonly ViewingOf[]>([]);
  talking = $state.raw<TalkState | null>(null);
  /** Why a camera is not shown. */
  readonly stopped = new SvelteMap<string, string>();
  /** Cameras of which only a picture now and then comes. */
  readonly sparse = new SvelteMap<string, boolean>();
  readonly #hub: House["wire"]["hubs"][number];
  readonly #shown = new Map<string, Shown>();
  readonly #heard = new Map<string, SoundSink>();
  #house: House;
  #me: Session;
  #session: LiveSession | null = null;
  #users = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #waitMs = FIRST_WAIT_MS;
  #opening = false;
  #h265 = false;
  #waiting: (() => void)[] = [];
  #takesOpenings = false;
  #lingering: ReturnType<typeof setTimeout> | null = null;
  #letGo: () => void = () => undefined;
  readonly #openings: Openings;

  constructor(me: Session, house: House, hub: House["wire"]["hubs"][number]) {
    this.#me = me;
    this.#house = house;
    this.#hub = hub;
    this.#openings = new Openings(localStorage, house.wire.household, b64(me.keys.signing.public));
  }

  get hubNow(): number {
    return Date.now() + (this.#session?.aheadMs ?? 0);
  }

  /** Connects while somebody uses it; returns how to let go. */
  use(): () => void {
    this.#users++;
    if (this.#users === 1) {
      addEventListener("online", this.#hurry);
      document.addEventListener("visibilitychange", this.#hurry);
      void this.#connect();
    }
    let used = true;
    return () => {
      if (!used) return;
      used = false;
      if (--this.#users === 0) this.#disconnect();
    };
  }

  /** Tries again now. */
  retry(): void {
    this.#waitMs = FIRST_WAIT_MS;
    void this.#connect();
  }

  show(camera: string, ask: Omit<WatchAsk, "h265">, sink: Sink): void {
    this.#shown.set(camera, { ask, sink });
    this.stopped.delete(camera);
    this.#session?.watch(camera, { ...ask, h265: this.#h265 }, sink);
  }
  hide(camera: string, sink: Sink): void {
    if (this.#shown.get(camera)?.sink !== sink) return;
    this.#shown.delete(camera);
    this.#session?.unwatch(camera);
  }

  /** Lets a camera that is shown be heard; returns how to stop. */
  listen(camera: string, sink: SoundSink): () => void {
    this.#heard.set(camera, sink);
    this.#session?.listen(camera, sink);
    return () => {
      if (this.#heard.get(camera) !== sink) return;
      this.#heard.delete(camera);
      this.#session?.unlisten(camera);
    };
  }

  /** Fetches footage to its end, over as many connections as that takes. Returns null when all came, else why not. */
  async footage(
    camera: string,
    start: Date,
    end: Date,
    on: { again(): void; part(part: FilmPart): Promise<void> },
    signal: AbortSignal,
  ): Promise<"refused" | "damaged" | null> {
    let from = start;
    while (!signal.aborted) {
      const session = await this.#open(signal);
      if (!session) return null;
      on.again();
      const fetching = session.footage(camera, from, end, this.#h265, on.part);
      const stop = (): void => fetching.giveUp();
      signal.addEventListener("abort", stop, { once: true });
      const how = await fetching.done;
      signal.removeEventListener("abort", stop);
      from = fetching.reached ?? from;
      if (how === "end" || how === "given-up") return null;
      if (how !== "cut") return how;
    }
    return null;
  }

  async history(signal: AbortSignal): Promise<Lately> {
    return (await (await this.#open(signal))?.history()) ?? { viewings: [], openings: [] };
  }

  /** Lets the hub know which clips were opened on this device, now or when it answers again. */
  tellOpenings(): void {
    this.#sayOpenings();
    if (this.#lingering) clearTimeout(this.#lingering);
    else this.#letGo = this.use();
    this.#lingering = setTimeout(() => {
      this.#lingering = null;
      this.#letGo();
    }, LINGER_MS);
  }
  #sayOpenings(): void {
    const session = this.#session;
    if (!session || !this.#takesOpenings) return;
    for (const { camera, clip, at } of this.#openings.all()) {
      if (this.cameras.some((one) => one.id === camera)) session.opened(camera, clip, at);
    }
  }

  talk(camera: string): void {
    this.talking = null;
    this.#session?.talk(camera);
  }
  sound(pcm: Uint8Array<ArrayBuffer>): void {
    this.#session?.sound(pcm);
  }
  hush(): void {
    this.#session?.hush();
  }

  readonly #hurry = (): void => {
    if (!document.hidden && this.state !== "open" && this.state !== "altered") this.retry();
  };

  async #connect(): Promise<void> {
    if (this.#opening || this.#session || this.#users === 0) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#opening = true;
    if (this.state !== "away") this.state = "connecting";
    try {
      this.#h265 = await decodes(H265);
      const token = await this.#me.api.token();
      const url = `${location.origin.replace(/^http/, "ws")}/v1/relay/watch`;
      const pipe = await openPipe((to) => new WebSocket(to), url, { token, hub: this.#hub.hub, household: this.#house.wire.household });
      const who = await this.#me.whoami();
      const end = { signPub: unb64(this.#hub.sign_pub), recipient: this.#hub.age_recipient };
      const me = { household: this.#house.wire.household, account: who.account, keys: this.#me.keys };
      const session = new LiveSession(pipe, me, [end], {
        opened: () => this.#opened(session),
        cameras: (cameras, takes) => {
          this.#told(cameras);
          if (!takes || this.#takesOpenings) return;
          this.#takesOpenings = true;
          this.#sayOpenings();
        },
        noted: (clip) => this.#openings.drop(clip),
        who: (viewing) => (this.viewing = viewing),
        stopped: (camera, why) => this.stopped.set(camera, why),
        pace: (camera, _, keysOnly) => this.sparse.set(camera, keysOnly),
        talk: (camera, state, why) => (this.talking = { camera, state, why }),
        closed: (why) => this.#closed(session, why),
      });
      this.#session = session;
      if (this.#users === 0) session.close();
    } catch (error) {
      if (!(error instanceof PipeEnded || error instanceof ApiError)) console.error(error);
      this.#later(error instanceof PipeEnded ? error.why : "away");
    } finally {
      this.#opening = false;
    }
  }

  #opened(session: LiveSession): void {
    this.state = "open";
    this.#waitMs = FIRST_WAIT_MS;
    for (const [camera, { ask, sink }] of this.#shown) session.watch(camera, { ...ask, h265: this.#h265 }, sink);
    for (const [camera, sink] of this.#heard) session.listen(camera, sink);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #told(cameras: readonly LiveCamera[]): void {
    this.cameras = cameras;
    // A camera that came back is asked for anew.
    for (const [camera, why] of this.stopped) {
      const shown = this.#shown.get(camera);
      if (why === "away" && shown && cameras.some((one) => one.id === camera && (one.state === "recording" || one.state === "watching"))) {
        this.show(camera, shown.ask, shown.sink);
      }
    }
  }

  #closed(session: LiveSession, why: Ended | "altered"): void {
    if (this.#session !== session) return;
    this.#session = null;
    this.#takesOpenings = false;
    this.viewing = [];
    this.talking = null;
    this.#later(why);
  }

  #later(why: Ended | "altered"): void {
    this.state = why === "altered" ? "altered" : why === "not-allowed" ? "refused" : "away";
    if (this.#users === 0 || why === "altered" || why === "not-allowed") return;
    if (why === "signed-out") this.#me.api.forget();
    this.#timer = setTimeout(() => void this.#connect(), this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }

  /** The session once it is open; null if `signal` comes first. */
  #open(signal: AbortSignal): Promise<LiveSession | null> {
    if (this.#session && this.state === "open") return Promise.resolve(this.#session);
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(null), { once: true });
      this.#waiting.push(() => resolve(this.#session));
    });
  }

  #disconnect(): void {
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    if (this.#timer) clearTimeout(this.#timer);
    this.#session?.close();
    this.#session = null;
    this.#takesOpenings = false;
    this.state = "connecting";
    this.viewing = [];
  }
}

let known: { house: House; links: readonly HubLink[] } | null = null;

/** The links to a household's hubs: the same ones as long as it is the same household. */
export function linksOf(me: Session, house: House): readonly HubLink[] {
  const key = (of: House): string => JSON.stringify([of.wire.household, of.wire.hubs]);
  if (known && key(known.house) === key(house)) return known.links;
  known = { house, links: house.wire.hubs.map((hub) => new HubLink(me, house, hub)) };
  return known.links;
}

/** Tells the household's hubs that a clip was opened here: all members can see it. */
export function tellOpening(me: Session, house: House, camera: string, clip: string): void {
  new Openings(localStorage, house.wire.household, b64(me.keys.signing.public)).add({ camera, clip, at: new Date().toISOString() });
  for (const link of linksOf(me, house)) link.tellOpenings();
}
