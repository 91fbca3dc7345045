/** One's own household as this device knows it: its keys, opened and checked, and its hubs. */
import { type Household, myHousehold } from "../../core/api/calls.ts";
import type { Household as Home } from "../../core/seal/clip.ts";
import { unb64 } from "../../core/seal/bytes.ts";
import { checkChain, type Epoch, newEpoch, openEpoch } from "../../core/seal/epoch.ts";
import { isAdmitted } from "../../core/seal/hub.ts";
import { SealError } from "../../core/seal/errors.ts";
import { putEpoch } from "../../core/api/calls.ts";
import type { Session } from "../../ui/session.ts";

export interface House {
  /** As the server has it, but for hubs that the owner did not let in: those are left out. */
  readonly wire: Household;
  /** How many hubs the server names that the owner did not let in. */
  readonly leftOut: number;
  /** The household's keys, oldest first, each signed by the owner and chained. */
  readonly chain: readonly Epoch[];
  readonly home: Home;
  readonly owner: Uint8Array;
  readonly mine: boolean;
}

/** Fetches the household, checks its hubs and the whole chain of its keys, and opens those that are for us. Throws ApiError, SealError. */
export async function loadHouse(session: Session): Promise<House> {
  const told = await myHousehold(session.api);
  const owners = told.members.filter((member) => member.role === "owner");
  const own = owners.find((member) => member.age_recipient === session.keys.age.recipient);
  // An owner's own key is known on this device: what the server calls it does not count, nor goes into a pairing code.
  const owner = own ? session.keys.signing.public : unb64(owners[0]?.sign_pub ?? "");
  const wire = { ...told, hubs: told.hubs.filter((hub) => isAdmitted(hub, owner, told.household)) };
  const chain = checkChain(wire.epochs, owner, wire.household);
  const identities = new Map<number, string>();
  for (const epoch of chain) {
    try {
      identities.set(epoch.n, await openEpoch(epoch, [session.keys.age.secret]));
    } catch (error) {
      if (!(error instanceof SealError) || error.code !== "not_for_us") throw error; // before we joined: not ours to open
    }
  }
  const home: Home = { household: wire.household, hubKeys: wire.hubs.map((hub) => unb64(hub.sign_pub)), identities };
  return { wire, leftOut: told.hubs.length - wire.hubs.length, chain, home, owner, mine: own !== undefined };
}

/** Makes the household's first key, if it has none. */
export async function firstKey(session: Session, house: Pick<House, "wire" | "chain">): Promise<void> {
  if (house.chain.length > 0) return;
  const { wire } = await newEpoch(house.wire.household, undefined, [session.keys.age.recipient], session.keys.signing);
  await putEpoch(session.api, 0, wire);
}
