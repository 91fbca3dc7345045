/** How this tab looks at the timeline: what it shows, where it was, and what it is about to erase. */
import { SvelteMap } from "svelte/reactivity";
import { removeClip } from "../../../core/api/calls.ts";
import type { Client } from "../../../core/api/client.ts";
import type { Label } from "../../../core/seal/manifest.ts";
import { troubleOf, type Trouble } from "../../../ui/trouble.ts";
import { ErasedHere } from "./lacking.ts";
import type { Timeline } from "./timeline.svelte.ts";

const UNDO_MS = 10_000;

class View {
  label = $state<Label | null>(null);
  cameraId = $state<string | null>(null);
  calendar = $state(false);
  /** Where the list was when a clip was opened from it. */
  left: { readonly scrollY: number } | null = null;
  /** Clips that are erased soon, each with what says which it is and what calls it off. */
  readonly erasing = new SvelteMap<string, { readonly what: string; readonly undo: () => void }>();
  eraseTrouble = $state.raw<Trouble | null>(null);
  /** Those that this device erased lately. */
  readonly erased = new ErasedHere(ground());

  /** Takes a clip out of sight now and erases it for good in ten seconds, unless that is called off. */
  eraseSoon(api: Client, timeline: Timeline, clip: string, what: string): void {
    const event = timeline.events.get(clip);
    if (event) this.erased.note(clip, { cameraId: event.cameraId, day: event.row.day });
    const back = (): void => {
      this.erased.drop(clip);
      this.erasing.delete(clip);
      timeline.show(clip);
    };
    const timer = setTimeout(() => {
      removeClip(api, clip).then(
        () => this.erasing.delete(clip),
        (error: unknown) => {
          back();
          this.eraseTrouble = troubleOf(error);
        },
      );
    }, UNDO_MS);
    this.eraseTrouble = null;
    timeline.hide(clip);
    this.erasing.set(clip, {
      what,
      undo: () => {
        clearTimeout(timer);
        back();
      },
    });
  }
}

function ground(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

export const view = new View();
