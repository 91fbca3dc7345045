/** The settings as a form: every field a text, until it is saved; secrets are never in it unless they are typed anew. Pure. */
import type { Settings, Webhook } from "./api.ts";
import { typed } from "./numbers.ts";

export interface HookForm {
  ref: string;
  url: string;
  on: string[];
  /** What is typed; empty keeps what is set. */
  secret: string;
  isSet: boolean;
}
export interface SettingsForm {
  folder: string;
  quota: string;
  share: string;
  reserve: string;
  uploads: Settings["uploads"]["mode"];
  every: string;
  places: string;
  model: string;
  threads: string;
  mqttHost: string;
  mqttPort: string;
  mqttUser: string;
  mqttPassword: string;
  mqttTls: boolean;
  prefix: string;
  discovery: Settings["mqtt"]["discovery"];
  discoveryPrefix: string;
  snapshots: boolean;
  hooks: HookForm[];
  chimeUrl: string;
  chimeTopic: string;
  chimePayload: string;
  pageHost: string;
  pagePort: string;
}

export const formOf = ({ storage, uploads, detector, mqtt, webhook, chime, page }: Settings): SettingsForm => ({
  folder: storage.folder,
  quota: String(storage.quota_gb),
  share: String(Math.round(storage.event_share * 100)),
  reserve: String(storage.reserve_mb),
  uploads: uploads.mode,
  every: String(uploads.every_h),
  places: uploads.places_mib.join(", "),
  model: detector.model,
  threads: String(detector.threads),
  mqttHost: mqtt.host,
  mqttPort: String(mqtt.port),
  mqttUser: mqtt.user,
  mqttPassword: "",
  mqttTls: mqtt.tls,
  prefix: mqtt.prefix,
  discovery: mqtt.discovery,
  discoveryPrefix: mqtt.discovery_prefix,
  snapshots: mqtt.snapshots,
  hooks: webhook.map(({ ref, url, on, secret }) => ({ ref, url, on: [...on], secret: "", isSet: secret !== "" })),
  chimeUrl: chime.url,
  chimeTopic: chime.mqtt_topic,
  chimePayload: chime.mqtt_payload,
  pageHost: page.host,
  pagePort: String(page.port),
});

export type NumberField = "quota" | "share" | "reserve" | "threads" | "mqttPort" | "pagePort";
const BOUNDS: Record<NumberField, readonly [number, number, boolean]> = {
  quota: [0.001, 1_000_000, false],
  share: [0, 100, true],
  reserve: [16, 9_999_999, true],
  threads: [1, 16, true],
  mqttPort: [1, 65_535, true],
  pagePort: [1, 65_535, true],
};
const numberOf = (form: SettingsForm, field: NumberField): number | null => typed(form[field], ...BOUNDS[field]);

/** The sizes of one sending as people type them, "1, 1, 4"; null for what is none. */
function placesOf(text: string): number[] | null {
  const sizes = text.split(/[\s,;]+/).filter(Boolean).map((one) => typed(one, 1, 64, true));
  const whole = sizes.filter((size) => size !== null);
  return whole.length === sizes.length && whole.length >= 1 && whole.length <= 64 ? whole : null;
}

/** The fields that hold no number where one is needed. */
export function wrong(form: SettingsForm): Set<NumberField | "places"> {
  const found = new Set<NumberField | "places">((Object.keys(BOUNDS) as NumberField[]).filter((field) => numberOf(form, field) === null));
  if (placesOf(form.places) === null) found.add("places");
  return found;
}

/** What to send: the sections in which something changed; null while a number is none. */
export function changesOf(form: SettingsForm, before: Settings): Record<string, unknown> | null {
  if (wrong(form).size > 0) return null;
  const number = (field: NumberField): number => numberOf(form, field) ?? 0;
  const hooks: Webhook[] = form.hooks.map(({ ref, url, on, secret, isSet }) => ({ ref, url: url.trim(), on, secret: secret || (isSet ? "set" : "") }));
  const now = {
    storage: { folder: form.folder.trim(), quota_gb: number("quota"), event_share: number("share") / 100, reserve_mb: number("reserve") },
    uploads: { mode: form.uploads, every_h: Number(form.every), places_mib: placesOf(form.places) ?? [] },
    detector: { model: form.model.trim(), threads: number("threads") },
    mqtt: {
      host: form.mqttHost.trim(),
      port: number("mqttPort"),
      user: form.mqttUser,
      password: form.mqttPassword || before.mqtt.password,
      tls: form.mqttTls,
      prefix: form.prefix.trim(),
      discovery: form.discovery,
      discovery_prefix: form.discoveryPrefix.trim(),
      snapshots: form.snapshots,
    },
    webhook: hooks,
    chime: { url: form.chimeUrl.trim(), mqtt_topic: form.chimeTopic.trim(), mqtt_payload: form.chimePayload },
    page: { host: form.pageHost.trim(), port: number("pagePort") },
  };
  return Object.fromEntries(Object.entries(now).filter(([section, value]) => JSON.stringify(value) !== JSON.stringify(before[section as keyof Settings])));
}
