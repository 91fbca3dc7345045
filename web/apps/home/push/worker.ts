/** The service worker of the home app: shows what the hub sends, opens what it was about, keeps the app's frame.
 *  Built into one file of its own, /home/worker.js (vite.worker.config.ts). It holds no key and asks the server for nothing
 *  but the app's own files. */
import { noteArrival, noteChange } from "./arrived.ts";
import { fileFor, keep, kindOf, PAGE, pageFor } from "./shell.ts";
import { readPush, shownOf } from "./telling.ts";

// TypeScript's list of a page's names lacks those of a service worker.
interface Later extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Later {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Pushed extends Later {
  readonly data: { json(): unknown } | null;
}
interface Clicked extends Later {
  readonly notification: Notification;
}
interface Tab {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void>; matchAll(which: object): Promise<Tab[]>; openWindow(url: string): Promise<unknown> };
  skipWaiting(): Promise<void>;
  addEventListener(name: "install" | "activate" | "pushsubscriptionchange", act: (event: Later) => void): void;
  addEventListener(name: "fetch", act: (event: Fetching) => void): void;
  addEventListener(name: "push", act: (event: Pushed) => void): void;
  addEventListener(name: "notificationclick", act: (event: Clicked) => void): void;
}
const scope = self as unknown as Scope;
const ICON = "/home/icons/192.png";
const BADGE = "/home/icons/badge.png";

scope.addEventListener("install", (event) => {
  event.waitUntil(
    fetch(PAGE, { cache: "no-cache" })
      .then(keep)
      .catch(() => undefined) // offline: alerts work without the frame
      .then(() => scope.skipWaiting()),
  );
});
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const kind = kindOf(new URL(request.url), location.origin, request.mode, request.method);
  if (kind === "page") event.respondWith(pageFor(request, (work) => event.waitUntil(work)));
  else if (kind === "file") event.respondWith(fileFor(request));
});

scope.addEventListener("push", (event) => event.waitUntil(show(event)));

async function show(event: Pushed): Promise<void> {
  let said: unknown = null;
  try {
    said = event.data?.json();
  } catch {
    // Not ours, or of a later form: shown without words of its own.
  }
  const push = readPush(said);
  // Storage may be full or switched off: better an alert twice than none.
  if (push && !(await noteArrival(push.to, push, Date.now()).catch(() => true))) return;
  const { title, image, place, ...shown } = shownOf(push, (at) => at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }));
  const options = { ...shown, ...(image ? { image } : {}), icon: ICON, badge: BADGE, lang: "en-GB", data: { place } };
  await scope.registration.showNotification(title, options);
  for (const tab of await tabs()) tab.postMessage({ type: "fanlight-arrived" });
}

scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { place } = (event.notification.data ?? {}) as { place?: unknown };
  event.waitUntil(open(typeof place === "string" ? place : ""));
});

async function open(place: string): Promise<void> {
  const tab = (await tabs())[0];
  if (!tab) {
    await scope.clients.openWindow(`${PAGE}#/${place}`);
    return;
  }
  tab.postMessage({ type: "fanlight-open", place });
  await tab.focus().catch(() => undefined); // the browser may forbid it
}

const tabs = async (): Promise<Tab[]> =>
  (await scope.clients.matchAll({ type: "window", includeUncontrolled: true })).filter(({ url }) => new URL(url).pathname.startsWith("/home"));

scope.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(noteChange().catch(() => undefined)));
