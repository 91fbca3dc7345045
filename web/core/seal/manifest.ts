/**
 * Manifests, containers and cards: what was signed about a clip, read strictly. Twin of
 * fanlight.seal.{manifest,container}. Kept as the text that was signed, byte for byte.
 */

import { jcs } from "../jcs.ts";
import { chunkCount, payloadLength } from "./age.ts";
import { type Bytes, b64, concat, text, unhex, utf8 } from "./bytes.ts";
import { treeRoot } from "./chunktree.ts";
import { bad, Fields } from "./fields.ts";
import { type SigningKey, derive, sign, verify, verifyFast } from "./keys.ts";

const CONTAINER_MINIMUM = 32 * 1024;
const MEDIA_MINIMUM = 256 * 1024;
const COPY_BYTES = [20, 80, 255].map((mib) => mib * 1024 * 1024);
const THUMB_LIMIT = 12 * 1024;
/** Characters of a note that goes with a disclosure. */
export const NOTE_LIMIT = 600;
const TERMS = /^[^]{1,4000}$/u;
const BLURRED = /^blurred$/;
const NOTE = new RegExp(`^[^]{1,${NOTE_LIMIT}}$`, "u");
const ID = /^[a-z2-7]{26}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const MIME = /^video\/mp4; codecs="[A-Za-z0-9., ]{1,60}"$/;
/** The camera of clips that hold noise, so that others are not counted. They are checked as any other, and never shown. */
export const FILLER_CAMERA = "fillerfillerfillerfillerfi";
const LABELS = ["person", "vehicle", "animal", "package", "doorbell"] as const;
const CLOCKS = ["hub", "media"] as const;

export type Label = (typeof LABELS)[number];

/** Bytes in the plaintext; milliseconds from the clip's start. */
export interface Segment {
  readonly offset: number;
  readonly length: number;
  readonly startMs: number;
  readonly durationMs: number;
}

/** What is known of the media before it is sealed. `start` is RFC 3339, UTC, milliseconds. */
export interface MediaFacts {
  readonly start: string;
  readonly durationMs: number;
  readonly clock: (typeof CLOCKS)[number];
  readonly label: Label;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  readonly init: readonly [offset: number, length: number];
  readonly segments: readonly Segment[];
}

/** What sealing adds. `chunks` are the leaf hashes, `kc` commits to the file key. */
export interface SealFacts {
  readonly plainLength: number;
  readonly payLength: number;
  readonly nonce: Bytes;
  readonly treeRoot: Bytes;
  readonly chunks: readonly Bytes[];
  readonly kc: Bytes;
}

export interface ClipManifest extends MediaFacts {
  readonly seal: SealFacts;
  readonly household: string;
  readonly camera: string;
  readonly cameraName: string;
  readonly clip: string;
  readonly score: number;
  readonly thumb: Bytes;
  readonly seq: number;
  readonly prev: string | null;
  readonly epoch: number;
}

/** What a household writes with a disclosure; `answerTo` is a recipient made for this one copy. */
export interface ShareNote {
  readonly words: string;
  readonly answerTo: string;
}

/** Whether another local agency may have a copy, and what its commitment opens with (32 bytes, hex). */
export interface Onward {
  readonly may: boolean;
  readonly salt: string;
}

export interface DisclosureFacts extends MediaFacts {
  readonly disclosure: string;
  readonly request: string;
  readonly trimmed: boolean;
  readonly note: ShareNote | null;
  /** The words under which it was given, as they were shown; null in copies from before they were signed. */
  readonly terms: string | null;
  /** Faces that the giver's browser found were blurred, picture by picture. */
  readonly facesBlurred: boolean;
  /** Null in copies from before it was asked, which is no. */
  readonly onward: Onward | null;
}

export interface DisclosureManifest extends DisclosureFacts {
  readonly seal: SealFacts;
  readonly caseKeySha256: string;
  readonly signer: Bytes;
}

/** All that the server sees of a clip. Hashes in hex; `length` is the payload's. */
export interface Card {
  readonly clip: string;
  readonly epoch: number;
  readonly day: string;
  readonly length: number;
  readonly root: string;
  readonly manifestSha256: string;
}

/** `kc`: 32 bytes that fix the file key and do not tell it. */
export function keyCommitment(fileKey: Uint8Array): Bytes {
  return derive(fileKey, utf8("fanlight/commit/v1"));
}

/** Padmé: the length in bytes to which media of `length` bytes is padded. Twin of fanlight.model.padding. */
export function paddedLength(length: number): number {
  const need = Math.max(length + 8, MEDIA_MINIMUM);
  const exponent = Math.floor(Math.log2(need));
  const keep = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** Math.max(exponent - keep, 0);
  return Math.ceil(need / step) * step;
}

