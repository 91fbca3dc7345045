/** Whose pages these are: those that the server itself serves, or `fanlight app`'s on this machine, which name the server.
 *
 *  Holds:   what others are given (invitations, links, codes) has the server's own address, which they can reach.
 */
import { nullable, obj, str } from "../core/api/shape.ts";

/** The host to which passkeys are bound on pages of this machine. */
export const LOCAL = "localhost";
let named: string | null = null;

/** Asks who is behind these pages; once, before anything else. */
export async function findServer(): Promise<void> {
  if (location.hostname !== LOCAL) return;
  try {
    const answer = await fetch("/app.json", { credentials: "omit" });
    named = answer.ok ? obj<{ server: string | null }>({ server: nullable(str) })(await answer.json(), "app").server : null;
  } catch {
    named = null; // offline: asked again with the next visit
  }
}

/** Whether `fanlight app` serves these pages. */
export const inApp = (): boolean => named !== null;

/** Scheme, host and port by which others reach the server. */
export const serverOrigin = (): string => named ?? location.origin;
