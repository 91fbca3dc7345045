// Alerts, from the hub at home to a notification in the browser that opens its clip; and the app's frame without a network:
// R01 R03 R05 R11. The push service is our own on the loopback; the browser gets what it would decrypt by the DevTools protocol.
import { createDecipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, type BrowserContext, type CDPSession, type Page, type Worker } from "@playwright/test";
import { be, expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

interface Said {
  kind: string;
  n: number;
  clip?: string;
  picture?: string;
  camera?: string;
}
let context: BrowserContext;
let page: Page;
let service: Server;
let keys: ECDH;
let cdp: CDPSession;
let registration = "";
const auth = randomBytes(16);
const bodies: { body: Buffer; headers: IncomingMessage["headers"] }[] = [];

/** Decrypts a push as the browser does (RFC 8291). */
function read(body: Buffer): string {
  const [salt, sender, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), sender]);
  const ikm = Buffer.from(hkdfSync("sha256", keys.computeSecret(sender), auth, info, 32));
  const key = Buffer.from(hkdfSync("sha256", ikm, salt, "Content-Encoding: aes128gcm\0", 16));
  const nonce = Buffer.from(hkdfSync("sha256", ikm, salt, "Content-Encoding: nonce\0", 12));
  const cipher = createDecipheriv("aes-128-gcm", key, nonce).setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  return plain.subarray(0, plain.lastIndexOf(2)).toString();
}
const all = (): Said[] => bodies.map(({ body }) => JSON.parse(read(body)) as Said);

/** The ids of what the app's worker noted as come. */
const noted = (): Promise<string[]> =>
  page.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const open = indexedDB.open("fanlight-alerts", 1);
        open.onupgradeneeded = () => open.result.createObjectStore("arrived");
        open.onerror = () => reject(open.error ?? new Error("no store"));
        open.onsuccess = () => {
          const all = open.result.transaction("arrived").objectStore("arrived").getAll();
          all.onsuccess = () => {
            open.result.close();
            resolve((all.result as { ids?: string[] }[]).flatMap(({ ids }) => ids ?? []));
          };
        };
      }),
  );

/** Has notifications stay until they are touched: this browser has no place for those whose seven seconds are over, and forgets them. */
async function stay(): Promise<void> {
  const running = context.serviceWorkers().find((one) => one.url().endsWith("/home/worker.js"));
  const change = running?.evaluate(() => {
    const { registration: mine } = self as unknown as { registration: ServiceWorkerRegistration };
    mine.showNotification = (title, options) => ServiceWorkerRegistration.prototype.showNotification.call(mine, title, { ...options, requireInteraction: true });
  });
  await change?.catch(() => undefined); // it was stopped meanwhile, and is started by the next push
}

/** Waits for a push of one of these kinds and hands it to the browser, again if need be: the DevTools protocol tells of no failure,
 *  and a worker that does not start in time on a busy machine is one. A push that came is not shown twice (R05). */
async function deliver(...kinds: string[]): Promise<Said> {
  await expect.poll(() => all().some(({ kind }) => kinds.includes(kind)), { timeout: 200_000 }).toBe(true);
  const at = all().findLastIndex(({ kind }) => kinds.includes(kind));
  const { body } = bodies[at] ?? { body: Buffer.alloc(0) };
  const data = read(body);
  const { id } = JSON.parse(data) as { id: string };
  await expect
    .poll(
      async () => {
        await stay();
        await cdp.send("ServiceWorker.deliverPushMessage", { origin: new URL(page.url()).origin, registrationId: registration, data });
        return noted();
      },
      { timeout: 120_000, intervals: [1_000] },
    )
    .toContain(id);
  return JSON.parse(data) as Said;
}
const worker = (): Worker => {
  const found = context.serviceWorkers().find((one) => one.url().endsWith("/home/worker.js"));
  if (!found) throw new Error("no worker");
  return found;
};
const shown = (): Promise<{ title: string; body: string; place: string; image: boolean }[]> =>
  worker().evaluate(async () => {
    const { registration: mine } = self as unknown as { registration: ServiceWorkerRegistration };
    const notes = (await mine.getNotifications()) as (Notification & { image?: string })[];
    return notes.map(({ title, body, data, image }) => ({ title, body, place: (data as { place: string }).place, image: Boolean(image) }));
  });

