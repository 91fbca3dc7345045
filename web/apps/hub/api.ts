/** The hub's own API as its page calls it: types, a check of every answer on arrival, and the calls. */
import type { Client } from "../../core/api/client.ts";
import { BadAnswer, bool, list, nullable, num, obj, oneOf, or, type Read, record, str } from "../../core/api/shape.ts";

export type Bytes = Uint8Array<ArrayBuffer>;
export const LABELS = ["person", "vehicle", "animal", "package"] as const;
export type Label = (typeof LABELS)[number];
export const SENSITIVITIES = ["low", "normal", "high"] as const;
export const RECORDS = ["events", "always", "off"] as const;
export type RecordChoice = (typeof RECORDS)[number];
export type Point = readonly [number, number];
export type Outline = readonly Point[];

const point: Read<Point> = (value, where) => {
  const [x = 0, y = 0, ...more] = list(num)(value, where);
  if (more.length > 0) throw new BadAnswer(`${where} is no point`);
  return [x, y];
};
const outline: Read<Outline> = list(point);
const labels = list(oneOf(LABELS));

export interface Zone {
  readonly name: string;
  readonly outline: Outline;
  readonly labels: readonly Label[];
}
export interface Detect {
  readonly enabled: boolean;
  readonly labels: readonly Label[];
  readonly sensitivity: (typeof SENSITIVITIES)[number];
  readonly min_height: number;
  readonly zones: readonly Zone[];
}
const detect: Read<Detect> = obj<Detect>({
  enabled: or(bool, true),
  labels: or(labels, [...LABELS]),
  sensitivity: or(oneOf(SENSITIVITIES), "normal"),
  min_height: or(num, 0),
  zones: or(list(obj<Zone>({ name: str, outline, labels: or(labels, [...LABELS]) })), []),
});

export interface Stream {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly kbps: number;
}
const PAINTS = ["hub", "camera", "none", "waiting"] as const;
export interface PrivacyView {
  readonly zones: readonly Outline[];
  readonly by: "auto" | "camera" | "hub";
  readonly active: (typeof PAINTS)[number];
}
export interface Bell {
  readonly onvif: boolean;
  readonly onvif_input: string;
  readonly mqtt_topic: string;
}
export interface CameraView {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly since: string | null;
  readonly note: string;
  readonly stream: Stream | null;
  readonly record: RecordChoice;
  readonly audio: boolean;
  readonly indoor: boolean;
  readonly has_sub: boolean;
  readonly onvif: boolean;
  readonly privacy: PrivacyView;
  readonly detect: Detect;
  readonly bell: Bell;
  readonly keep_days: number;
  readonly quota_gb: number;
}
export const cameraView: Read<CameraView> = obj<CameraView>({
  id: str,
  name: str,
  state: str,
  since: nullable(str),
  note: or(str, ""),
  stream: nullable(obj<Stream>({ codec: str, width: num, height: num, fps: or(num, 0), kbps: or(num, 0) })),
  record: oneOf(RECORDS),
  audio: bool,
  indoor: bool,
  has_sub: or(bool, false),
  onvif: or(bool, false),
  privacy: obj<PrivacyView>({ zones: list(outline), by: or(oneOf(["auto", "camera", "hub"] as const), "auto"), active: oneOf(PAINTS) }),
  detect,
  bell: obj<Bell>({ onvif: or(bool, true), onvif_input: or(str, ""), mqtt_topic: or(str, "") }),
  keep_days: num,
  quota_gb: num,
});

