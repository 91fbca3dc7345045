/** What every page of the app is given: who sits here, for which agency, under which rules. */
import type { Session } from "../../../ui/session.ts";
import type { Mine, TownPlace } from "./api.ts";

export interface Desk {
  readonly session: Session;
  readonly mine: Mine;
  readonly town: TownPlace;
  /** When the session's token ends, or null if the server does not say. */
  readonly ends: Date | null;
}
