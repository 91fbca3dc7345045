/** The calls about a household's clips that a timeline makes: which there are, how many a day, which a member keeps. */
import { b64 } from "../bytes.ts";
import { ApiError, type Client, type Tagged } from "./client.ts";
import { bool, list, nullable, num, obj, or, type Read, str } from "./shape.ts";

export interface ClipRow {
  clip: string;
  card: string;
  sig: string;
  /** A member keeps it beyond the household's days. */
  keep: boolean;
  /** By which page of the book it was sealed anew; null where it was not. */
  epoch: number | null;
  /** The hash of whom it was sealed anew to, header and description; null where both, or the description, are locked to a key
   *  of the household's. */
  readers: string | null;
}
export interface ClipPage {
  clips: ClipRow[];
  after: string | null;
}
const clips: Read<ClipPage> = obj<ClipPage>({
  clips: list(obj<ClipRow>({ clip: str, card: str, sig: str, keep: or(bool, false), epoch: or(nullable(num), null), readers: or(nullable(str), null) })),
  after: nullable(str),
});

/** How long a household's clips stay, and what room there is. */
export interface Keeping {
  keep_days: number;
  kept_clips: number;
  used_bytes: number;
  quota_bytes: number;
}

/** One page of a UTC day's clips, in no telling order; `after` is what the page before gave. Null: as it was under `tag`. */
export const clipsOf = (api: Client, day: string, after: string | null, tag: string | null = null): Promise<Tagged<ClipPage> | null> =>
  api.jsonIfChanged(`/v1/clips?brief=true&day=${encodeURIComponent(day)}${after ? `&after=${encodeURIComponent(after)}` : ""}`, clips, tag);

/** How many clips each UTC day has; days without one are left out. */
export const clipDays = async (api: Client): Promise<{ day: string; clips: number }[]> =>
  (await api.json("/v1/clips/days", obj({ days: list(obj({ day: str, clips: num })) }))).days;

export const keeping = (api: Client): Promise<Keeping> =>
  api.json("/v1/vault/keeping", obj<Keeping>({ keep_days: num, kept_clips: num, used_bytes: num, quota_bytes: num }));

/** The sealed note on a clip; null where there is none. Throws ApiError, also for a server that knows no notes. */
export async function clipNote(api: Client, clip: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await api.bytes(`/v1/clips/${clip}/note`);
  } catch (error) {
    if (error instanceof ApiError && error.code === "vault.no_note") return null;
    throw error;
  }
}
/** Puts a sealed note on a clip, or takes it off. */
export const putClipNote = async (api: Client, clip: string, sealed: Uint8Array | null): Promise<void> => {
  await api.send(`/v1/clips/${clip}/note`, sealed ? { method: "PUT", bytes: sealed } : { method: "DELETE" });
};

/** Keeps a clip until a member lets it go, or lets it go. */
export const markKept = async (api: Client, clip: string, kept: boolean): Promise<void> => {
  await api.send(`/v1/clips/${clip}/keep`, { method: kept ? "PUT" : "DELETE" });
};

/** Every clip of the household, without its description. */
export async function allClips(api: Client): Promise<ClipRow[]> {
  const rows: ClipRow[] = [];
  let after: string | null = null;
  do {
    const page: ClipPage = await api.json(`/v1/clips?brief=true${after ? `&after=${encodeURIComponent(after)}` : ""}`, clips);
    rows.push(...page.clips);
    ({ after } = page);
  } while (after !== null);
  return rows;
}

/** Puts a kept clip's header and description, sealed anew by the page `epoch` to those whose hash is `readers`, in place of those before. */
export const putAnew = async (api: Client, clip: string, sealed: { hdr: Uint8Array; manifest: Uint8Array; epoch: number; readers: string }): Promise<void> => {
  await api.send(`/v1/clips/${clip}/anew`, { method: "PUT", json: { ...sealed, hdr: b64(sealed.hdr), manifest: b64(sealed.manifest) } });
};
