/** Takes in a hub whose code was read: its keys are what the code pins, whatever the server hands out, and it learns whose it is. */
import { answerPairing, findPairing } from "../../../core/api/pairings.ts";
import { b64, equal } from "../../../core/seal/bytes.ts";
import { type HubCode, hubFingerprint, meetingOf, sealAnswer } from "../../../core/seal/pairing.ts";
import type { Session } from "../../../ui/session.ts";
import { type House, letHubIn } from "./house.ts";

export { readHubCode } from "../../../core/seal/pairing.ts";

/** Lets the hub in, and then tells it. `swapped`: the server handed out other keys, and nothing was done. Done again after a
 *  failure it goes on. Throws ApiError, SealError. */
export async function pairHub(session: Session, house: House, code: HubCode): Promise<"added" | "swapped"> {
  const meeting = meetingOf(code);
  const keys = await findPairing(session.api, meeting);
  if (!equal(hubFingerprint(keys), code.fingerprint)) return "swapped";
  const { household, cell } = house.wire;
  const sealed = await sealAnswer(code, { household, owner: session.keys.signing.public, cell }, keys);
  await letHubIn(session, house, keys);
  await answerPairing(session.api, meeting, b64(sealed));
  return "added";
}