test.beforeAll(async ({ browser }, { project }) => {
  keys = createECDH("prime256v1");
  keys.generateKeys();
  service = createServer((call, answer) => {
    const parts: Buffer[] = [];
    call.on("data", (part: Buffer) => parts.push(part));
    call.on("end", () => {
      bodies.push({ body: Buffer.concat(parts), headers: call.headers });
      answer.writeHead(201).end();
    });
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  context = await browser.newContext({ baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile, reducedMotion: "reduce" });
  context.on("serviceworker", () => void stay()); // one that a push starts anew shows what stays, too
  await context.grantPermissions(["notifications"], { origin: baseURL });
  // The browser's maker cannot be reached from here: its part, an address and keys, is ours.
  await context.addInitScript(
    ([endpoint, p256dh, secret]) => {
      let current: unknown = null;
      const bytes = (text: string): ArrayBuffer => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;
      const slot = "e2e-subscribed";
      const made = (options: PushSubscriptionOptionsInit) => ({
        endpoint,
        options: { applicationServerKey: (options.applicationServerKey as Uint8Array<ArrayBuffer>).buffer },
        getKey: (name: string) => bytes(name === "auth" ? secret : p256dh),
        unsubscribe: () => Promise.resolve(localStorage.removeItem(slot)),
      });
      Object.assign(PushManager.prototype, {
        subscribe: (options: PushSubscriptionOptionsInit) => {
          localStorage.setItem(slot, "1");
          return Promise.resolve((current = made(options)));
        },
        getSubscription: () => Promise.resolve(localStorage.getItem(slot) ? (current ?? made({ applicationServerKey: new Uint8Array(65) })) : null),
      });
    },
    [`http://127.0.0.1:${(service.address() as AddressInfo).port}/send`, keys.getPublicKey("base64"), auth.toString("base64")] as const,
  );
});
test.afterAll(async () => {
  await context.close();
  await new Promise((resolve) => service.close(resolve));
});

test("R01 a resident switches alerts on and gets a test, which only this browser can read", async ({}, { project }) => {
  page = await be(context, project.use.baseURL ?? "", "resident");
  cdp = await context.newCDPSession(page);
  cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => (registration = registrations.at(-1)?.registrationId ?? registration));
  await cdp.send("ServiceWorker.enable");
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
  await page.goto("/home/#/alerts");
  await expect(page.getByText("Alerts are off.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Switch alerts on" }).click();
  await expect(page.getByText("Alerts are on")).toBeVisible();
  // A worker that started anew between push and look may have shown one that did not stay: another is sent.
  await expect(async () => {
    await page.getByRole("button", { name: "Send a test" }).click();
    const said = await deliver("test");
    expect(said.n).toBeGreaterThan(0);
    await expect.poll(async () => (await shown()).map(({ title }) => title), { timeout: 10_000 }).toContain("A test: alerts reach you here");
  }).toPass({ timeout: 300_000 });
  await expect(page.getByText(/alerts? came here so far/)).toBeVisible({ timeout: 90_000 });
  const [first] = bodies;
  expect(first?.body.length).toBe(3072);
  expect(first?.headers["authorization"]).toMatch(/^vapid t=.+, k=.+$/);
  await expectAccessible(page);
});

test("R01 R11 a person before the camera is an alert with a picture, and a click opens the clip", async () => {
  let said: Said = await deliver("person");
  expect(said.camera).toBeTruthy();
  expect(said.picture?.length ?? 0).toBeGreaterThan(400);
  expect(new Set(bodies.map(({ body }) => body.length))).toEqual(new Set([3072]));
  // A worker that started anew between the two may have shown one that did not stay: the next person is shown, too.
  await expect(async () => {
    said = await deliver("person");
    await expect.poll(async () => (await shown()).map(({ title }) => title), { timeout: 10_000 }).toContain("A person came by");
  }).toPass({ timeout: 300_000 });
  const alert = (await shown()).find(({ title }) => title === "A person came by");
  expect(alert?.place).toBe(`alert/${said.clip}?d=${new Date().toISOString().slice(0, 10)}`);
  await worker().evaluate(async () => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration; dispatchEvent(event: Event): void };
    const note = (await scope.registration.getNotifications()).find(({ title }) => title === "A person came by");
    const Clicked = (globalThis as unknown as { NotificationEvent: new (name: string, init: object) => Event }).NotificationEvent;
    scope.dispatchEvent(new Clicked("notificationclick", { notification: note }));
  });
  await expect(page).toHaveURL(new RegExp(`#/clip/${said.clip}`), { timeout: 120_000 });
  await expect(page.getByRole("region", { name: /^Video: / })).toBeVisible();
});

test("R05 the same push again is not shown twice", async () => {
  await worker().evaluate(async () => {
    const { registration: mine } = self as unknown as { registration: ServiceWorkerRegistration };
    for (const note of await mine.getNotifications()) note.close();
  });
  await deliver("test");
  await page.waitForTimeout(1_000);
  expect((await shown()).filter(({ title }) => title.startsWith("A test"))).toEqual([]);
});

test("R51 the household's mode is set here and done by the hub, and choices are kept", async () => {
  await page.goto("/home/#/alerts");
  await page.getByRole("button", { name: "Away", exact: true }).click();
  await expect(page.getByText("Now: nobody is home.")).toBeVisible({ timeout: 120_000 });
  await page.getByLabel("A vehicle", { exact: true }).first().selectOption("always");
  await page.getByRole("switch", { name: "Quiet hours", exact: true }).click();
  await page.getByRole("switch", { name: "Tell this browser" }).click();
  await page.getByRole("radio", { name: "The whole town" }).check();
  await page.getByRole("checkbox", { name: /^Gas leak/ }).uncheck();
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await expect(page.getByText("Saved. Your hub takes it up")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("A vehicle", { exact: true }).first()).toHaveValue("always");
  await expect(page.getByRole("switch", { name: "Quiet hours", exact: true })).toHaveAttribute("aria-checked", "true");
  await expect(page.getByRole("radio", { name: "The whole town" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^Gas leak/ })).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^Fire/ })).toBeChecked();
  await expectAccessible(page);
});

test("without a network the app still opens, and says that the server does not answer", async () => {
  await expect.poll(() => page.evaluate(async () => (await caches.keys()).length)).toBe(1);
  await expect
    .poll(() => page.evaluate(async () => (await (await caches.open("fanlight-shell")).match("/home/"))?.status))
    .toBe(200);
  const kept = await page.evaluate(async () => (await (await caches.open("fanlight-shell")).keys()).map(({ url }) => new URL(url).pathname));
  expect(kept.filter((path) => !/^\/(?:home\/(?:icons\/.*)?|assets\/.*)$/.test(path))).toEqual([]);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText("The server does not answer", { exact: false })).toBeVisible();
  await context.setOffline(false);
});

test("it can be installed: the browser finds nothing that is missing", async () => {
  await page.goto("/home/");
  const { errors } = await cdp.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
});
