/** Giving the hub a household: the code that its page shows, and the place of the door as it is typed. */
import type { Client } from "../../core/api/client.ts";
import { bool, obj, type Read, str } from "../../core/api/shape.ts";

export interface Pairing {
  readonly paired: boolean;
  /** Empty while none waits. */
  readonly code: string;
  readonly trouble: string;
}
const pairing: Read<Pairing> = obj<Pairing>({ paired: bool, code: str, trouble: str });

export interface DoorPlace {
  readonly lon: number;
  readonly lat: number;
}

export const getPairing = (api: Client): Promise<Pairing> => api.json("/api/pairing", pairing);
export const beginPairing = (api: Client, server: string, place: DoorPlace): Promise<Pairing> => api.json("/api/pairing", pairing, { method: "PUT", json: { server, ...place } });
export const endPairing = async (api: Client): Promise<void> => void (await api.send("/api/pairing", { method: "DELETE" }));

/** Latitude and longitude as maps write them, or null. */
export function readPlace(typed: string): DoorPlace | null {
  const [, lat, lon] = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(typed)?.map(Number) ?? [];
  if (lat === undefined || lon === undefined || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return { lon, lat };
}
/** Destroys all that the hub holds. */
export const wipe = async (api: Client): Promise<void> => void (await api.send("/api/wipe", { method: "POST", json: { word: "wipe" } }));
