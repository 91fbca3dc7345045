/** The state of the hub's page: this tab's key, and what the hub said last. Pages read it; it stops asking while nobody looks. */
import { ApiError, Client } from "../../core/api/client.ts";
import type { Trouble } from "../../ui/trouble.ts";
import { type CameraView, getHub, type HubView, patchCamera, setHome } from "./api.ts";
import { dropKey, takeKey } from "./key.ts";
import { troubleOf } from "./tell.ts";

const EVERY_MS = 3000;
const RETRY_MS = 15_000;

export type Phase =
  | { readonly kind: "starting" }
  | { readonly kind: "nokey"; readonly refused: boolean }
  | { readonly kind: "hub" }
  | { readonly kind: "trouble"; readonly trouble: Trouble };

export class App {
  phase = $state.raw<Phase>({ kind: "starting" });
  hub = $state.raw<HubView | null>(null);
  /** Since when the hub does not answer. */
  awaySince = $state.raw<Date | null>(null);
  now = $state.raw(new Date());
  #key: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  /** Counts changes made here: an answer that was on its way when one was made is older than it. */
  #changes = 0;
  readonly api = new Client((url, init) => fetch(url, { ...init, cache: "no-store" }), "", async () => this.#key ?? "");

  start(): void {
    // Another key in the address of a page that is open already: begin anew with it.
    addEventListener("hashchange", () => location.hash.startsWith("#k=") && location.reload());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.again();
    });
    addEventListener("online", () => this.again());
    this.#key = takeKey(window);
    if (this.#key) this.again();
    else this.phase = { kind: "nokey", refused: false };
  }

  camera(id: string): CameraView | null {
    return this.hub?.cameras.find((camera) => camera.id === id) ?? null;
  }
  /** Whether another camera has this name, as a person reads it. */
  named(name: string, except = ""): boolean {
    const wanted = name.trim().toLowerCase();
    return wanted !== "" && (this.hub?.cameras.some((camera) => camera.id !== except && camera.name.trim().toLowerCase() === wanted) ?? false);
  }
  get names(): Map<string, string> {
    return new Map(this.hub?.cameras.map((camera) => [camera.id, camera.name]));
  }

  /** Asks the hub now; otherwise it is asked every so often. */
  again(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#key || document.hidden) return;
    void this.#ask().finally(() => {
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.again(), Math.min(RETRY_MS, EVERY_MS * 2 ** this.#failures));
    });
  }

  /** Changes a camera's options. Throws ApiError; nothing changed then. */
  async change(id: string, changes: Readonly<Record<string, unknown>>): Promise<CameraView> {
    const camera = await patchCamera(this.api, id, changes);
    this.put(camera);
    return camera;
  }
  put(camera: CameraView): void {
    this.#changes++;
    if (!this.hub) return;
    const known = this.hub.cameras.some((one) => one.id === camera.id);
    this.hub = { ...this.hub, cameras: known ? this.hub.cameras.map((one) => (one.id === camera.id ? camera : one)) : [...this.hub.cameras, camera] };
  }
  forget(id: string): void {
    this.#changes++;
    if (this.hub) this.hub = { ...this.hub, cameras: this.hub.cameras.filter((camera) => camera.id !== id) };
  }
  async setHome(home: boolean): Promise<void> {
    await setHome(this.api, home);
    this.#changes++;
    if (this.hub) this.hub = { ...this.hub, home };
  }

  /** The hub refused the key, here or in a page's own call. */
  refused(): void {
    dropKey(sessionStorage);
    this.#key = null;
    this.phase = { kind: "nokey", refused: true };
  }

  async #ask(): Promise<void> {
    const changes = this.#changes;
    try {
      const hub = await getHub(this.api);
      if (changes === this.#changes) this.hub = hub;
      this.phase = { kind: "hub" };
      this.awaySince = null;
      this.#failures = 0;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.refused();
        return;
      }
      this.#failures++;
      this.awaySince ??= new Date();
      if (!this.hub) this.phase = { kind: "trouble", trouble: troubleOf(error) };
    } finally {
      this.now = new Date();
    }
  }
}

export const app = new App();