const HEALTH = ["ok", "warn", "bad"] as const;
export interface Part {
  readonly what: string;
  readonly state: (typeof HEALTH)[number];
  readonly note: string;
  readonly since: string | null;
}
export interface Miss {
  readonly case: string;
  readonly frames: number;
  readonly missed: number;
  readonly rate: number;
}
export interface HubView {
  readonly version: string;
  readonly paired: boolean;
  /** When all that it held was destroyed, and by whose word. */
  readonly wiped: { readonly day: string; readonly by: "owner" | "page" | "command" } | null;
  readonly home: boolean;
  readonly cameras: readonly CameraView[];
  readonly health: readonly Part[];
  readonly storage: { readonly used_bytes: number; readonly quota_bytes: number; readonly free_bytes: number | null; readonly oldest: string | null };
  readonly detector: { readonly model: string; readonly self_test: string; readonly misses: readonly Miss[]; readonly not_covered: string };
  readonly day_keys: string;
}
const hubView: Read<HubView> = obj<HubView>({
  version: str,
  paired: bool,
  wiped: or(nullable(obj({ day: str, by: oneOf(["owner", "page", "command"]) })), null),
  home: bool,
  cameras: list(cameraView),
  health: list(obj<Part>({ what: str, state: oneOf(HEALTH), note: or(str, ""), since: nullable(str) })),
  storage: obj<HubView["storage"]>({ used_bytes: num, quota_bytes: num, free_bytes: nullable(num), oldest: nullable(str) }),
  detector: obj<HubView["detector"]>({
    model: or(str, ""),
    self_test: or(str, ""),
    misses: or(list(obj<Miss>({ case: str, frames: num, missed: num, rate: num })), []),
    not_covered: or(str, ""),
  }),
  day_keys: str,
});

export interface Found {
  readonly name: string;
  readonly host: string;
  readonly xaddr: string;
  readonly model: string;
}
export interface TriedStream {
  readonly role: string;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly audio: string;
}
export interface Tried {
  readonly streams: readonly TriedStream[];
  /** A sentence where the camera's clock is off, else empty. */
  readonly clock_note: string;
  /** Base64 of a JPEG; empty if there is none. */
  readonly picture: string;
  readonly proposal: { readonly url_ref: string; readonly zone: Outline };
}
const tried: Read<Tried> = obj<Tried>({
  streams: list(obj<TriedStream>({ role: or(str, ""), codec: str, width: num, height: num, fps: or(num, 0), audio: or(str, "") })),
  clock_note: or(str, ""),
  picture: or(str, ""),
  proposal: obj<Tried["proposal"]>({ url_ref: str, zone: outline }),
});

export interface SeenBox {
  readonly label: string;
  readonly score: number;
  readonly box: readonly number[];
  readonly counts: boolean;
  readonly why: string;
}
export interface Insight {
  readonly gate: { readonly open: boolean; readonly level: readonly number[]; readonly threshold: readonly number[] };
  readonly boxes: readonly SeenBox[];
  readonly looks_per_min: number;
  readonly cpu_share: number;
}
const insight: Read<Insight> = obj<Insight>({
  gate: obj<Insight["gate"]>({ open: bool, level: list(num), threshold: list(num) }),
  boxes: list(obj<SeenBox>({ label: str, score: num, box: list(num), counts: bool, why: or(str, "") })),
  looks_per_min: or(num, 0),
  cpu_share: or(num, 0),
});

export interface Span {
  readonly start: string;
  readonly end: string;
  readonly kind: string;
}
export interface Gap {
  readonly start: string;
  readonly end: string;
  readonly why: string;
}
export interface EventView {
  readonly id: string;
  readonly camera: string;
  readonly label: string;
  readonly start: string;
  readonly end: string | null;
  readonly score: number;
  readonly zones: readonly string[];
  readonly change: string | null;
  readonly not_this: boolean;
}
const eventView: Read<EventView> = obj<EventView>({
  id: str,
  camera: str,
  label: str,
  start: str,
  end: nullable(str),
  score: or(num, 0),
  zones: or(list(str), []),
  change: nullable(str),
  not_this: or(bool, false),
});
export interface DayView {
  readonly spans: readonly Span[];
  readonly gaps: readonly Gap[];
  readonly events: readonly EventView[];
}
const dayView: Read<DayView> = obj<DayView>({
  spans: list(obj<Span>({ start: str, end: str, kind: or(str, "rest") })),
  gaps: list(obj<Gap>({ start: str, end: str, why: or(str, "") })),
  events: or(list(eventView), []),
});
/** A list that stands alone or under a name. */
const under =
  <T>(name: string, one: Read<T>): Read<T[]> =>
  (value, where) =>
    list(one)(Array.isArray(value) ? value : record(value, where)[name], `${where}.${name}`);

