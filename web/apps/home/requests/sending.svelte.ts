/** Copies on their way to a case: sealed here, sent at once or at a random time within the hour, taken back until then.
 *  Lives as long as the page; a copy that was not sent when the page closes is gone, and the page says so. */
import { SvelteMap } from "svelte/reactivity";
import { drop } from "../../../core/api/calls.ts";
import type { Client } from "../../../core/api/client.ts";
import type { SealedDisclosure } from "../../../core/seal/disclosure.ts";
import { troubleOf, type Trouble } from "../../../ui/trouble.ts";

export type Sending =
  | { readonly kind: "waiting"; readonly latest: Date }
  | { readonly kind: "sending"; readonly share: number }
  | { readonly kind: "sent"; readonly at: Date }
  | { readonly kind: "failed"; readonly trouble: Trouble };

export interface Parcel {
  readonly disclosure: string;
  readonly dropToken: string;
  readonly sealed: SealedDisclosure;
  /** Hash of the secret by which it can be asked for back. */
  readonly withdrawSha256: string;
  /** Whether another agency may have it, as the server gets it. */
  readonly onwardCommit: string;
  /** Called once it has arrived. */
  readonly onsent: () => void;
}

const HOUR_MS = 3_600_000;

export class Outgoing {
  /** By request. */
  readonly states = new SvelteMap<string, Sending>();
  readonly #parcels = new Map<string, Parcel>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #api: Client;

  constructor(api: Client) {
    this.#api = api;
    addEventListener("beforeunload", (event) => {
      if ([...this.states.values()].some((state) => state.kind === "waiting" || state.kind === "sending")) event.preventDefault();
    });
  }

  /** Sends at once, or at a random time within the next hour. */
  put(request: string, parcel: Parcel, when: "now" | "later"): void {
    this.#parcels.set(request, parcel);
    if (when === "now") {
      void this.send(request);
      return;
    }
    const share = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    this.states.set(request, { kind: "waiting", latest: new Date(Date.now() + HOUR_MS) });
    this.#timers.set(
      request,
      setTimeout(() => void this.send(request), (share / 2 ** 32) * HOUR_MS),
    );
  }

  async send(request: string): Promise<void> {
    const parcel = this.#parcels.get(request);
    if (!parcel || this.states.get(request)?.kind === "sending") return;
    clearTimeout(this.#timers.get(request));
    const again = this.states.get(request)?.kind === "failed";
    this.states.set(request, { kind: "sending", share: 0 });
    try {
      const { hdr, pay, manifestAge, root, manifestSha256 } = parcel.sealed;
      const parts = { hdr, pay, manifest: manifestAge, root, manifestSha256, withdrawSha256: parcel.withdrawSha256, onwardCommit: parcel.onwardCommit };
      await drop(this.#api, parcel.dropToken, parcel.disclosure, parts, (share) => this.states.set(request, { kind: "sending", share }), again);
      parcel.onsent();
      this.states.set(request, { kind: "sent", at: new Date() });
      this.#parcels.delete(request);
    } catch (error) {
      this.states.set(request, { kind: "failed", trouble: troubleOf(error) });
    }
  }

  /** Takes back what was not sent yet; nobody ever hears of it. */
  takeBack(request: string): void {
    clearTimeout(this.#timers.get(request));
    this.#parcels.delete(request);
    this.states.delete(request);
  }
}
