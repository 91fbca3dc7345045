/** What came to this browser, by behest: kept in IndexedDB by the service worker, read by the app. Counts and times, no content.
 *  It is how the app notices that pushes stopped arriving; nobody else is told. */
export interface Arrived {
  /** The highest number that came. */
  readonly n: number;
  readonly count: number;
  /** When the last one came here; ms since 1970. */
  readonly at: number;
  /** The last ids, so that a push that is sent twice is shown once. */
  readonly ids: readonly string[];
}

const NAME = "fanlight-alerts";
const STORE = "arrived";
const REMEMBERED = 64;
/** The key under which it is noted that the browser changed its subscription by itself. */
const CHANGED = "changed";

/** Notes a push; false if it came before. Pure. */
export function note(known: Arrived | undefined, push: { readonly id: string; readonly n: number }, now: number): Arrived | null {
  if (known?.ids.includes(push.id)) return null;
  return {
    n: Math.max(known?.n ?? 0, push.n),
    count: (known?.count ?? 0) + 1,
    at: now,
    ids: [...(known?.ids ?? []), push.id].slice(-REMEMBERED),
  };
}

/** Notes a push for a behest; false if it came before. */
export const noteArrival = (behest: string, push: { readonly id: string; readonly n: number }, now: number): Promise<boolean> =>
  within("readwrite", async (store) => {
    const noted = note((await done(store.get(behest))) as Arrived | undefined, push, now);
    if (noted) await done(store.put(noted, behest));
    return noted !== null;
  });

/** What came for a behest so far. */
export const arrivedFor = (behest: string): Promise<Arrived | null> => within("readonly", async (store) => ((await done(store.get(behest))) as Arrived | undefined) ?? null);

export const noteChange = (): Promise<void> => within("readwrite", async (store) => void (await done(store.put(true, CHANGED))));

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const open = indexedDB.open(NAME, 1);
  open.onupgradeneeded = () => open.result.createObjectStore(STORE);
  const database = await done(open);
  try {
    return await act(database.transaction(STORE, mode).objectStore(STORE));
  } finally {
    database.close();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB refused."));
  });
}
