/** The pages of the app by the first part of their address. All but the first are fetched after the start;
 *  a new page needs one line here. */
import type { Component } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { Place } from "../../ui/route.svelte.ts";

export interface Entry {
  readonly load: () => Promise<Component>;
  /** What the page is handed of its address. */
  readonly props: (place: Pick<Place, "parts" | "query">) => Record<string, unknown>;
}

function page<P extends Record<string, unknown>>(load: () => Promise<{ default: Component<P> }>, props: (place: Pick<Place, "parts" | "query">) => P): Entry {
  return { load: async () => (await load()).default as Component, props };
}
const bare = (load: () => Promise<{ default: Component }>): Entry => page(load, () => ({}));

/** For whoever is signed in to a household. */
export const PAGES: Readonly<Record<string, Entry>> = {
  clip: page(() => import("./timeline/ClipPage.svelte"), ({ parts, query }) => ({ clip: parts[0] ?? "", day: query.get("d") })),
  share: page(() => import("./share/SharePage.svelte"), ({ parts, query }) => ({ clip: parts[0] ?? "", day: query.get("d") })),
  support: bare(() => import("./share/SupportPage.svelte")),
  wishes: bare(() => import("./wishes/WishesPage.svelte")),
  sign: bare(() => import("./wishes/SignPage.svelte")),
  links: bare(() => import("./share/LinksPage.svelte")),
  together: page(() => import("./timeline/TogetherPage.svelte"), ({ parts, query }) => ({ clip: parts[0] ?? "", day: query.get("d") })),
  neighbours: page(() => import("./neighbours/NeighboursPage.svelte"), ({ parts, query }) => ({ parts, query })),
  requests: bare(() => import("./requests/RequestsPage.svelte")),
  request: page(() => import("./requests/AskPage.svelte"), ({ parts }) => ({ request: parts[0] ?? "" })),
  process: bare(() => import("./process/ProcessPage.svelte")),
  house: bare(() => import("./household/HousePage.svelte")),
  hub: page(() => import("./household/HubPage.svelte"), ({ parts }) => ({ brought: parts[0] ?? "" })),
  alerts: bare(() => import("./push/AlertsPage.svelte")),
  alert: page(() => import("./push/AlertPage.svelte"), ({ parts, query }) => ({ clip: parts[0] ?? "", day: query.get("d") ?? "" })),
  people: bare(() => import("./household/PeoplePage.svelte")),
  person: page(() => import("./household/PersonPage.svelte"), ({ parts }) => ({ account: parts[0] ?? "" })),
  invite: page(() => import("./household/InvitePage.svelte"), ({ parts }) => ({ invite: parts[0] ?? "" })),
  sheet: bare(() => import("./sheet/SheetPage.svelte")),
  devices: bare(() => import("./door/DevicesPage.svelte")),
  held: bare(() => import("./held/HeldPage.svelte")),
  live: bare(() => import("./live/WallPage.svelte")),
  camera: page(() => import("./live/LivePage.svelte"), ({ parts, query }) => ({ camera: parts[0] ?? "", from: query.get("t") })),
  terms: bare(() => import("./terms/TermsPage.svelte")),
  leave: bare(() => import("./household/LeavePage.svelte")),
};
/** For a tab without a household. */
export const DOORS = {
  arrive: bare(() => import("./door/ArrivePage.svelte")),
  begin: bare(() => import("./door/BeginPage.svelte")),
  held: bare(() => import("./held/HeldPage.svelte")),
  join: bare(() => import("./door/JoinPage.svelte")),
  keyless: bare(() => import("./door/KeylessPage.svelte")),
  recover: bare(() => import("./sheet/RecoverPage.svelte")),
  noPictures: bare(() => import("./household/NoPicturesPage.svelte")),
  unknown: bare(() => import("./door/UnknownPage.svelte")),
  terms: bare(() => import("./terms/TermsPage.svelte")),
  signIn: bare(() => import("./door/SignInPage.svelte")),
} satisfies Record<string, Entry>;

const here = new SvelteMap<Entry, Component>();
const failed = new SvelteMap<Entry, unknown>();
const asked = new Set<Entry>();

/** Asks for a page, once; a failed attempt may be made again. The pages of a household come all together: which of
 *  them is open, such as that of a request, is not told by what is fetched. */
export function fetchPage(entry: Entry): void {
  if (here.has(entry)) return;
  for (const one of Object.values(PAGES).includes(entry) ? Object.values(PAGES) : [entry]) void fetchOne(one);
}

async function fetchOne(entry: Entry): Promise<void> {
  if (here.has(entry) || asked.has(entry)) return;
  asked.add(entry);
  failed.delete(entry);
  await entry
    .load()
    .then(
      (component) => here.set(entry, component),
      (error: unknown) => failed.set(entry, error),
    )
    .finally(() => asked.delete(entry));
}

export const pageHere = (entry: Entry): Component | undefined => here.get(entry);
export const pageFailed = (entry: Entry): boolean => failed.has(entry);

/** Fetches the other pages whenever nothing else is to be done, one after the other, so that opening one takes no time. */
export function fetchPagesIdly(): void {
  const idle = globalThis.requestIdleCallback ?? ((act: () => void) => setTimeout(act, 1000));
  const left = Object.values(PAGES);
  const next = (): void => {
    const entry = left.shift();
    if (entry) void fetchOne(entry).then(() => idle(next));
  };
  idle(next);
}
