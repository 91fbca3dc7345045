/** The report for whoever helps: how things are, and nothing of who lives here or what the cameras saw. */
import type { HubStatus } from "../household/status.ts";

export interface ReportFacts {
  readonly status: Pick<HubStatus, "at" | "cameras" | "held"> | null;
  /** Number of the key the hub sealed its word to, and of the newest one here. */
  readonly hubKey: number | null;
  readonly newestKey: number | null;
  readonly members: number;
  readonly hubs: number;
  readonly now: Date;
  readonly browser: Readonly<Record<string, string | boolean>>;
}

/** Readable text. Notes of cameras are left out: they may hold a name or an address. */
export function reportText(facts: ReportFacts, links: readonly string[]): string {
  const { status, now } = facts;
  const since = (text: string): string => ago(now.getTime() - Date.parse(text));
  const report = {
    report: "Fanlight, for support",
    hub: status ? { heard: since(status.at), clips_waiting: status.held.clips_waiting, key: facts.hubKey } : "not heard from",
    cameras: (status?.cameras ?? []).map(({ state, since: from }, i) => ({ camera: i + 1, state, for: since(from) })),
    household: { members: facts.members, hubs: facts.hubs, newest_key: facts.newestKey },
    browser: facts.browser,
    ...(links.length > 0 ? { copies: links } : {}),
  };
  return JSON.stringify(report, null, 2);
}

/** Rounded, so that it tells no moment. */
function ago(ms: number): string {
  if (!(ms >= 0)) return "not known";
  if (ms < 10 * 60_000) return "less than 10 minutes";
  if (ms < 3_600_000) return "less than an hour";
  if (ms < 86_400_000) return "less than a day";
  return "a day or more";
}

export function browserFacts(): Record<string, string | boolean> {
  return {
    agent: navigator.userAgent,
    secure: isSecureContext,
    decodes: typeof VideoDecoder !== "undefined",
    encodes: typeof VideoEncoder !== "undefined",
    plays: typeof MediaSource !== "undefined" || "ManagedMediaSource" in globalThis,
  };
}
