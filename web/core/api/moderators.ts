/** Who moderates, as the operator reads it and ends it. */
import { signAct } from "../seal/carrying.ts";
import type { MemberKeys } from "../seal/keys.ts";
import type { Client } from "./client.ts";
import { list, nullable, num, obj, type Read, str } from "./shape.ts";

export interface Moderator {
  readonly account: string;
  readonly name: string;
  readonly joined: string;
  readonly ended: string | null;
  /** Of the entry; null while it waits for its place. */
  readonly index: number | null;
}
const moderator: Read<Moderator> = obj<Moderator>({ account: str, name: str, joined: str, ended: nullable(str), index: nullable(num) });
const AT = "/v1/operator/moderators";

export const moderatorsOf = async (api: Client): Promise<readonly Moderator[]> => (await api.json(AT, obj<{ moderators: Moderator[] }>({ moderators: list(moderator) }))).moderators;
export const endModerator = (api: Client, keys: MemberKeys, own: string, account: string): Promise<unknown> =>
  api.send(`${AT}/${account}/end`, { method: "POST", json: { signature: signAct(keys, own, "moderator-end", account) } });
