/** The app's frame, kept for when there is no network: its page and the files it names. Nothing personal: no answer of the
 *  server's calls is ever kept. Runs in the service worker. */
const CACHE = "fanlight-shell";
export const PAGE = "/home/";
const WAIT_MS = 4000;
const NAMED = /(?:src|href)="(\/assets\/[^"]+)"/g;
const LATER = /<meta name="fanlight-later" content="([^"]*)"/;
const WITHIN = /url\(["']?(\/assets\/[^"')]+)["']?\)/g;

/** The files that a page, or a style sheet, names. */
export const namedIn = (text: string, pattern: "page" | "style"): string[] => [
  ...new Set([...text.matchAll(pattern === "page" ? NAMED : WITHIN)].flatMap(([, path]) => path ?? [])),
];

/** The files that a page fetches after its frame: those of the pages within. */
export const laterIn = (text: string): string[] => (LATER.exec(text)?.[1] ?? "").split(" ").filter((path) => path.startsWith("/assets/"));

/** Whether a call asks for the app's page, its files, or neither. */
export function kindOf(url: URL, origin: string, mode: string, method: string): "page" | "file" | null {
  if (url.origin !== origin || method !== "GET") return null;
  if (mode === "navigate" && (url.pathname === "/home" || url.pathname.startsWith("/home/"))) return "page";
  if (url.pathname.startsWith("/assets/") || url.pathname.startsWith("/home/icons/")) return "file";
  return null;
}

/** Keeps a page and the files that it names, and forgets those of the page before. */
export async function keep(page: Response): Promise<void> {
  if (!page.ok || page.redirected) return;
  const cache = await caches.open(CACHE);
  const text = await page.clone().text();
  const known = await (await cache.match(PAGE))?.text();
  if (known === text) return;
  const [files, later] = [namedIn(text, "page"), laterIn(text)];
  for (const path of files) {
    const file = await fetch(path);
    if (!file.ok) return; // of another release than the page: the next visit brings both
    if (path.endsWith(".css")) files.push(...namedIn(await file.clone().text(), "style").filter((one) => !files.includes(one)));
    await cache.put(path, file);
  }
  for (const old of await cache.keys()) {
    const { pathname } = new URL(old.url);
    if (known !== undefined && pathname.startsWith("/assets/") && !files.includes(pathname) && !later.includes(pathname)) await cache.delete(old);
  }
  await cache.put(PAGE, page);
  // The frame stands by now. A file that does not come is fetched when its page is opened.
  for (const path of later) {
    if (!(await cache.match(path))) await cache.add(path).catch(() => undefined);
  }
}

/** The app's page: the server's, or the kept one if the server does not answer. `later` keeps the worker alive. */
export async function pageFor(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
  try {
    const page = await fetch(request, { signal: AbortSignal.timeout(WAIT_MS) });
    if (page.ok) {
      later(keep(page.clone()).catch(() => undefined)); // a full disk: the page is shown all the same
      return page;
    }
    // A proxy that answers for a server that is away.
    return page.status >= 500 ? ((await kept()) ?? page) : page;
  } catch (error) {
    const page = await kept();
    if (page) return page;
    throw error;
  }
}

/** A file of the app: the kept one, since its name holds its hash; else the server's, which is then kept. */
export async function fileFor(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const file = await fetch(request);
  if (file.ok) await cache.put(request, file.clone()).catch(() => undefined);
  return file;
}

const kept = async (): Promise<Response | undefined> => (await caches.open(CACHE)).match(PAGE);
