/** Everything about a person and their household in zips of open formats: JSON, MP4, age, and a page that explains it.
 *
 *  In:      an opened household; days.
 *  Out:     one zip after the other, each readable by itself. Clips are opened and checked here, one at a time, and go in as
 *           films, or locked as the server keeps them.
 *  Holds:   a clip that does not hold is left out and named; filler is no clip; keys go in only where asked for. What broke
 *           off (a network, a closed session) goes on with the clip that it broke off at.
 *  Absent:  pages; the server sees the calls of a member who looks at many clips.
 *  Why:     docs/design/held.md
 */
import { aboutAccount, listNotices, listPasskeys, listSessions } from "../../../core/api/account.ts";
import { hubStatus } from "../../../core/api/calls.ts";
import { ApiError } from "../../../core/api/client.ts";
import { clipNote, type ClipRow, keeping } from "../../../core/api/clips.ts";
import { myLinks } from "../../../core/api/links.ts";
import { pushBehests } from "../../../core/api/push.ts";
import { unb64 } from "../../../core/seal/bytes.ts";
import { type ClipReader, Order } from "../../../core/seal/clip.ts";
import { SealError } from "../../../core/seal/errors.ts";
import { openOwn } from "../../../core/seal/link.ts";
import { FILLER_CAMERA } from "../../../core/seal/manifest.ts";
import { openNote } from "../../../core/seal/note.ts";
import type { Session } from "../../../ui/session.ts";
import type { House } from "../household/house.ts";
import { Listing } from "../timeline/listing.ts";
import { lookAt, rangesOf } from "../timeline/opening.ts";
import { Archive } from "./archive.ts";
import { guide } from "./guide.ts";

const PIECE = 16 * 65_536; // bytes of a clip fetched at once
/** A zip ends after the clip that passes this: one without its longer form holds 4 GiB, and a browser may hold it in memory. */
export const FULL_BYTES = 1024 ** 3;

export type Progress = { readonly kind: "listing"; readonly day: string } | { readonly kind: "clip"; readonly day: string; readonly done: number; readonly of: number };

/** One zip. `number` counts from 1; `last` where nothing follows. */
export interface Part {
  readonly zip: Blob;
  readonly number: number;
  readonly clips: number;
  readonly last: boolean;
}
export interface Want {
  readonly days: readonly string[];
  readonly keys: boolean;
  /** Clips as the server keeps them, under numbers that tell nothing. */
  readonly locked: boolean;
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

export class Taking {
  /** Left out, as `DAY CLIP`. */
  readonly failed: string[] = [];
  #archive: Archive | null = null;
  #number = 0;
  #clips = 0;
  #day = 0;
  #row = 0;
  #rows: ClipRow[] | null = null;
  readonly #listing: Listing;
  readonly #order = new Order();

  constructor(
    readonly session: Session,
    readonly house: House | null,
    readonly want: Want,
    readonly full = FULL_BYTES,
  ) {
    this.#listing = new Listing(session.api);
  }

  get done(): boolean {
    return this.#number > 0 && this.#archive === null && this.#day >= this.want.days.length;
  }