/** The length to which a copy for a case is padded: one for nearly all, so that its camera's bit rate does not show. Twin of fanlight.model.padding. */
export function copyLength(length: number): number {
  return COPY_BYTES.find((size) => length + 8 <= size) ?? paddedLength(length);
}

/** `fmp4` with a `free` box behind it, so that its length tells little. */
export function padFmp4(fmp4: Uint8Array, size = paddedLength(fmp4.length)): Bytes {
  const padded = new Uint8Array(size);
  padded.set(fmp4);
  new DataView(padded.buffer).setUint32(fmp4.length, padded.length - fmp4.length);
  padded.set(utf8("free"), fmp4.length + 4);
  return padded;
}

export function parseClip(signed: string): ClipManifest {
  const read = Fields.of(signed, "clip");
  const manifest: ClipManifest = {
    ...media(read),
    seal: sealFacts(read),
    household: read.match("household", ID),
    camera: read.match("camera", ID),
    cameraName: read.match("camera_name", /^[^]{1,100}$/u),
    clip: read.match("clip", ID),
    score: read.count("score", 100),
    thumb: read.bytes("thumb", THUMB_LIMIT),
    seq: read.count("seq"),
    prev: read.nullableHash("prev"),
    epoch: read.count("epoch"),
  };
  read.end();
  if ((manifest.prev === null) !== (manifest.seq === 0)) bad("only the first manifest of a camera has none before it");
  return manifest;
}

export function parseDisclosure(signed: string): DisclosureManifest {
  const read = Fields.of(signed, "disclosure");
  const manifest: DisclosureManifest = {
    ...media(read),
    seal: sealFacts(read),
    disclosure: read.match("disclosure", ID),
    request: read.match("request", ID),
    trimmed: read.flag("trimmed"),
    caseKeySha256: read.match("case_key_sha256", HASH),
    signer: read.bytes("signer", 32),
    note: read.has("note") ? shareNote(read.object("note")) : null,
    terms: read.has("terms") ? read.match("terms", TERMS) : null,
    facesBlurred: read.has("faces") && read.match("faces", BLURRED) !== "",
    onward: read.has("onward") ? onwardOf(read.object("onward")) : null,
  };
  if (read.flag("identified") || manifest.signer.length !== 32) bad("the signer of a disclosure is not a bare key");
  read.end();
  return manifest;
}

function onwardOf(read: Fields): Onward {
  const onward = { may: read.flag("may"), salt: read.match("salt", HASH) };
  read.end();
  return onward;
}

/** What every signed text about a film has: its kind, what the film is and how it is sealed. */
export const mediaWire = (type: string, facts: MediaFacts, seal: SealFacts) => ({
  v: 1,
  type,
  start: facts.start,
  duration_ms: facts.durationMs,
  clock: facts.clock,
  label: facts.label,
  mime: facts.mime,
  width: facts.width,
  height: facts.height,
  init: facts.init,
  segments: facts.segments.map((s) => [s.offset, s.length, s.startMs, s.durationMs]),
  plain_length: seal.plainLength,
  pay_length: seal.payLength,
  nonce: hexOf(seal.nonce),
  tree_root: hexOf(seal.treeRoot),
  chunks: b64(concat(seal.chunks)),
  kc: hexOf(seal.kc),
});

/** The canonical text of a disclosure manifest, ready to be signed. */
export function disclosureText(facts: DisclosureFacts, seal: SealFacts, caseKeySha256: string, signer: Bytes): string {
  return text(
    jcs({
      ...mediaWire("disclosure", facts, seal),
      disclosure: facts.disclosure,
      request: facts.request,
      trimmed: facts.trimmed,
      identified: false,
      case_key_sha256: caseKeySha256,
      signer: b64(signer),
      // What is not given has no field, as before there were notes, terms, blurred faces and hand-overs.
      ...(facts.note && { note: { words: facts.note.words, answer_to: facts.note.answerTo } }),
      ...(facts.terms !== null && { terms: facts.terms }),
      ...(facts.facesBlurred && { faces: "blurred" }),
      ...(facts.onward && { onward: { may: facts.onward.may, salt: facts.onward.salt } }),
    }),
  );
}

/** Signs `signed` and returns the padded box that is sealed as a manifest. */
export function makeContainer(context: string, signed: string, key: SigningKey): Bytes {
  const sig = b64(sign(key, context, utf8(signed)));
  const bare = jcs({ manifest: signed, sig, pad: "" }).length;
  let size = CONTAINER_MINIMUM;
  while (size < bare) size *= 2;
  return jcs({ manifest: signed, sig, pad: "0".repeat(size - bare) });
}

export interface Signed {
  /** The text that was signed. */
  readonly signed: string;
  readonly sig: Bytes;
}

