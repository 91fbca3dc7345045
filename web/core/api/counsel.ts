/** Who is counsel of the operator, as the operator reads it and ends it. */
import { signAct } from "../seal/carrying.ts";
import type { MemberKeys } from "../seal/keys.ts";
import type { Client } from "./client.ts";
import { bool, list, nullable, num, obj, type Read, str } from "./shape.ts";

export interface Counsel {
  readonly account: string;
  readonly name: string;
  /** The operator said that they are their own counsel. */
  readonly own: boolean;
  readonly joined: string;
  readonly ended: string | null;
  /** Of the entry; null while it waits for its place. */
  readonly index: number | null;
}
const counsel: Read<Counsel> = obj<Counsel>({ account: str, name: str, own: bool, joined: str, ended: nullable(str), index: nullable(num) });
const AT = "/v1/operator/counsel";

export const counselOf = async (api: Client): Promise<readonly Counsel[]> => (await api.json(AT, obj<{ counsel: Counsel[] }>({ counsel: list(counsel) }))).counsel;
export const endCounsel = (api: Client, keys: MemberKeys, own: string, account: string): Promise<unknown> =>
  api.send(`${AT}/${account}/end`, { method: "POST", json: { signature: signAct(keys, own, "counsel-end", account) } });
