/** A camera's address as a person types it. Pure. */
export type Address = { readonly kind: "ok"; readonly url: string } | { readonly kind: "empty" } | { readonly kind: "bad" };

const SCHEMES = new Set(["rtsp:", "rtsps:"]);

/** Stands where a page that is open on the hub itself cannot know by which address others reach it. */
export const HUB_PLACE = "HUB-ADDRESS";

/** Whether only the computer itself reaches what listens there. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host.trim());

/** What a bell in the house calls: the page's own address, unless that means "this computer". */
export function bellAddress(path: string, origin: string): string {
  const url = new URL(path, origin);
  return isLoopback(url.hostname) ? `${url.protocol}//${HUB_PLACE}${url.port ? `:${url.port}` : ""}${url.pathname}${url.search}` : url.href;
}

/** The address the hub is to try: with a scheme, and with the user and password where the address has none. */
export function addressOf(typed: string, user: string, password: string): Address {
  const text = typed.trim();
  if (text === "") return { kind: "empty" };
  if (text.startsWith("test:") || text.startsWith("/")) return { kind: "ok", url: text };
  if (/\s/.test(text)) return { kind: "bad" };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  if (scheme && !SCHEMES.has(`${(scheme[1] ?? "").toLowerCase()}:`)) return { kind: "bad" };
  const whole = scheme ? text : `rtsp://${text}`;
  // Browsers leave addresses of schemes they do not know unparsed, so the host is taken apart here.
  const parts = /^(rtsps?):\/\/(?:([^/@]*)@)?(\[[0-9a-f:.]+\]|[^/:@?#[\]]+)(?::(\d{1,5}))?([/?].*)?$/i.exec(whole);
  if (!parts || Number(parts[4] ?? 1) > 65_535) return { kind: "bad" };
  if (!scheme && !parts[4] && !parts[5] && !/[.[]/.test(parts[3] ?? "")) return { kind: "bad" }; // a word alone
  const [, how = "rtsp", written, host = "", port, path = "/"] = parts;
  const given = user === "" && password === "" ? "" : `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const who = given || written || "";
  return { kind: "ok", url: `${how.toLowerCase()}://${who ? `${who}@` : ""}${host}${port ? `:${port}` : ""}${path}` };
}
