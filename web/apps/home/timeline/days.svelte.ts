/** How many events each day had: counted here where its clips were opened, told by the server where not. */
import { clipDays } from "../../../core/api/clips.ts";
import { ApiError, type Client } from "../../../core/api/client.ts";
import { localDay, utcDays, type DayEvent } from "./day.ts";

export interface DayCount {
  readonly events: number;
  /** Counted here, by the clock of this place; otherwise by the server's, whose days begin elsewhere. */
  readonly sure: boolean;
}

export class Days {
  #told = $state.raw<ReadonlyMap<string, number> | null>(null);

  /** Asks the server; one that cannot tell leaves days uncounted until they are opened. Throws ApiError where it is away. */
  async refresh(api: Client): Promise<void> {
    try {
      this.#told = new Map((await clipDays(api)).map(({ day, clips }) => [day, clips]));
    } catch (error) {
      if (!(error instanceof ApiError) || error.away) throw error;
    }
  }

  of(day: Date, listed: ReadonlySet<string>, here: ReadonlyMap<string, number>): DayCount | null {
    if (utcDays(day).every((one) => listed.has(one))) return { events: here.get(localDay(day)) ?? 0, sure: true };
    return this.#told ? { events: this.#told.get(localDay(day)) ?? 0, sure: false } : null;
  }
}

/** Events by local day. */
export function countDays(events: Iterable<DayEvent>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { start } of events) counts.set(localDay(start), (counts.get(localDay(start)) ?? 0) + 1);
  return counts;
}
