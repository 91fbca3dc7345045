/** From a copy to a link: sealed, sent. */
import { giveLink } from "../../../core/api/links.ts";
import type { Client } from "../../../core/api/client.ts";
import { newId } from "../../../core/ids.ts";
import { type LinkAbout, sealLink, sealOwn } from "../../../core/seal/link.ts";
import { identityRecipient } from "../../../core/seal/keys.ts";
import type { Made } from "../../../ui/redact/remaking.ts";
import { serverOrigin } from "../../../ui/server.ts";

export interface Terms {
  readonly title: string;
  readonly note: string;
  readonly when: string;
  /** Days from today; null for an hour, for support. */
  readonly days: number | null;
  readonly most: number;
}
export interface Giving {
  readonly api: Client;
  /** The household's newest key, as this device opened it. */
  readonly identity: string;
  readonly account: string;
  readonly clip: string;
}

/** Seals a copy, or the text of a share for support, and sends it. Returns the end of the link's address. Throws ApiError. */
export async function give(plain: Uint8Array, made: Made | null, terms: Terms, to: Giving, progress: (share: number) => void): Promise<string> {
  const about: LinkAbout = {
    kind: made ? "clip" : "support",
    title: terms.title,
    note: terms.note,
    when: terms.when,
    made: made?.how ?? { trimmed: false, faces: "as-recorded", regions: 0, sound: false },
    media: made ? { ...made.facts, segments: made.facts.segments.map(({ offset, length, startMs, durationMs }) => [offset, length, startMs, durationMs] as const) } : null,
  };
  const link = newId();
  const sealed = await sealLink(plain, about);
  const today = new Date().toISOString().slice(0, 10);
  const own = { secret: sealed.secret, title: terms.title, clip: to.clip, by: to.account, day: today };
  const until = new Date(Date.now() + (terms.days ?? 0) * 86_400_000).toISOString().slice(0, 10);
  const kind = terms.days === null ? "support" : "clip";
  const wire = { kind, until, most: terms.most, about: sealed.about, own: await sealOwn(own, await identityRecipient(to.identity)), file: sealed.file } as const;
  await giveLink(to.api, link, wire, progress);
  return `${link}.${sealed.secret}`;
}

export const addressOf = (end: string): string => `${serverOrigin()}/s#${end}`;
