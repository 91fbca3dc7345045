/** The checkpoint this browser saw last, kept on this device only. Anything unreadable counts as nothing seen. */
import type { Memory } from "./checks.ts";

const KEY = "fanlight.record";

export function recall(): Memory | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (typeof value !== "object" || value === null) return null;
    const { note, vkey, day } = value as Record<string, unknown>;
    return typeof note === "string" && typeof vkey === "string" && typeof day === "string" ? { note, vkey, day } : null;
  } catch {
    return null; // storage is off, or holds something else
  }
}

export function remember(memory: Memory): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(memory));
  } catch {
    // storage is off: the next look is a first look again, and the page says so
  }
}
