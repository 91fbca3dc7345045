/** Agencies: those that a list taken over tells of, and admitting one. docs/spec/register.md */
import type { Client } from "./client.ts";
import { bool, list, nullable, num, obj, str } from "./shape.ts";

export interface Listing {
  listing: string;
  kind: string;
  source: string;
  as_of: string;
  lines: number;
}
export interface ListedAgency {
  ori: string;
  name: string;
  kind: string;
  listed_as: string;
  county: string | null;
  state: string;
  admitted: boolean;
}
/** An agency as the operator admits it; the boundary is a GeoJSON geometry in degrees (WGS 84). */
export interface Admission {
  ori: string;
  name: string;
  kind: string;
  boundary: object;
  attested: { how: string; on: string };
  attested_by: string;
}

const listing = obj<Listing>({ listing: str, kind: str, source: str, as_of: str, lines: num });
const listed = obj<ListedAgency>({ ori: str, name: str, kind: str, listed_as: str, county: nullable(str), state: str, admitted: bool });

/** The latest list of agencies that was taken over; null where there is none. Throws ApiError. */
export async function latestAgencies(api: Client): Promise<Listing | null> {
  const { listings } = await api.json("/v1/register/listings", obj({ listings: list(listing) }));
  return listings.find(({ kind }) => kind === "agencies") ?? null;
}

/** Agencies of a list whose name or county holds these words, 200 at most. Throws ApiError. */
export const listedAgencies = (api: Client, of: string, words: string): Promise<{ agencies: ListedAgency[]; more: boolean }> =>
  api.json(`/v1/register/listings/${encodeURIComponent(of)}/agencies?words=${encodeURIComponent(words)}`, obj({ agencies: list(listed), more: bool }));

/** Admits an agency; who made sure of it is committed to and not published. Throws ApiError. */
export const admit = async (api: Client, agency: Admission): Promise<void> => {
  await api.send("/v1/register/agencies", { method: "POST", json: agency });
};
