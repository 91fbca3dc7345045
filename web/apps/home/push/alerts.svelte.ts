/** Alerts on this browser, as its pages show them: what was asked, what the hub took up, what came. */
import { type Choices, type ModeBehest, PLAIN, type Behest } from "../../../core/push/behest.ts";
import { type Trouble, troubleOf } from "../../../ui/trouble.ts";
import { app } from "../app.svelte.ts";
import { words } from "../words.ts";
import { type Arrived, arrivedFor } from "./arrived.ts";
import { type Can, canHave, deviceOf, leaveBehest, myBehest, nextBehest, signs, stillSubscribed, subscribe, unsubscribe } from "./device.ts";
import { ARRIVED } from "./register.ts";
import { type Flow, flowOf } from "./word.ts";

class Alerts {
  can = $state<Can>("yes");
  /** What was asked for this browser; null before the first time, and until it is known. */
  behest = $state.raw<Behest | null>(null);
  known = $state(false);
  arrived = $state.raw<Arrived | null>(null);
  busy = $state<"" | "on" | "off" | "save" | "mode" | "test">("");
  trouble = $state.raw<Trouble | null>(null);
  device = $state("");

  constructor() {
    addEventListener(ARRIVED, () => void this.look());
  }

  get on(): boolean {
    return Boolean(this.behest?.subscription);
  }
  get choices(): Choices {
    return this.behest?.choices ?? PLAIN;
  }
  /** How alerts go here, by the hub's word and by what came. */
  get flow(): Flow {
    if (!this.on || app.hub.kind !== "heard") return { kind: "unknown" };
    return flowOf(app.hub.status.alerts, this.device, this.arrived, app.now.getTime());
  }

  /** Learns how things are; asks the server once. */
  async load(): Promise<void> {
    const { session } = app;
    if (!session) return;
    this.can = canHave(signs());
    this.device = deviceOf(session);
    await this.look();
    try {
      this.behest = await myBehest(session, this.device);
      this.known = true;
      await this.#mend();
    } catch (error) {
      this.trouble = troubleOf(error);
    }
  }

  /** Reads what came to this browser. */
  async look(): Promise<void> {
    if (this.device) this.arrived = await arrivedFor(this.device).catch(() => null);
  }

  switchOn = (): Promise<void> =>
    this.#do("on", async () => {
      const asked = await Notification.requestPermission();
      this.can = canHave(signs());
      if (asked !== "granted") throw Object.assign(new Error(), { quiet: asked === "default" });
      await this.#leave({ subscription: await subscribe(this.#session) });
    });

  switchOff = (): Promise<void> =>
    this.#do("off", async () => {
      await this.#leave({ subscription: null });
      await unsubscribe().catch(() => undefined); // the hub was told; what the browser keeps does no harm
    });

  save = (choices: Choices): Promise<void> => this.#do("save", () => this.#leave({ choices }));
  test = (): Promise<void> => this.#do("test", () => this.#leave({ test: new Date().toISOString() }));
  setMode = (mode: ModeBehest): Promise<void> => this.#do("mode", () => this.#leave({ mode }));

  /** The browser may have ended or changed its subscription by itself: then it asks anew, if it still may. */
  async #mend(): Promise<void> {
    const { behest } = this;
    if (!behest?.subscription || this.can !== "yes" || Notification.permission !== "granted") return;
    if (await stillSubscribed(behest)) return;
    await this.#leave({ subscription: await subscribe(this.#session) });
  }

  async #leave(change: Partial<Behest>): Promise<void> {
    const { house } = app;
    if (!house) return;
    const before = await myBehest(this.#session, this.device);
    const next = nextBehest(before, this.#session, house, this.device, change);
    await leaveBehest(this.#session, house, next);
    this.behest = next;
  }

  async #do(what: "on" | "off" | "save" | "mode" | "test", act: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = what;
    this.trouble = null;
    try {
      await act();
    } catch (error) {
      this.trouble = this.#troubleOf(error);
    }
    this.busy = "";
  }

  #troubleOf(error: unknown): Trouble | null {
    if (error instanceof Error && "quiet" in error) return error.quiet ? { ...words.alerts.failed, what: words.alerts.dismissed, todo: "" } : null;
    // AbortError is what browsers throw where their maker's service is away.
    if (error instanceof DOMException) return { ...words.alerts.failed, code: error.name };
    return troubleOf(error);
  }

  get #session(): NonNullable<typeof app.session> {
    if (!app.session) throw new Error("Nobody is signed in.");
    return app.session;
  }
}

export const alerts = new Alerts();
