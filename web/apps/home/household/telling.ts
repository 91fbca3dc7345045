/** What the server tells of the household, asked for again and again: while nothing changed, one short answer.
 *
 *  Holds:   "nothing changed" leaves this device with what it had and checked, as the same answer sent again would; it counts
 *           only for an answer that came here and was taken. What is kept back shows as ever: by the hub's word (`comparing`).
 *  Absent:  checking what is told (`house`).
 */
import { type Household, household } from "../../../core/api/calls.ts";
import type { Client, Tagged } from "../../../core/api/client.ts";

export class Telling {
  readonly #api: Client;
  #taken: { readonly tag: string | null; readonly text: string } | null = null;

  constructor(api: Client) {
    this.#api = api;
  }

  /** What is told now; null where that is what was taken last, or is called so. `whole`: the server may call nothing
   *  unchanged. Throws ApiError. */
  async changed(whole = false): Promise<Tagged<Household> | null> {
    const told = await this.#api.jsonIfChanged("/v1/households/mine", household, whole ? null : (this.#taken?.tag ?? null));
    return told && JSON.stringify(told.value) !== this.#taken?.text ? told : null; // an older server knows no tags
  }

  /** All that is told now. Throws ApiError. */
  async all(): Promise<Tagged<Household>> {
    this.#taken = null;
    return (await this.changed(true)) as Tagged<Household>; // nothing was taken: all of it is new
  }

  /** What was told held, and is what this device goes by from now on. */
  take({ value, tag }: Tagged<Household>): void {
    this.#taken = { tag, text: JSON.stringify(value) };
  }
}
