/** This browser and its alerts: whether it can have them, its subscription, its behest. The person's own: two people in one
 *  browser have a behest each. */
import { dropPushBehest, pushKey, pushTicket, pushBehests, putPushBehest } from "../../../core/api/push.ts";
import { newId } from "../../../core/ids.ts";
import { b64, equal, utf8 } from "../../../core/seal/bytes.ts";
import { derive, sha256 } from "../../../core/seal/keys.ts";
import { type Choices, type ModeBehest, openOwnBehest, PLAIN, sealBehest, type Subscription, type Behest } from "../../../core/push/behest.ts";
import { fromUrl64, toUrl64 } from "../../../core/url64.ts";
import type { Session } from "../../../ui/session.ts";
import type { House } from "../household/house.ts";

export type Can = "yes" | "cannot" | "iphone" | "insecure" | "denied";
const SLOT = "fanlight.alerts";

/** What the browser says of itself. */
export interface Signs {
  readonly secure: boolean;
  readonly worker: boolean;
  readonly push: boolean;
  readonly permission: NotificationPermission | null;
  readonly agent: string;
  readonly touchMac: boolean;
  readonly standalone: boolean;
}

export function signs(): Signs {
  return {
    secure: isSecureContext,
    worker: "serviceWorker" in navigator,
    push: "PushManager" in globalThis,
    permission: "Notification" in globalThis ? Notification.permission : null,
    agent: navigator.userAgent,
    touchMac: navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1, // an iPad says that it is a Mac
    standalone: matchMedia("(display-mode: standalone)").matches,
  };
}

/** Whether this browser can have alerts, and if not, why. */
export function canHave({ secure, worker, push, permission, agent, touchMac, standalone }: Signs): Can {
  if (!secure) return "insecure";
  const apple = /iPhone|iPad|iPod/.test(agent) || touchMac;
  if (apple && !standalone && (!push || permission === null)) return "iphone";
  if (!worker || !push || permission === null) return "cannot";
  return permission === "denied" ? "denied" : "yes";
}

/** The id of this person's behest for this browser: random, made once. */
export function deviceOf(session: Session, shelf: Pick<Storage, "getItem" | "setItem"> = localStorage): string {
  const slot = `${SLOT}.${b64(sha256(derive(session.seed, utf8("fanlight/alerts-slot/v1")))).slice(0, 12)}`;
  const known = shelf.getItem(slot);
  if (known && /^[a-z2-7]{26}$/.test(known)) return known;
  const made = newId();
  shelf.setItem(slot, made);
  return made;
}

/** One's own behest for this browser, as the server kept it; null before the first. Throws ApiError. */
export async function myBehest(session: Session, device: string): Promise<Behest | null> {
  const body = (await pushBehests(session.api)).get(device);
  return body ? openOwnBehest(body, session.keys) : null;
}

/** A behest that follows another: later than it, whatever the clock says. */
export function nextBehest(before: Behest | null, session: Session, house: House, device: string, change: Partial<Behest>): Behest {
  const later = before ? Date.parse(before.at) + 1 : 0;
  const base = before ?? { subscription: null, choices: PLAIN, test: null, mode: null };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    ...base,
    tz: zone,
    ...change,
    household: house.wire.household,
    by: b64(session.keys.signing.public),
    device,
    at: new Date(Math.max(Date.now(), later)).toISOString(),
  };
}

/** Leaves a behest for the household's hubs. Throws ApiError, SealError. */
export async function leaveBehest(session: Session, house: House, behest: Behest): Promise<void> {
  const hubs = house.wire.hubs.map(({ age_recipient }) => age_recipient);
  await putPushBehest(session.api, behest.device, await sealBehest(behest, session.keys, hubs));
}

/** Has the household's hubs alert this browser no more: for who leaves. Throws ApiError, SealError. */
export async function endAlerts(session: Session, house: House): Promise<void> {
  const device = deviceOf(session);
  const before = await myBehest(session, device);
  if (before?.subscription) await leaveBehest(session, house, nextBehest(before, session, house, device, { subscription: null }));
}

export const forgetBehest = (session: Session, device: string): Promise<void> => dropPushBehest(session.api, device);

export const modeBehest = (set: ModeBehest["set"], turns: ModeBehest["turns"]): ModeBehest => ({
  at: new Date().toISOString(),
  set,
  tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
  turns,
});

export const withKind = (choices: Choices, kind: keyof Choices["kinds"], when: NonNullable<Choices["kinds"][typeof kind]>): Choices => ({
  ...choices,
  kinds: { ...choices.kinds, [kind]: when },
});

/** A camera's own choice; null takes it back. */
export function withCamera(choices: Choices, camera: string, kind: keyof Choices["kinds"], when: string | null): Choices {
  const { [kind]: _, ...rest } = choices.cameras[camera] ?? {};
  const own = when ? { ...rest, [kind]: when } : rest;
  const { [camera]: __, ...others } = choices.cameras;
  return { ...choices, cameras: Object.keys(own).length > 0 ? { ...others, [camera]: own as Choices["kinds"] } : others };
}

/** Subscribes this browser, anew if it was bound to another key of the town, and returns how it is reached.
 *  Throws ApiError, or whatever the browser throws. */
export async function subscribe(session: Session): Promise<Subscription> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const key = fromUrl64(await pushKey(session.api));
  const known = await pushManager.getSubscription();
  const bound = known?.options.applicationServerKey;
  if (known && bound && !equal(new Uint8Array(bound), key)) await known.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const [p256dh, auth] = [made.getKey("p256dh"), made.getKey("auth")];
  if (!p256dh || !auth) throw new Error("A subscription without keys.");
  return { ticket: await pushTicket(session.api, made.endpoint), p256dh: toUrl64(p256dh), auth: toUrl64(auth) };
}

/** Whether the browser still has the subscription that a behest names. */
export async function stillSubscribed(behest: Behest): Promise<boolean> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const key = (await pushManager.getSubscription())?.getKey("p256dh");
  return key !== null && key !== undefined && toUrl64(key) === behest.subscription?.p256dh;
}

export async function unsubscribe(): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
}
