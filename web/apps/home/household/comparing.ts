/** How the hub's keys stand to this device's, in words: what a server that shows them different books cannot hide. Pure. */
import { compareHeads, type Pin } from "../../../core/seal/book.ts";
import { words } from "../words.ts";
import type { House } from "./house.ts";

/** What of a hub's word is compared. */
export type Told = { readonly kind: "none" } | { readonly kind: "bad" } | { readonly kind: "heard"; readonly epoch: number; readonly status: { readonly head: Pin | null } };

export interface Compared {
  readonly kind: "know" | "ok" | "care" | "stop";
  readonly title: string;
  readonly text: string;
}

export function compareHub(house: Pick<House, "chain">, hub: Told): Compared {
  const w = words.house;
  if (hub.kind === "none") return { kind: "know", title: w.hubKeyNone, text: w.hubKeyNoneText };
  if (hub.kind === "bad") return { kind: "stop", title: w.hubKeyBad, text: w.hubKeyBadText };
  const { head } = hub.status;
  if (head && compareHeads(house.chain, head) === "other") return { kind: "stop", title: w.hubKeyBad, text: w.hubKeyOther };
  const newest = house.chain.at(-1)?.n ?? -1;
  return hub.epoch === newest
    ? { kind: "ok", title: w.hubKeyMatch, text: w.hubKeyMatchText(newest + 1) }
    : { kind: "care", title: w.hubKeyOld, text: w.hubKeyOldText };
}