/** Reads a box without padding; the signature is not checked yet. Throws SealError `malformed`. */
export function readBare(box: Uint8Array): Signed {
  const read = Fields.of(text(box));
  const opened = { signed: read.match("manifest", /^[^]*$/u), sig: read.bytes("sig", 64) };
  read.end();
  return opened;
}

/** Reads a padded box; the signature is not checked yet. Throws SealError `malformed`. */
export function readContainer(box: Uint8Array): Signed {
  const read = Fields.of(text(box));
  const pad = read.match("pad", /^0*$/);
  const opened = { signed: read.match("manifest", /^[^]*$/u), sig: read.bytes("sig", 64) };
  read.end();
  let size = CONTAINER_MINIMUM;
  while (size < box.length - pad.length) size *= 2;
  if (box.length !== size) bad("its box has another size than its content asks");
  return opened;
}

/** Reads a padded box and checks its signature; throws SealError `malformed` or `bad_signature`. */
export function openContainer(context: string, box: Uint8Array, publicKey: Uint8Array): string {
  const { signed, sig } = readContainer(box);
  verify(publicKey, context, utf8(signed), sig);
  return signed;
}

/** Checks the signature of a box that was read; throws SealError `bad_signature`. */
export const checkContainer = ({ signed, sig }: Signed, context: string, publicKey: Uint8Array): Promise<void> => verifyFast(publicKey, context, utf8(signed), sig);

/** Reads a card after checking the hub's signature over its exact text. */
export function openCard(card: string, sig: Uint8Array, hubKey: Uint8Array): Card {
  verify(hubKey, "card", utf8(card), sig);
  const read = Fields.of(card);
  const parsed: Card = {
    clip: read.match("clip", ID),
    epoch: read.count("epoch"),
    day: read.match("day", /^\d{4}-\d\d-\d\d$/),
    length: read.count("length"),
    root: read.match("root", HASH),
    manifestSha256: read.match("manifest_sha256", HASH),
  };
  read.end();
  return parsed;
}

const HASH = /^[0-9a-f]{64}$/;

function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function shareNote(read: Fields): ShareNote {
  const note = { words: read.match("words", NOTE), answerTo: read.match("answer_to", /^age1pq1[a-z0-9]{1900,2100}$/) };
  read.end();
  return note;
}

/** Reads what `mediaWire` writes of the film; throws SealError `malformed`. */
export function media(read: Fields): MediaFacts {
  const [offset, length] = read.numbers("init", 2) as [number, number];
  const facts: MediaFacts = {
    start: read.match("start", TIME),
    durationMs: read.count("duration_ms"),
    clock: read.oneOf("clock", CLOCKS),
    label: read.oneOf("label", LABELS),
    mime: read.match("mime", MIME),
    width: read.count("width", 16_384),
    height: read.count("height", 16_384),
    init: [offset, length],
    segments: read.rows("segments", 4).map((row) => {
      const [at, size, startMs, durationMs] = row as [number, number, number, number];
      return { offset: at, length: size, startMs, durationMs };
    }),
  };
  const time = new Date(facts.start);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== facts.start) bad("its start is not a time");
  if (facts.width === 0 || facts.height === 0) bad("its picture has no size");
  if (length === 0 || facts.segments.some((segment) => segment.length === 0)) bad("one of its segments is empty");
  facts.segments.reduce(
    (before, segment) => {
      if (before.offset + before.length > segment.offset || before.startMs > segment.startMs) {
        bad("its segments overlap or run backwards");
      }
      return segment;
    },
    { offset, length, startMs: 0, durationMs: 0 },
  );
  return facts;
}

/** Reads what `mediaWire` writes of the sealing; throws SealError `malformed`. */
export function sealFacts(read: Fields): SealFacts {
  const plainLength = read.count("plain_length");
  const joined = read.bytes("chunks", Number.MAX_SAFE_INTEGER);
  const seal: SealFacts = {
    plainLength,
    payLength: read.count("pay_length"),
    nonce: unhex(read.match("nonce", /^[0-9a-f]{32}$/)),
    treeRoot: unhex(read.match("tree_root", HASH)),
    chunks: Array.from({ length: Math.ceil(joined.length / 32) }, (_, i) => joined.slice(32 * i, 32 * i + 32)),
    kc: unhex(read.match("kc", HASH)),
  };
  if (seal.payLength !== payloadLength(plainLength)) bad("its lengths do not agree");
  if (joined.length !== 32 * chunkCount(plainLength)) bad("it does not name every piece of the payload");
  if (hexOf(treeRoot(seal.chunks)) !== hexOf(seal.treeRoot)) bad("its pieces do not give its root");
  const last = read.rows("segments", 4).at(-1) as [number, number, number, number];
  if (last[0] + last[1] > plainLength) bad("its last segment ends after the plaintext");
  return seal;
}
