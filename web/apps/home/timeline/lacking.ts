/** Whether the server shows all the clips of a day that the hub signed that it sent. Pure, but for what this device erased. */
import { list, obj, str } from "../../../core/api/shape.ts";

/** Clips by camera and UTC day. */
export type Sent = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A clip by its camera and the UTC day it is listed under. */
export interface Placed {
  readonly cameraId: string;
  readonly day: string;
}

/** How many clips of a UTC day the hub sent and nobody shows. `here` are those that opened, `broken` how many did not hold. */
export function lackingOn(day: string, sent: Sent, here: Iterable<Placed>, broken: number): number {
  const shown = new Map<string, number>();
  for (const one of here) if (one.day === day) shown.set(one.cameraId, (shown.get(one.cameraId) ?? 0) + 1);
  let lacking = 0;
  for (const [camera, days] of Object.entries(sent)) lacking += Math.max(0, (days[day] ?? 0) - (shown.get(camera) ?? 0));
  return Math.max(0, lacking - broken); // nobody can tell whose those are; they are shown as broken
}

/** Whether a household that keeps clips for so many whole days still has those of a UTC day. */
export function stillKept(day: string, keepDays: number, now: Date): boolean {
  return Date.parse(`${day}T00:00:00Z`) >= Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00Z`) - keepDays * 86_400_000;
}

const NAME = "fanlight.erased";
const MOST_DAYS = 14;
type Store = Pick<Storage, "getItem" | "setItem">;
const shape = list(obj<Placed & { clip: string }>({ clip: str, cameraId: str, day: str }));

/** What was erased on this device in the last days: those are not missing. Where storage is off, it is forgotten with the tab. */
export class ErasedHere {
  #known: (Placed & { clip: string })[];
  readonly #store: Store | undefined;

  constructor(store: Store | undefined) {
    this.#store = store;
    try {
      this.#known = shape(JSON.parse(store?.getItem(NAME) ?? "[]"), "erased");
    } catch {
      this.#known = []; // storage is off, or somebody else wrote there
    }
  }

  get all(): readonly Placed[] {
    return this.#known;
  }

  note(clip: string, { cameraId, day }: Placed): void {
    const newest = [...this.#known.map((one) => one.day), day].sort().at(-1) ?? day;
    const since = new Date(Date.parse(`${newest}T00:00:00Z`) - MOST_DAYS * 86_400_000).toISOString().slice(0, 10);
    this.#keep([...this.#known.filter((one) => one.clip !== clip && one.day >= since), { clip, cameraId, day }]);
  }

  drop(clip: string): void {
    this.#keep(this.#known.filter((one) => one.clip !== clip));
  }

  #keep(known: (Placed & { clip: string })[]): void {
    this.#known = known;
    try {
      this.#store?.setItem(NAME, JSON.stringify(known));
    } catch {
      // Full or off: known while the tab lives.
    }
  }
}
