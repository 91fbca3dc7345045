/** Notices of an agency to neighbors, as docs/spec/neighbors.md has them. */
import type { Client } from "./client.ts";
import { list, nullable, obj, str } from "./shape.ts";

export interface Notice {
  readonly post: string;
  readonly title: string;
  readonly done: string;
  readonly cell: string;
  /** Of what it tells, `2026-12-05`. */
  readonly day: string;
  /** The last day on which it is shown. */
  readonly until: string | null;
  /** The number of the warrant under which somebody is looked for. */
  readonly warrant: string | null;
}
const notice = obj<Notice>({ post: str, title: str, done: str, cell: str, day: str, until: nullable(str), warrant: nullable(str) });

/** The agency's notices that have not ended. */
export const notices = async (api: Client): Promise<Notice[]> => (await api.json("/v1/agency/notices", obj({ notices: list(notice) }))).notices;

/** Publishes one; the same again is fine. */
export async function publishNotice(api: Client, said: Notice): Promise<void> {
  const { warrant, ...rest } = said;
  await api.send("/v1/agency/notices", { method: "POST", json: { ...rest, part: "", wanted: warrant === null ? null : { warrant } } });
}
export async function endNotice(api: Client, post: string): Promise<void> {
  await api.send(`/v1/agency/notices/${encodeURIComponent(post)}/end`, { method: "POST" });
}