export interface Reply {
  readonly id: string;
  readonly name: string;
  readonly seconds: number;
}
export interface AudioRule {
  readonly state: string;
  readonly rule: string;
  readonly name: string;
  readonly source: string;
  readonly read: string;
  readonly caution: string;
}
export interface Webhook {
  /** By which it is known again; empty for a new one. */
  readonly ref: string;
  /** Only its host is shown; sent back as shown, it stays as it is. */
  readonly url: string;
  readonly on: readonly string[];
  readonly secret: string;
}
export interface Settings {
  readonly page: { readonly host: string; readonly port: number };
  readonly storage: { readonly folder: string; readonly quota_gb: number; readonly event_share: number; readonly reserve_mb: number };
  readonly uploads: { readonly mode: "at once" | "even"; readonly every_h: number; readonly places_mib: readonly number[] };
  readonly detector: { readonly model: string; readonly threads: number };
  readonly mqtt: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly tls: boolean;
    readonly prefix: string;
    readonly discovery: "entity" | "device" | "off";
    readonly discovery_prefix: string;
    readonly snapshots: boolean;
  };
  readonly webhook: readonly Webhook[];
  readonly chime: { readonly url: string; readonly mqtt_topic: string; readonly mqtt_payload: string };
}
const settings: Read<Settings> = obj<Settings>({
  page: obj<Settings["page"]>({ host: str, port: num }),
  storage: obj<Settings["storage"]>({ folder: str, quota_gb: num, event_share: num, reserve_mb: num }),
  uploads: obj<Settings["uploads"]>({ mode: oneOf(["at once", "even"] as const), every_h: num, places_mib: list(num) }),
  detector: obj<Settings["detector"]>({ model: str, threads: num }),
  mqtt: obj<Settings["mqtt"]>({
    host: str,
    port: num,
    user: str,
    password: or(str, ""),
    tls: bool,
    prefix: str,
    discovery: oneOf(["entity", "device", "off"] as const),
    discovery_prefix: str,
    snapshots: bool,
  }),
  webhook: list(obj<Webhook>({ ref: or(str, ""), url: str, on: list(str), secret: or(str, "") })),
  chime: obj<Settings["chime"]>({ url: str, mqtt_topic: str, mqtt_payload: str }),
});

const cam = (id: string): string => `/api/cameras/${encodeURIComponent(id)}`;
type Changes = Readonly<Record<string, unknown>>;

export const getHub = (api: Client, signal?: AbortSignal): Promise<HubView> => api.json("/api/hub", hubView, signal ? { signal } : {});
/** Somebody of the household watched, or watches; `until` is null while it lasts. */
export interface Viewing {
  readonly name: string;
  readonly camera: string;
  readonly what: "live" | "footage" | "talk";
  readonly since: string;
  readonly until: string | null;
}
const viewing: Read<Viewing> = obj<Viewing>({ name: or(str, ""), camera: str, what: oneOf(["live", "footage", "talk"] as const), since: str, until: nullable(str) });
export const getViewings = (api: Client): Promise<Viewing[]> => api.json("/api/viewings", under("viewings", viewing));
export const setHome = async (api: Client, home: boolean): Promise<void> => void (await api.send("/api/home", { method: "PUT", json: { home } }));
export const discover = (api: Client): Promise<Found[]> =>
  api.json("/api/discover", under("found", obj<Found>({ name: or(str, ""), host: str, xaddr: str, model: or(str, "") })), { method: "POST", json: {} });
export const tryCamera = (api: Client, what: Changes, signal: AbortSignal): Promise<Tried> => api.json("/api/try", tried, { method: "POST", json: what, signal });
export const addCamera = (api: Client, camera: Changes): Promise<CameraView> => api.json("/api/cameras", cameraView, { method: "POST", json: camera });
export const patchCamera = (api: Client, id: string, changes: Changes): Promise<CameraView> => api.json(cam(id), cameraView, { method: "PATCH", json: changes });
export const removeCamera = async (api: Client, id: string): Promise<void> => void (await api.send(cam(id), { method: "DELETE" }));
export const picture = (api: Client, id: string, signal: AbortSignal): Promise<Bytes> => api.bytes(`${cam(id)}/picture.jpg`, { signal });
export const watching = (api: Client, id: string, signal: AbortSignal): Promise<Insight | null> => api.json(`${cam(id)}/watching`, nullable(insight), { signal });
export const live = (api: Client, id: string, signal: AbortSignal): Promise<Response> => api.send(`${cam(id)}/live.mp4`, { signal });
export const press = async (api: Client, id: string): Promise<void> => void (await api.send(`${cam(id)}/press`, { method: "POST", json: {} }));

