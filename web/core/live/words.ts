/** What a hub says within a session, checked on arrival. Twin of fanlight.hub.live.words. */
import { bool, list, nullable, num, obj, oneOf, or, type Read, record, str } from "../api/shape.ts";

export type Role = "main" | "sub";
export type Quality = "auto" | Role;

export interface LiveCamera {
  id: string;
  name: string;
  state: string;
  since: string;
  talk: boolean;
  footage: boolean;
  /** It sends sound, and who watches may hear it; false from a hub of before there was any. */
  sound: boolean;
}
/** Somebody watches, or watched; `until` is null while it lasts. */
export interface ViewingOf {
  account: string;
  camera: string;
  what: "live" | "footage" | "talk";
  since: string;
  until: string | null;
}
/** Somebody opened so many clips of a camera, one shortly after the other. */
export interface OpeningOf {
  account: string;
  camera: string;
  clips: number;
  since: string;
  until: string;
}
/** How a stream's pictures are coded; `config` is base64 of its decoder configuration record. */
export interface StreamTold {
  camera: string;
  role: Role;
  stream: number;
  key: string;
  codec: string;
  config: string;
  width: number;
  height: number;
}
/** How a camera's sound is coded; `config` is base64 of what its decoder needs. */
export interface SoundTold {
  camera: string;
  stream: number;
  key: string;
  codec: string;
  config: string;
  rate_hz: number;
  channels: number;
}
/** A segment of footage whose bytes follow: `init` of `length` bytes say how it is coded. */
export interface Part {
  id: number;
  start: string;
  end: string;
  mime: string;
  init: number;
  length: number;
}

const role = oneOf(["main", "sub"]);
export const viewing: Read<ViewingOf> = obj<ViewingOf>({
  account: str,
  camera: str,
  what: oneOf(["live", "footage", "talk"]),
  since: str,
  until: nullable(str),
});

export const opening: Read<OpeningOf> = obj<OpeningOf>({ account: str, camera: str, clips: num, since: str, until: str });

const SHAPES = {
  cameras: obj({ cameras: list(obj<LiveCamera>({ id: str, name: str, state: str, since: str, talk: bool, footage: bool, sound: or(bool, false) })), openings: or(bool, false) }),
  who: obj({ viewing: list(viewing) }),
  history: obj({ viewings: list(viewing), openings: or(list(opening), []) }),
  opened: obj({ clip: str }),
  stream: obj<StreamTold>({ camera: str, role, stream: num, key: str, codec: str, config: str, width: num, height: num }),
  sound: obj<SoundTold>({ camera: str, stream: num, key: str, codec: str, config: str, rate_hz: num, channels: num }),
  pace: obj({ camera: str, role, keys_only: bool }),
  stopped: obj({ camera: str, why: str }),
  part: obj<Part>({ id: num, start: str, end: str, mime: str, init: num, length: num }),
  footage: obj({ id: num, state: oneOf(["end", "refused", "damaged"]) }),
  talk: obj({ camera: str, state: oneOf(["on", "off", "refused"]), why: nullable(str) }),
  pong: obj({ n: num, at_us: num }),
} as const;

type Shapes = typeof SHAPES;
export type HubWord = { [K in keyof Shapes]: { readonly t: K } & ReturnType<Shapes[K]> }[keyof Shapes];

/** Reads what the hub says; null for a word of a newer hub. Throws BadAnswer. */
export function readWord(value: unknown): HubWord | null {
  const kind = str(record(value, "word")["t"], "word.t");
  if (!Object.hasOwn(SHAPES, kind)) return null;
  const shape = SHAPES[kind as keyof Shapes] as Read<object>;
  return { t: kind, ...shape(value, kind) } as HubWord;
}
