/** A camera that is being added: what was typed and what was found stay while a person goes back and forth. */
import { type CameraView, addCamera, discover, type Found, type Outline, type RecordChoice, type Tried, tryCamera } from "./api.ts";
import { addressOf } from "./address.ts";
import type { App } from "./app.svelte.ts";

const AGAIN_MS = 2500;

class Adding {
  found = $state.raw<readonly Found[] | null>(null);
  looking = $state(false);
  lookFailed = $state(false);
  /** One of those found, or null for an address by hand. */
  chosen = $state.raw<Found | null>(null);
  byHand = $state(false);
  address = $state("");
  user = $state("");
  password = $state("");
  tried = $state.raw<Tried | null>(null);
  name = $state("");
  record = $state<RecordChoice>("events");
  /** As the hub proposed it, then as a person moved it: a later try leaves it alone. */
  zone = $state.raw<Outline>([]);
  #looked = false;

  forget(): void {
    this.chosen = this.tried = null;
    this.byHand = false;
    this.address = this.user = this.password = this.name = "";
    this.record = "events";
    this.zone = [];
  }

  /** Looks on the network; once by itself, again when asked. */
  async look(app: App, again = false): Promise<void> {
    if (this.looking || (this.#looked && !again)) return;
    this.looking = this.#looked = true;
    this.lookFailed = false;
    try {
      this.found = await discover(app.api);
      if (this.found.length === 0) this.byHand = true; // the only way there is
    } catch {
      this.lookFailed = true;
    }
    this.looking = false;
  }

  /** What to send to have it tried; null where the address is none. */
  get asked(): Readonly<Record<string, string>> | null {
    if (this.chosen) return { xaddr: this.chosen.xaddr, user: this.user, password: this.password };
    const address = addressOf(this.address, this.user, this.password);
    return address.kind === "ok" ? { url: address.url } : null;
  }

  /** Throws ApiError where the camera cannot be had. */
  async try(app: App, signal: AbortSignal): Promise<void> {
    const { asked } = this;
    if (!asked) return;
    this.tried = await tryCamera(app.api, asked, signal);
    if (this.zone.length === 0) this.zone = this.tried.proposal.zone;
  }

  /** Keeps the preview fresh until `signal`. A try that fails leaves the last picture. */
  async refresh(app: App, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      if (signal.aborted || document.hidden) continue;
      await this.try(app, signal).catch(() => undefined);
    }
  }

  async add(app: App, zones: readonly Outline[]): Promise<CameraView> {
    if (!this.tried) throw new Error("Nothing was tried.");
    const camera = await addCamera(app.api, {
      name: this.name.trim(),
      url_ref: this.tried.proposal.url_ref,
      record: this.record,
      privacy: { zones },
    });
    app.put(camera);
    return camera;
  }
}

export const adding = new Adding();