const bellRead: Read<Bell> = obj<Bell>({ onvif: bool, onvif_input: str, mqtt_topic: str });
/** Listens for half a minute while somebody presses the bell. */
export const learnBell = (api: Client, id: string): Promise<{ heard: "visitor" | "input"; bell: Bell }> =>
  api.json(`${cam(id)}/bell/learn`, obj({ heard: oneOf(["visitor", "input"] as const), bell: bellRead }), { method: "POST", json: {} });

/** Path with a key of its own, for bells that can only call an address. */
export const pressAddress = async (api: Client, id: string): Promise<string> => (await api.json(`${cam(id)}/press-address`, obj({ path: str }))).path;

export const estimate = (api: Client, id: string, zones: readonly Outline[]): Promise<{ cpu_percent: number; note: string }> =>
  api.json(`${cam(id)}/privacy/estimate`, obj({ cpu_percent: num, note: or(str, "") }), { method: "POST", json: { zones } });
export const lotLine = (api: Client, id: string): Promise<{ outline: Outline | null; why: string }> =>
  api.json(`${cam(id)}/privacy/proposal`, obj({ outline: nullable(outline), why: or(str, "") }));

export const getDays = (api: Client, offsetMin: number): Promise<string[]> => api.json(`/api/days?offset_min=${offsetMin}`, under("days", str));
export const getDay = (api: Client, id: string, day: string, offsetMin: number): Promise<DayView> =>
  api.json(`${cam(id)}/timeline?day=${day}&offset_min=${offsetMin}`, dayView);
export interface EventsAsked {
  readonly camera?: string;
  readonly label?: string;
  readonly before?: string;
  readonly limit: number;
}
export function getEvents(api: Client, asked: EventsAsked): Promise<EventView[]> {
  const query = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]));
  return api.json(`/api/events?${query}`, under("events", eventView));
}
export const thumb = (api: Client, id: string, signal: AbortSignal): Promise<Bytes> => api.bytes(`/api/events/${encodeURIComponent(id)}/thumb.jpg`, { signal });
export const notThis = async (api: Client, id: string, on: boolean): Promise<void> =>
  void (await api.send(`/api/events/${encodeURIComponent(id)}/not-this`, { method: "PUT", json: { on } }));
export const film = (api: Client, id: string, start: Date, end: Date, signal: AbortSignal): Promise<Response> =>
  api.send(`${cam(id)}/film.mp4?start=${start.toISOString()}&end=${end.toISOString()}`, { signal });

const reply: Read<Reply> = obj<Reply>({ id: str, name: str, seconds: or(num, 0) });
export const getReplies = (api: Client): Promise<Reply[]> => api.json("/api/replies", under("replies", reply));
export const addReply = async (api: Client, name: string, wav: Uint8Array): Promise<void> =>
  void (await api.send(`/api/replies?name=${encodeURIComponent(name)}`, { method: "POST", bytes: wav }));
export const replySound = (api: Client, id: string): Promise<Bytes> => api.bytes(`/api/replies/${encodeURIComponent(id)}/sound.wav`);
export const removeReply = async (api: Client, id: string): Promise<void> => void (await api.send(`/api/replies/${encodeURIComponent(id)}`, { method: "DELETE" }));
export const playReply = async (api: Client, camera: string, id: string): Promise<void> =>
  void (await api.send(`${cam(camera)}/reply`, { method: "POST", json: { reply: id } }));

export const getSettings = (api: Client): Promise<Settings> => api.json("/api/settings", settings);
export const patchSettings = (api: Client, changes: Changes): Promise<Settings> => api.json("/api/settings", settings, { method: "PATCH", json: changes });
export const audioRule = (api: Client, state: string): Promise<AudioRule> =>
  api.json(`/api/audio-rule?state=${encodeURIComponent(state)}`, obj<AudioRule>({ state: str, name: or(str, ""), rule: str, source: or(str, ""), read: or(str, ""), caution: or(str, "") }));
