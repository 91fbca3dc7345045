/** Everything about a person and their household in one zip of open formats: JSON, MP4, age, and a page that explains it.
 *
 *  In:      an opened household; days.
 *  Out:     a Blob. Clips are opened and checked here, one at a time, and stored as they are (film does not shrink).
 *  Holds:   a clip that does not hold is left out and named; keys go in only where asked for.
 *  Absent:  pages; the server sees the calls of a member who looks at many clips.
 */
import { strToU8, Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { aboutAccount, listNotices, listPasskeys, listSessions } from "../../../core/api/account.ts";
import { clipHeader, clipManifest } from "../../../core/api/calls.ts";
import { ApiError } from "../../../core/api/client.ts";
import { unb64 } from "../../../core/seal/bytes.ts";
import { checkClip, Order } from "../../../core/seal/clip.ts";
import { SealError } from "../../../core/seal/errors.ts";
import type { Session } from "../../../ui/session.ts";
import { guide } from "./guide.ts";
import type { House } from "../household/house.ts";
import { Listing } from "../timeline/listing.ts";
import { rangesOf } from "../timeline/opening.ts";

const PART = 16 * 65_536; // bytes of a clip fetched at once

export type Progress = { readonly kind: "listing"; readonly day: string } | { readonly kind: "clip"; readonly done: number; readonly of: number };

export interface Taken {
  readonly zip: Blob;
  readonly clips: number;
  readonly failed: readonly string[];
}

/** UTC days from `first` to `last`, both included; empty if they are the wrong way round. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  const end = Date.parse(`${last}T00:00:00Z`);
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= end && days.length < 400; at += 86_400_000) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** A name that every file system takes. */
export const fileSafe = (name: string): string => name.replaceAll(/[^\p{L}\p{N} ._-]/gu, "_").trim() || "_";

/** Throws ApiError, and DOMException `AbortError` when `signal` says so. */
export async function takeEverything(
  session: Session,
  house: House | null,
  want: { readonly days: readonly string[]; readonly keys: boolean },
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Taken> {
  const archive = new Archive();
  archive.text("account.json", await aboutMe(session));
  let clips = 0;
  const failed: string[] = [];
  if (house) {
    archive.text("household/household.json", json({ ...house.told, epochs: undefined }));
    if (house.notes) archive.text("household/names.json", json({ names: house.notes.names, guests: house.notes.guests, mandated: house.notes.mandated }));
    for (const { n, wire, sealed } of house.chain) {
      archive.text(`household/book/${n}.json`, wire.statement);
      archive.text(`household/book/${n}.sig.txt`, `${wire.sig}\n`);
      archive.bytes(`keys/${n}.age`, sealed);
    }
    if (want.keys) {
      archive.text("keys/mine.key", `${session.keys.age.secret}\n`);
      for (const [n, secret] of house.home.identities) archive.text(`keys/${n}.key`, `${secret}\n`);
    }
    const listing = new Listing(session.api);
    const order = new Order();
    for (const day of want.days) {
      tell({ kind: "listing", day });
      const rows = await listing.of(day);
      for (const [i, row] of rows.entries()) {
        signal.throwIfAborted();
        tell({ kind: "clip", done: i, of: rows.length });
        try {
          const manifestAge = await clipManifest(session.api, row.clip);
          const hdr = await clipHeader(session.api, row.clip);
          const checked = await checkClip({ clip: row.clip, card: row.card, sig: unb64(row.sig), manifestAge, hdr }, house.home, order);
          if (checked.kind === "refused") throw checked.error;
          const { manifest, signed } = checked.opened;
          const name = `clips/${day}/${fileSafe(manifest.cameraName)} ${manifest.start.replaceAll(":", ".")}`;
          const last = manifest.segments.at(-1);
          const end = last ? last.offset + last.length : checked.reader.seal.plainLength; // what follows is padding
          const film = archive.film(`${name}.mp4`);
          for (let from = 0; from < end; from += PART) {
            signal.throwIfAborted();
            const to = Math.min(end, from + PART);
            film(await checked.reader.read(from, to, rangesOf(session.api, row.clip)), to === end);
          }
          archive.text(`${name}.json`, signed);
          clips++;
        } catch (error) {
          const gone = error instanceof ApiError && error.status === 404;
          if (!(error instanceof SealError) && !gone) throw error;
          if (!gone) failed.push(`${day} ${row.clip}`);
        }
      }
    }
  }
  archive.text("READ-ME-FIRST.txt", guide(new Date(), failed, want.keys));
  return { zip: await archive.done(), clips, failed };
}

async function aboutMe(session: Session): Promise<string> {
  const [about, passkeys, sessions, notices] = await Promise.all([
    aboutAccount(session.api),
    listPasskeys(session.api),
    listSessions(session.api),
    listNotices(session.api),
  ]);
  return json({ account: about, passkeys, sessions, notices });
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** A zip that grows file by file; what was added is handed to the browser, not held twice. */
class Archive {
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  readonly #zip: Zip;
  readonly #ended: Promise<void>;

  constructor() {
    let end: () => void;
    let fail: (error: Error) => void;
    this.#ended = new Promise((resolve, reject) => ([end, fail] = [resolve, reject]));
    this.#ended.catch(() => undefined); // told by `done`
    this.#zip = new Zip((error, chunk, final) => {
      if (error) fail(error);
      else this.#parts.push(chunk as Uint8Array<ArrayBuffer>);
      if (final) end();
    });
  }

  text(name: string, text: string): void {
    const file = new ZipDeflate(name);
    this.#zip.add(file);
    file.push(strToU8(text), true);
  }

  bytes(name: string, data: Uint8Array): void {
    this.film(name)(data, true);
  }

  film(name: string): (part: Uint8Array, last: boolean) => void {
    const file = new ZipPassThrough(name);
    this.#zip.add(file);
    return (part, last) => file.push(part, last);
  }

  async done(): Promise<Blob> {
    this.#zip.end();
    await this.#ended;
    return new Blob(this.#parts, { type: "application/zip" });
  }
}
