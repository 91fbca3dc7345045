/** The key of this hub's page: it comes behind `#k=` in a link, leaves the address at once, and stays in this tab only. */
const SLOT = "fanlight-hub-key";
const FRAGMENT = /^#k=([A-Za-z0-9_-]{16,128})$/;

/** The key in a fragment, or null. */
export const keyIn = (hash: string): string | null => FRAGMENT.exec(hash)?.[1] ?? null;

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;
interface Tab {
  readonly location: Pick<Location, "hash" | "pathname">;
  readonly history: Pick<History, "replaceState">;
  readonly sessionStorage: Store;
}

/** Takes the key out of the address, or finds the one that this tab was given before. */
export function takeKey(tab: Tab): string | null {
  const brought = tab.location.hash.startsWith("#k=");
  const key = keyIn(tab.location.hash);
  if (brought) tab.history.replaceState(null, "", tab.location.pathname);
  try {
    if (key) tab.sessionStorage.setItem(SLOT, key);
    return key ?? tab.sessionStorage.getItem(SLOT);
  } catch {
    return key; // storage is switched off: the key lasts until the page is reloaded
  }
}

export function dropKey(store: Store): void {
  try {
    store.removeItem(SLOT);
  } catch {
    // nothing was kept
  }
}