  /** The next zip. Throws ApiError, and DOMException `AbortError` when `signal` says so; then it may be called again, and goes on. */
  async next(tell: (progress: Progress) => void, signal: AbortSignal): Promise<Part> {
    const archive = (this.#archive ??= this.#number === 0 ? await this.#first() : new Archive());
    const { days } = this.want;
    for (; this.#day < days.length && archive.size < this.full; this.#day++, this.#rows = null, this.#row = 0) {
      if (!(await this.#takeDay(archive, days[this.#day] ?? "", tell, signal))) break;
    }
    const last = this.#day >= days.length;
    const newest = this.house?.chain.at(-1)?.n ?? null;
    archive.text("READ-ME-FIRST.txt", guide(new Date(), { failed: this.failed, ...this.want, number: this.#number + 1, last, newest }));
    const part = { zip: await archive.done(), number: ++this.#number, clips: this.#clips, last };
    [this.#archive, this.#clips] = [null, 0];
    return part;
  }

  /** False where the zip is full before the day is over. */
  async #takeDay(archive: Archive, day: string, tell: (progress: Progress) => void, signal: AbortSignal): Promise<boolean> {
    if (this.#rows === null) {
      tell({ kind: "listing", day });
      const rows = await this.#listing.of(day);
      if (rows.length > 0) archive.json(`clips/${day}/as-listed.json`, rows);
      this.#rows = rows;
    }
    for (; this.#row < this.#rows.length; this.#row++) {
      if (archive.size >= this.full) return false;
      signal.throwIfAborted();
      tell({ kind: "clip", day, done: this.#row, of: this.#rows.length });
      const row = this.#rows[this.#row];
      if (row) await this.#takeClip(archive, day, row, signal);
    }
    return true;
  }

  async #takeClip(archive: Archive, day: string, row: ClipRow, signal: AbortSignal): Promise<void> {
    const { session, house } = this;
    if (!house) return;
    try {
      const again = async (): Promise<ClipRow | null> => (await this.#listing.of(day)).find(({ clip }) => clip === row.clip) ?? null;
      const { checked, hdr } = await lookAt(session.api, row, house.home, this.#order, again);
      if (checked.kind === "refused") throw checked.error;
      const { manifest, signed } = checked.opened;
      if (manifest.camera === FILLER_CAMERA) return;
      if (this.want.locked) {
        archive.bytes(`clips/${row.clip}.age`, [hdr, ...(await sealedPieces(session, row.clip, checked.reader, signal))]);
        this.#clips++;
        return;
      }
      const end = manifest.segments.reduce((most, { offset, length }) => Math.max(most, offset + length), 0) || checked.reader.seal.plainLength; // padding follows
      const film: Uint8Array[] = [];
      for (let from = 0; from < end; from += PIECE) {
        signal.throwIfAborted();
        film.push(await checked.reader.read(from, Math.min(end, from + PIECE), rangesOf(session.api, row.clip)));
      }
      const sealedNote = house.role === "guest" ? null : await clipNote(session.api, row.clip);
      const note = sealedNote && (await openNote(checked.reader.noteKey, row.clip, sealedNote));
      const name = `clips/${day}/${fileSafe(manifest.cameraName)} ${manifest.start.replaceAll(":", ".")}`;
      archive.bytes(`${name}.mp4`, film); // only once all of it is here: what breaks off leaves no half a film
      archive.text(`${name}.json`, signed);
      if (note) archive.text(`${name} note.txt`, note);
      this.#clips++;
    } catch (error) {
      const gone = error instanceof ApiError && error.status === 404; // erased or expired meanwhile
      if (!(error instanceof SealError) && !gone) throw error;
      if (!gone) this.failed.push(`${day} ${row.clip}`);
    }
  }

  /** The zip that all but clips stands in. Nothing of it is kept if a call fails: it is made anew. */
  async #first(): Promise<Archive> {
    const { session, house, want } = this;
    const archive = new Archive();
    const { api } = session;
    const [account, passkeys, sessions, notices] = await Promise.all([aboutAccount(api), listPasskeys(api), listSessions(api), listNotices(api)]);
    archive.json("account.json", { account, passkeys, sessions, notices });
    if (!house) return archive;
    archive.json("household/household.json", { ...house.told, epochs: undefined });
    if (house.notes && !want.locked) archive.json("household/names.json", { names: house.notes.names, guests: house.notes.guests, mandated: house.notes.mandated });
    for (const { n, wire, sealed, private: notes } of house.chain) {
      archive.text(`household/book/${n}.json`, wire.statement);
      archive.text(`household/book/${n}.sig.txt`, `${wire.sig}\n`);
      if (notes.length > 0) archive.bytes(`household/book/${n}.notes.age`, [notes]);
      if (sealed.length > 0) archive.bytes(`keys/${n}.age`, [sealed]);
    }
    if (want.keys) {
      archive.text("keys/mine.key", `${session.keys.age.secret}\n`);
      for (const [n, secret] of house.home.identities) archive.text(`keys/${n}.key`, `${secret}\n`);
    }
    await takeSettings(archive, session, want.locked ? { ...house, home: { ...house.home, identities: new Map() } } : house);
    return archive;
  }
}

/** The payload as it lies at the server, each piece checked on the way: with the header before it, a whole age file. */
async function sealedPieces({ api }: Session, clip: string, reader: ClipReader, signal: AbortSignal): Promise<Uint8Array[]> {
  const { nonce, plainLength } = reader.seal;
  const fetchRange = rangesOf(api, clip);
  const pieces: Uint8Array[] = [nonce];
  const keep = async (first: number, end: number): Promise<Uint8Array> => {
    const sealed = await fetchRange(first, end);
    pieces.push(sealed);
    return sealed;
  };
  for (let from = 0; from < plainLength; from += PIECE) {
    signal.throwIfAborted();
    await reader.read(from, Math.min(plainLength, from + PIECE), keep);
  }
  return pieces;
}

/** What a role may not ask for, or what is not there, is left out. */
async function takeSettings(archive: Archive, { api }: Session, house: House): Promise<void> {
  const days = await unlessNone(keeping(api));
  if (days) archive.json("household/keeping.json", days);
  const status = await unlessNone(hubStatus(api));
  if (status) archive.bytes("household/hub-status.age", [status]);
  for (const [browser, sealed] of (await unlessNone(pushBehests(api))) ?? []) archive.bytes(`alerts/${fileSafe(browser)}.age`, [sealed]);
  const identities = [...house.home.identities.values()];
  const links = await Promise.all(
    ((await unlessNone(myLinks(api))) ?? []).map(async ({ own, ...row }) => ({ ...row, made: await openOwn(unb64(own), identities).catch(notOurs) })),
  );
  if (links.length > 0) archive.json("household/links.json", links);
}

async function unlessNone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return null;
    throw error;
  }
}

function notOurs(error: unknown): null {
  if (error instanceof SealError) return null;
  throw error;
}
