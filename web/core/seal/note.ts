/**
 * A member's note on a clip, under a key that the clip's own key gives: who can open the clip can read it, the server cannot,
 * and it lasts as long as the clip's header.
 *
 * Holds:   every sealed note is as long as any other; one clip's note fits no other clip.
 * Absent:  who wrote it: the server lets in members only, and whoever reads it trusts whoever can open the clip.
 */
import { type Bytes, concat, utf8 } from "./bytes.ts";
import { SealError } from "./errors.ts";
import { derive } from "./keys.ts";

const IV = 12;
const PLAIN = 2048;
export const NOTE_LENGTH = IV + PLAIN + 16;
/** Bytes of UTF-8 that a note has room for. */
export const NOTE_MOST = PLAIN - 1;

/** The key of a clip's note; it cannot be read out, only used. */
export const noteKey = (fileKey: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", derive(fileKey, utf8("fanlight/note/v1")), "AES-GCM", false, ["encrypt", "decrypt"]);

/** Throws SealError `malformed` for a note that is too long, or holds a NUL. */
export async function sealNote(key: CryptoKey, clip: string, note: string, iv: Bytes = crypto.getRandomValues(new Uint8Array(IV))): Promise<Bytes> {
  const written = utf8(note);
  if (written.length > NOTE_MOST || written.includes(0)) throw new SealError("malformed", "a note is too long, or no text");
  const plain = new Uint8Array(PLAIN); // NULs to the end, one at least
  plain.set(written);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(clip) }, key, plain);
  return concat([iv, new Uint8Array(sealed)]);
}

/** Throws SealError `payload_altered` for what was changed or belongs to another clip, `malformed` for what is no note. */
export async function openNote(key: CryptoKey, clip: string, sealed: Uint8Array): Promise<string> {
  if (sealed.length !== NOTE_LENGTH) throw new SealError("malformed", "a note has another length");
  let plain: Uint8Array;
  try {
    const iv = sealed.slice(0, IV);
    plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(clip) }, key, sealed.slice(IV)));
  } catch {
    throw new SealError("payload_altered", "the note was changed, or is another clip's");
  }
  const end = plain.indexOf(0);
  if (end < 0 || plain.subarray(end).some((byte) => byte !== 0)) throw new SealError("malformed", "a note does not end as one does");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(plain.subarray(0, end));
  } catch {
    throw new SealError("malformed", "a note is not text");
  }
}
