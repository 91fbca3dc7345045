/** base64url without padding: how addresses, QR codes and WebAuthn write bytes. */
import { b64, type Bytes, readB64 } from "./bytes.ts";

export function toUrl64(data: ArrayBuffer | Uint8Array): string {
  return b64(new Uint8Array(data)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Null for what is none. */
export function readUrl64(text: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  return readB64(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4));
}

/** Throws for what is none: an answer of the server that no browser could use. */
export function fromUrl64(text: string): Bytes {
  const bytes = readUrl64(text);
  if (!bytes) throw new TypeError("It is not base64url.");
  return bytes;
}
