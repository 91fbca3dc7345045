/** The box in which the hub tells its household how things are. Twin of fanlight.hub.status. */
import type { Pin } from "../../../core/seal/book.ts";
import { openAge } from "../../../core/seal/age.ts";
import { text, utf8 } from "../../../core/seal/bytes.ts";
import { SealError } from "../../../core/seal/errors.ts";
import { Fields } from "../../../core/seal/fields.ts";
import { verifyFast } from "../../../core/seal/keys.ts";
import { list, nullable, num, obj, oneOf, or, type Read, record, str } from "../../../core/api/shape.ts";
import { opening, type OpeningOf, viewing, type ViewingOf } from "../../../core/live/words.ts";
import { parseJcs } from "../../../core/jcs.ts";
import type { Sent } from "../timeline/lacking.ts";
import { type AlertsWord, alertsWord } from "../push/word.ts";
import { CAMERA_STATES, type CameraStatus } from "./camera.ts";

export interface HubStatus {
  household: string;
  at: string;
  place: number[];
  cameras: CameraStatus[];
  matches: { request: string; clips: string[] }[];
  held: { clips_waiting: number };
  /** How alerts are; null from a hub that knows none. */
  alerts: AlertsWord | null;
  /** Who watches, and who watched last. */
  viewings: ViewingOf[];
  /** How many clips of each camera and UTC day went to the server; none from a hub of before that was counted. */
  sent: Sent;
  /** Who opened clips, the newest first; none from a hub of before it was told. */
  openings: OpeningOf[];
  /** The newest page of the household's book as the hub has it; null from a hub of before there was one. */
  head: Pin | null;
  /** The first UTC day of what the hub keeps under the household's keys; null from a hub of before it was told. */
  keys_since: string | null;
}

const sent: Read<Sent> = (value, where) =>
  Object.fromEntries(
    Object.entries(record(value, where)).map(([camera, days]) => [
      camera,
      Object.fromEntries(Object.entries(record(days, where)).map(([day, clips]) => [day, num(clips, where)])),
    ]),
  );

const shape = obj<HubStatus>({
  household: str,
  at: str,
  place: list(num),
  cameras: list(obj<CameraStatus>({ id: str, name: str, state: oneOf(CAMERA_STATES), since: str, note: str })),
  matches: list(obj({ request: str, clips: list(str) })),
  held: obj({ clips_waiting: num }),
  alerts: alertsWord,
  viewings: or(list(viewing), []),
  sent: or(sent, {}),
  openings: or(list(opening), []),
  head: nullable(obj<Pin>({ n: num, hash: str })),
  keys_since: nullable(str),
});

export interface OpenedStatus {
  readonly status: HubStatus;
  /** Number of the household key that the hub sealed it to. */
  readonly epoch: number;
}

/** Opens the box with the household's keys, newest first, and checks that one of its hubs signed it. Throws SealError. */
export async function openStatus(
  box: Uint8Array,
  identities: ReadonlyMap<number, string>,
  hubKeys: readonly Uint8Array[],
  household: string,
): Promise<OpenedStatus> {
  let refusal = new SealError("not_for_us", "it is sealed to other keys");
  for (const [epoch, identity] of [...identities].reverse()) {
    let plain: Uint8Array;
    try {
      plain = await openAge(box, [identity]);
    } catch (error) {
      if (!(error instanceof SealError) || error.code !== "not_for_us") throw error;
      refusal = error;
      continue;
    }
    return { status: await read(plain, hubKeys, household), epoch };
  }
  throw refusal;
}

async function read(plain: Uint8Array, hubKeys: readonly Uint8Array[], household: string): Promise<HubStatus> {
  const fields = Fields.of(text(plain));
  const signed = fields.match("manifest", /^[^]*$/u);
  const sig = fields.bytes("sig", 64);
  fields.match("pad", /^0*$/);
  fields.end();
  const said = await Promise.allSettled(hubKeys.map((key) => verifyFast(key, "hub-status", utf8(signed), sig)));
  // By another hub of the household, or by nobody.
  if (!said.some(({ status }) => status === "fulfilled")) throw new SealError("bad_signature", "the signature of the hub-status does not hold");
  let status: HubStatus;
  try {
    status = shape(parseJcs(signed), "status");
  } catch {
    throw new SealError("malformed", "it is no word of a hub");
  }
  if (status.household !== household) throw new SealError("replayed_manifest", "it is another household's");
  return status;
}
