/** Wishes as this household sees them: opened with the area's key, beside the clips that the hub found at home. */
import { cellKey } from "../../../core/api/calls.ts";
import type { Client } from "../../../core/api/client.ts";
import { cellWishes } from "../../../core/api/wishes.ts";
import { SealError } from "../../../core/seal/errors.ts";
import { openWish, type Wish } from "../../../core/wish.ts";

export interface Met {
  readonly id: string;
  readonly wish: Wish;
  readonly clips: readonly string[];
}

/** Fetches the area's wishes, all of them as every home does, and keeps those that met a clip here. Throws ApiError. */
export async function metWishes(api: Client, ground: Client, cell: string, clipsOf: (wish: string) => readonly string[]): Promise<Met[]> {
  const [rows, { identity }] = await Promise.all([cellWishes(ground, cell), cellKey(api, cell)]);
  const met: Met[] = [];
  for (const { wish, sealed } of rows) {
    const clips = clipsOf(wish);
    if (clips.length === 0) continue;
    try {
      met.push({ id: wish, wish: await openWish(sealed, identity), clips });
    } catch (error) {
      if (!(error instanceof SealError)) throw error; // anybody may have sent anything
    }
  }
  return met.sort((a, b) => b.wish.start.localeCompare(a.wish.start));
}

const DONE = "fanlight.wishes-done";
const BLURRED = "fanlight.always-blur";

/** Random ids, kept on this device: they tell nothing without the household's key. */
function ids(store: Storage, key: string): Set<string> {
  try {
    const kept: unknown = JSON.parse(store.getItem(key) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}
function add(store: Storage, key: string, more: readonly string[]): void {
  const all = [...ids(store, key), ...more].slice(-500);
  try {
    store.setItem(key, JSON.stringify(all));
  } catch {
    // Storage is switched off: it lasts until the page is closed.
  }
}
export const wishesDone = (store: Storage): Set<string> => ids(store, DONE);
export const putAside = (store: Storage, wish: string): void => add(store, DONE, [wish]);
export const blurAlways = (store: Storage, clips: readonly string[]): void => add(store, BLURRED, clips);
export const isAlwaysBlurred = (store: Storage, clip: string): boolean => ids(store, BLURRED).has(clip);
