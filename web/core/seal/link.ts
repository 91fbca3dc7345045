/**
 * Links: a copy sealed to a key that only the link's own address holds, and what a household keeps of a link it gave out.
 *
 * In:     media of a copy (or the text of a share for support), and what its maker says of it.
 * Out:    `file` and `about`, age files to the link's key; `own`, an age file to the household; the address.
 * Holds:  the key is made here and stands behind `#` only. Who has the link can open with any age program.
 *         Sizes are padded; nothing in `about` names a household, an account or a camera's id.
 * Absent: fetching and addresses of pages.
 *
 * Source: docs/spec/links.md.
 */
import { type Json, jcs } from "../jcs.ts";
import { readUrl64, toUrl64 } from "../url64.ts";
import { openAge, sealAge } from "./age.ts";
import { type Bytes, text } from "./bytes.ts";
import { SealError } from "./errors.ts";
import { Fields } from "./fields.ts";
import { identityRecipient, identityText } from "./keys.ts";
import { padFmp4 } from "./manifest.ts";

export type LinkKind = "clip" | "support";

/** Where the pictures of a copy lie in its file. */
export interface LinkMedia {
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  readonly init: readonly [number, number];
  readonly segments: readonly (readonly [offset: number, length: number, startMs: number, durationMs: number])[];
}
/** What was done to the copy before it left. */
export interface LinkMade {
  readonly trimmed: boolean;
  readonly faces: "blurred" | "as-recorded";
  /** How many regions were hidden by hand. */
  readonly regions: number;
  readonly sound: boolean;
}
/** What whoever has the link is told. `when` is empty where the maker leaves it out. */
export interface LinkAbout {
  readonly kind: LinkKind;
  readonly title: string;
  readonly note: string;
  readonly when: string;
  readonly made: LinkMade;
  /** Null for a share for support, whose file is text. */
  readonly media: LinkMedia | null;
}
/** What the household keeps: enough to see what was given out, and to copy the link again. */
export interface LinkOwn {
  readonly secret: string;
  readonly title: string;
  /** The clip it was made of; empty for a share for support. */
  readonly clip: string;
  /** The account of who made it. */
  readonly by: string;
  readonly day: string;
}
export interface SealedLink {
  readonly secret: string;
  readonly file: Bytes;
  readonly about: Bytes;
}

const SECRET = /^[A-Za-z0-9_-]{43}$/;
const ID = /^[a-z2-7]{26}$/;
const STEP = 4 * 1024;

/** Seals what a link opens. `plain` is a copy's media, or text for support. */
export async function sealLink(plain: Uint8Array, about: LinkAbout): Promise<SealedLink> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const recipient = await identityRecipient(identityText(secret));
  const { media, made } = about;
  const told: { [key: string]: Json } = {
    v: 1,
    type: "link",
    kind: about.kind,
    title: about.title,
    note: about.note,
    when: about.when,
    trimmed: made.trimmed,
    faces: made.faces,
    regions: made.regions,
    sound: made.sound,
    mime: media?.mime ?? "",
    width: media?.width ?? 0,
    height: media?.height ?? 0,
    duration_ms: media?.durationMs ?? 0,
    init: media ? [...media.init] : [0, 0],
    segments: media ? media.segments.map((row) => [...row]) : [[0, 0, 0, 0]],
  };
  return {
    secret: toUrl64(secret),
    file: await sealAge(media ? padFmp4(plain) : padText(plain), [recipient]),
    about: await sealAge(padded(told), [recipient]),
  };
}

/** Reads what stands behind `#` of a link's address; null for anything else. */
export function readFragment(hash: string): { link: string; secret: string } | null {
  const [link = "", secret = ""] = hash.replace(/^#/, "").split(".");
  return ID.test(link) && SECRET.test(secret) && hash.replace(/^#/, "") === `${link}.${secret}` ? { link, secret } : null;
}

/** The age identity of a link, for any age program. Throws SealError. */
export function linkIdentity(secret: string): string {
  const bytes = SECRET.test(secret) ? readUrl64(secret) : null;
  if (!bytes) throw new SealError("bad_key", "the end of the link is missing or changed");
  return identityText(bytes);
}

/** Opens what a link says of itself. Throws SealError. */
export async function openAbout(sealed: Uint8Array, secret: string): Promise<LinkAbout> {
  const read = Fields.of(text(await openAge(sealed, [linkIdentity(secret)])), "link");
  read.match("pad", /^0*$/);
  const kind = read.oneOf("kind", ["clip", "support"] as const);
  const about = {
    kind,
    title: read.match("title", /^[^]{1,120}$/u),
    note: read.match("note", /^[^]{0,500}$/u),
    when: read.match("when", /^(?:|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/),
    made: {
      trimmed: read.flag("trimmed"),
      faces: read.oneOf("faces", ["blurred", "as-recorded"] as const),
      regions: read.count("regions", 1_000),
      sound: read.flag("sound"),
    },
  };
  const [mime, width, height] = [read.match("mime", /^(?:|video\/mp4; codecs="[A-Za-z0-9., ]{1,60}")$/), read.count("width", 16_384), read.count("height", 16_384)];
  const durationMs = read.count("duration_ms");
  const [offset = 0, length = 0] = read.numbers("init", 2);
  const segments = read.rows("segments", 4).map((row) => row as [number, number, number, number]);
  read.end();
  const media = kind === "clip" ? { mime, width, height, durationMs, init: [offset, length] as const, segments } : null;
  return { ...about, media };
}

/** Opens a link's file: media with its padding, or text. Throws SealError. */
export async function openFile(sealed: Uint8Array, secret: string, kind: LinkKind): Promise<Bytes> {
  const plain = await openAge(sealed, [linkIdentity(secret)]);
  if (kind === "clip") return plain;
  const end = plain.lastIndexOf(0x0a);
  return plain.slice(0, end < 0 ? plain.length : end + 1);
}

/** Seals what the household keeps of a link. */
export async function sealOwn(own: LinkOwn, recipient: string): Promise<Bytes> {
  return sealAge(padded({ v: 1, type: "link-own", secret: own.secret, title: own.title, clip: own.clip, by: own.by, day: own.day }), [recipient]);
}

/** Opens what the household keeps of a link. Throws SealError. */
export async function openOwn(sealed: Uint8Array, identities: readonly string[]): Promise<LinkOwn> {
  const read = Fields.of(text(await openAge(sealed, identities)), "link-own");
  read.match("pad", /^0*$/);
  const own = {
    secret: read.match("secret", SECRET),
    title: read.match("title", /^[^]{1,120}$/u),
    clip: read.match("clip", /^(?:|[a-z2-7]{26})$/),
    by: read.match("by", /^[a-z2-7]{0,26}$/),
    day: read.match("day", /^\d{4}-\d\d-\d\d$/),
  };
  read.end();
  return own;
}

function padded(fields: { [key: string]: Json }): Bytes {
  const bare = jcs({ ...fields, pad: "" }).length;
  return jcs({ ...fields, pad: "0".repeat((STEP - (bare % STEP)) % STEP) });
}

/** Text that ends in LF, then spaces up to whole steps. */
function padText(plain: Uint8Array): Bytes {
  const out = new Uint8Array(Math.ceil((plain.length + 1) / STEP) * STEP).fill(0x20);
  out.set(plain);
  out[plain.length] = 0x0a;
  return out;
}
