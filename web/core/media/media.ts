/** Pictures of posts: sent to and seen at their own place, never at the town's server. docs/spec/media.md.
 *
 *  A ticket says what its bearer may do; it goes in a header and never in an address. */

import { ApiError, type Client, type Fetch } from "../api/client.ts";
import { BadAnswer, nullable, num, obj, str } from "../api/shape.ts";
import { readUrl64 } from "../url64.ts";
import { byXhr } from "./xhr.ts";

const HEADER = "Fanlight-Ticket";

/** Where pictures go, null for a town that keeps none; and what is taken. */
export interface MediaPlace {
  place: string | null;
  photo_bytes: number;
  clip_bytes: number;
  clip_seconds: number;
}
const mediaPlace = obj<MediaPlace>({ place: nullable(str), photo_bytes: num, clip_bytes: num, clip_seconds: num });

/** What a sender is asked: `progress` hears how much has gone, from 0 to 1. Rejects with an AbortError, or if nobody answers. */
export interface Sending {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  readonly progress: (share: number) => void;
  readonly signal: AbortSignal | null;
}
export type Send = (sending: Sending) => Promise<{ status: number; text: string }>;

export type Progress = (share: number) => void;

/** Asks the town for the place of its pictures. Throws ApiError. */
export const placeOf = (api: Client): Promise<MediaPlace> => api.json("/v1/media-place", mediaPlace, { anonymous: true });

/** The address of a picture, or of a clip's still one; for everybody once it is shown. */
export const addressOf = (place: string, media: string, poster = false): string =>
  `${place}/v1/media/${media}${poster ? "/poster" : ""}`;

/** The id that a ticket is about. Throws for what is no ticket. */
export function mediaOf(ticket: string): string {
  const bytes = readUrl64(ticket.split(".")[0] ?? "");
  const said: unknown = bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as unknown) : null;
  const media = said !== null && typeof said === "object" && "media" in said ? said.media : null;
  if (typeof media !== "string" || !/^[a-z2-7]{26}$/.test(media)) throw new TypeError("It is no ticket.");
  return media;
}

/** Sends a photo or a clip; returns the receipt that a post hands to the town.
 *
 *  A ticket is spent by a picture that is taken, not by one that is refused. Throws ApiError; `away` if nobody answers,
 *  and then it may be tried again with the same ticket. Throws the signal's reason when it was stopped. */
export async function put(
  place: string,
  ticket: string,
  blob: Blob,
  progress: Progress = () => undefined,
  { send = byXhr, signal = null }: { send?: Send; signal?: AbortSignal | null } = {},
): Promise<string> {
  const headers = { [HEADER]: ticket, "Content-Type": "application/octet-stream" };
  const url = addressOf(place, mediaOf(ticket));
  let answer: { status: number; text: string };
  try {
    answer = await send({ url, headers, body: blob, progress, signal });
  } catch (error) {
    if (error instanceof TypeError) throw away();
    throw error;
  }
  if (answer.status !== 201) throw refused(answer.status, answer.text);
  try {
    return obj<{ receipt: string }>({ receipt: str })(JSON.parse(answer.text), "answer").receipt;
  } catch (error) {
    if (error instanceof BadAnswer || error instanceof SyntaxError) throw refused(answer.status, "");
    throw error;
  }
}

/** Fetches what is held, for its author or a moderator; the caller makes an address of it and lets that go again.
 *  Throws ApiError. */
export async function see(
  place: string,
  media: string,
  ticket: string,
  { fetch = globalThis.fetch.bind(globalThis), poster = false }: { fetch?: Fetch; poster?: boolean } = {},
): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetch(addressOf(place, media, poster), { headers: { [HEADER]: ticket }, credentials: "omit", cache: "no-store" });
  } catch (error) {
    if (error instanceof TypeError) throw away();
    throw error;
  }
  if (!answer.ok) throw refused(answer.status, await answer.text());
  return answer.blob();
}

function away(): ApiError {
  return new ApiError(
    "postmedia.away",
    "The place of the pictures does not answer.",
    "What you wrote is still here.",
    "Look whether you are online, then try again.",
    0,
  );
}

function refused(status: number, text: string): ApiError {
  try {
    const said = obj<{ code: string; what: string; kept: string; do: string }>({ code: str, what: str, kept: str, do: str })(
      JSON.parse(text),
      "answer",
    );
    return new ApiError(said.code, said.what, said.kept, said.do, status);
  } catch (error) {
    if (!(error instanceof BadAnswer || error instanceof SyntaxError)) throw error;
    return new ApiError("postmedia.unknown", "The place of the pictures gave no answer.", "What you wrote is still here.", "Try again later.", status);
  }
}
